package io.cachesync.web.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.testkit.Mappers;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the audit log's mapper must do on every database. */
abstract class AuditMapperCases {
  private static final AuditFilter ALL = new AuditFilter(null, "", " ", null, "soon");

  private Mappers mappers;
  private AuditMapper audit;

  abstract Mappers open();

  @BeforeEach
  void fill() {
    mappers = open();
    audit = mappers.get(AuditMapper.class);
    insert("2026-01-01T10:00:00Z", "alice", "machine.add", "host_1", "root@10.0.0.1");
    insert("2026-01-02T10:00:00Z", "bob", "task.start", "orders 100%", null);
    insert("2026-01-03T10:00:00Z", "alice", "task.stop", "<b>orders</b>", "asked by phone");
  }

  @AfterEach
  void closeMappers() {
    mappers.close();
  }

  @Test
  void listsTheNewestFirst() {
    assertThat(subjects(ALL)).containsExactly("<b>orders</b>", "orders 100%", "host_1");
    assertThat(audit.count(ALL)).isEqualTo(3);
    assertThat(audit.list(ALL, "at asc", 1, 1))
        .extracting(AuditEvent::subject)
        .containsExactly("orders 100%");
  }

  @Test
  void filtersByWhoWhatAndWhen() {
    assertThat(subjects(new AuditFilter("alice", "task.stop", null, null, null)))
        .containsExactly("<b>orders</b>");
    assertThat(subjects(new AuditFilter(null, null, null, "2026-01-02", "2026-01-02")))
        .containsExactly("orders 100%");
  }

  @Test
  void searchesTextLiterally() {
    assertThat(subjects(new AuditFilter(null, null, "ORDERS", null, null))).hasSize(2);
    assertThat(subjects(new AuditFilter(null, null, "0%", null, null)))
        .containsExactly("orders 100%");
    assertThat(subjects(new AuditFilter(null, null, "t_1", null, null))).containsExactly("host_1");
    assertThat(subjects(new AuditFilter(null, null, "phone", null, null)))
        .containsExactly("<b>orders</b>");
    assertThat(subjects(new AuditFilter(null, null, "' or 1=1 --", null, null))).isEmpty();
  }

  private List<String> subjects(AuditFilter filter) {
    return audit.list(filter, "at desc", 10, 0).stream().map(AuditEvent::subject).toList();
  }

  private void insert(String at, String actor, String action, String subject, String detail) {
    audit.insert(
        new AuditEvent(null, Instant.parse(at), actor, "127.0.0.1", action, subject, detail));
  }
}
