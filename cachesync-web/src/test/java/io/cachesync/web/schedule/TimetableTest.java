package io.cachesync.web.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.web.security.SystemActor;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.support.TransactionTemplate;

/** The timetable with a scheduler that runs, on the real schema. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    classes = TimetableTest.Slice.class,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:timetable;MODE=MySQL;DATABASE_TO_LOWER=TRUE;"
          + "CASE_INSENSITIVE_IDENTIFIERS=TRUE;DB_CLOSE_DELAY=-1",
      "spring.main.web-application-type=none"
    })
class TimetableTest {
  private static final Times EACH_SECOND = new Times("* * * * * ?", ZoneId.of("UTC"));

  @Autowired private Timetable timetable;
  @Autowired private Told told;
  @Autowired private JdbcTemplate jdbc;
  @Autowired private TransactionTemplate transactions;

  @AfterEach
  void nothingIsDue() {
    List.of(7L, 8L).forEach(id -> timetable.remove("told", id));
  }

  @Test
  void tellsWhoeverIsDueAsTheSystemUntilItIsTakenOut() {
    timetable.set("told", 7, EACH_SECOND);
    await().atMost(Duration.ofSeconds(20)).until(() -> told.ids.contains(7L));
    assertThat(told.names).containsOnly(SystemActor.NAME);
    timetable.remove("told", 7);
    assertThat(rows()).isZero();
  }

  @Test
  void goesOnAfterWorkThatFailed() {
    timetable.set("told", 8, EACH_SECOND);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> told.ids.stream().filter(id -> id == 8).count() > 1);
  }

  @Test
  void isWrittenInTheTransactionOfItsRows() {
    transactions.executeWithoutResult(
        status -> {
          timetable.set("told", 9, EACH_SECOND);
          assertThat(rows()).isOne();
          status.setRollbackOnly();
        });
    assertThat(rows()).isZero();
  }

  @Test
  void replacesTheTimesOfBefore() {
    timetable.set("told", 7, new Times("0 0 3 * * ?", ZoneId.of("UTC")));
    timetable.set("told", 7, new Times("0 0 4 * * ?", ZoneId.of("Europe/Berlin")));
    assertThat(
            jdbc.queryForList(
                "select cron_expression || ' ' || time_zone_id from QRTZ_CRON_TRIGGERS",
                String.class))
        .containsExactly("0 0 4 * * ? Europe/Berlin");
  }

  /** What is due next is not counted anew, so that a time that was not told yet is still told. */
  @Test
  void keepsWhatStandsAndPutsInWhatWasGivenUp() {
    Times rare = new Times("0 0 3 1 1 ?", ZoneId.of("UTC"));
    assertThat(timetable.keep("told", 7, rare)).isTrue();
    assertThat(timetable.keep("told", 7, rare)).isFalse();
    jdbc.update("update QRTZ_TRIGGERS set TRIGGER_STATE = 'ERROR', NEXT_FIRE_TIME = 4102444800000");
    assertThat(timetable.keep("told", 7, rare)).isTrue();
    assertThat(
            jdbc.queryForList(
                "select TRIGGER_STATE || ' ' || NEXT_FIRE_TIME from QRTZ_TRIGGERS"
                    + " where TRIGGER_GROUP = 'told'",
                String.class))
        .containsExactly("WAITING 4102444800000");
    assertThat(timetable.keep("told", 7, rare)).isFalse();
    assertThat(timetable.keep("told", 7, new Times("0 0 4 1 1 ?", ZoneId.of("UTC")))).isTrue();
    timetable.remove("told", 7);
    assertThat(timetable.keep("told", 7, rare)).isTrue();
    assertThat(rows()).isOne();
  }

  private long rows() {
    return jdbc.queryForObject(
        "select count(*) from QRTZ_TRIGGERS where TRIGGER_GROUP = 'told'", Long.class);
  }

  /** Remembers what it was told, and as whom; of 8 it cannot. */
  static class Told implements TimedTask {
    private final List<Long> ids = new CopyOnWriteArrayList<>();
    private final List<String> names = new CopyOnWriteArrayList<>();

    @Override
    public String name() {
      return "told";
    }

    @Override
    public void due(long id) {
      ids.add(id);
      names.add(SecurityContextHolder.getContext().getAuthentication().getName());
      if (id == 8) {
        throw new IllegalStateException("cannot");
      }
    }
  }

  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    TransactionAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    QuartzAutoConfiguration.class
  })
  @Import({ScheduleConfiguration.class, Timetable.class, Told.class})
  static class Slice {}
}
