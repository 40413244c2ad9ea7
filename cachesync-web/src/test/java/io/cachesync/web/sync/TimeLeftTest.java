package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeLeftTest {
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  @Test
  void goesOnAtThePaceSoFar() {
    assertThat(TimeLeft.millis(List.of(link(Phase.FULL_SYNC, 400, 100, -1, -1)), TEN_SECONDS))
        .isEqualTo(30_000);
  }

  @Test
  void countsKeysWhereTheSnapshotHasNoLength() {
    assertThat(TimeLeft.millis(List.of(link(Phase.FULL_SYNC, -1, -1, 300, 100)), TEN_SECONDS))
        .isEqualTo(20_000);
  }

  @Test
  void waitsForTheSlowestLink() {
    assertThat(
            TimeLeft.millis(
                List.of(
                    link(Phase.FULL_SYNC, 400, 200, -1, -1),
                    link(Phase.FULL_SYNC, 400, 100, -1, -1),
                    link(Phase.INCREMENTAL, 400, 400, -1, -1)),
                TEN_SECONDS))
        .isEqualTo(30_000);
  }

  @Test
  void admitsThatItDoesNotKnow() {
    assertThat(TimeLeft.millis(List.of(), TEN_SECONDS)).isEqualTo(-1);
    assertThat(TimeLeft.millis(List.of(link(Phase.CONNECTING, -1, -1, -1, -1)), TEN_SECONDS))
        .isEqualTo(-1);
    assertThat(TimeLeft.millis(List.of(link(Phase.FULL_SYNC, 400, 0, -1, -1)), TEN_SECONDS))
        .isEqualTo(-1);
  }

  private static LinkStatus link(
      Phase phase, long rdbBytes, long rdbBytesApplied, long keys, long keysApplied) {
    return LinkStatus.of(0, "s:1", "t:1")
        .phase(phase)
        .rdb(rdbBytes, rdbBytesApplied, rdbBytesApplied)
        .keys(keys, keysApplied)
        .build();
  }
}
