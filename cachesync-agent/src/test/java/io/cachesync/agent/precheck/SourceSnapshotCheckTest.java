package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.precheck.SourceSnapshotCheck.Settings;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no server of a test can be brought to: slow forks, hosts that are full, old versions. */
class SourceSnapshotCheckTest {
  private static final String WELL =
      "redis_version:7.0.15\r\nused_memory:1000000000\r\nused_memory_rss:1100000000\r\n"
          + "total_system_memory:8000000000\r\nrdb_last_bgsave_status:ok\r\n";

  private static final Settings USUAL =
      new Settings("no", OptionalLong.of(60), OptionalLong.of(10), "repl-ping-replica-period");

  @Test
  void aForkThatApplicationsNoticeIsAWarning() {
    assertThat(found(WELL + "latest_fork_usec:499000\r\n", 0)).isEmpty();

    PrecheckFinding slow = only(found(WELL + "latest_fork_usec:1250000\r\n", 0));
    assertThat(slow.variant()).isEqualTo("fork");
    assertThat(slow.values()).containsEntry("fork", "1250").containsEntry("used", "954 MB");
  }

  @Test
  void aSnapshotNeedsMemoryForWhatIsWrittenMeanwhile() {
    String full = WELL.replace("8000000000", "2000000000");
    assertThat(found(full, 10_000)).as("a page for each 100 bytes: 24 MB in 60 s").isEmpty();

    PrecheckFinding much = only(found(full, 1_000_000));
    assertThat(much.variant()).isEqualTo("memory");
    assertThat(much.values()).containsEntry("total", "1.9 GB").containsEntry("copied", "954 MB");
  }

  @Test
  void whatTheLastSnapshotCopiedCountsForMoreThanAGuess() {
    String full = WELL.replace("8000000000", "2500000000");
    assertThat(found(full + "rdb_last_cow_size:4000000\r\n", 1_000_000)).isEmpty();
    assertThat(only(found(full + "rdb_last_cow_size:1900000000\r\n", 0)).variant())
        .isEqualTo("memory");
  }

  @ParameterizedTest
  @CsvSource({
    "2.8.17, no",
    "2.8.18, yes",
    "2.8.21, yes",
    "2.8.22, no",
    "3.0.0, yes",
    "3.0.3, yes",
    "3.0.4, no",
    "7.0.15, no",
  })
  void blocksVersionsThatTellAWrongOffsetWithoutADisk(String version, String wrong) {
    String info = WELL.replace("7.0.15", version);
    Settings diskless = new Settings("yes", USUAL.timeout(), USUAL.ping(), USUAL.pingName());
    List<PrecheckFinding> found = found(info, 0, diskless);
    if (wrong.equals("yes")) {
      assertThat(only(found).severity()).isEqualTo(Severity.BLOCK);
      assertThat(only(found).command()).isEqualTo("CONFIG SET repl-diskless-sync no");
    } else {
      assertThat(found).isEmpty();
    }
    assertThat(found(info, 0)).as("with a disk").isEmpty();
  }

  @Test
  void aSnapshotThatFailedOnceIsNoBlock() {
    PrecheckFinding failed = only(found(WELL.replace(":ok", ":err"), 0));
    assertThat(failed.severity()).isEqualTo(Severity.WARNING);
    assertThat(failed.command()).isEqualTo("BGSAVE");
  }

  @Test
  void tellsOfNoMemoryOfTheHostWhereItIsNotTold() {
    String hidden = WELL.replaceFirst("total_system_memory:\\d+\r\n", "");
    Settings unread = new Settings("", OptionalLong.empty(), OptionalLong.empty(), "");
    for (Settings settings : List.of(USUAL, unread)) {
      List<Finding> found =
          SourceSnapshotCheck.judged(ServerInfo.parse(hidden), settings, true, 0, 60);
      assertThat(found).hasSize(1);
      PrecheckFinding passed = found.get(0).done();
      assertThat(passed.severity()).isEqualTo(Severity.PASS);
      assertThat(passed.summary().replace("{address}", ""))
          .contains("does not tell")
          .contains(settings == USUAL ? "after 60 s" : "repl-timeout")
          .doesNotContain("{", " 0 B");
    }
  }

  private static PrecheckFinding only(List<PrecheckFinding> findings) {
    assertThat(findings).hasSize(1);
    // The master's address is filled in where it is known.
    assertThat(findings.get(0).summary().replace("{address}", "")).doesNotContain("{");
    return findings.get(0);
  }

  private static List<PrecheckFinding> found(String info, long rate) {
    return found(info, rate, USUAL);
  }

  /** What is no pass of a full sync of a minute. */
  private static List<PrecheckFinding> found(String info, long rate, Settings settings) {
    return SourceSnapshotCheck.judged(ServerInfo.parse(info), settings, true, rate, 60).stream()
        .map(Finding::done)
        .filter(Finding::isWrong)
        .toList();
  }
}
