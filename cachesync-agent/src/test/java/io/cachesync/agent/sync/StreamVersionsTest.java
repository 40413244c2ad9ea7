package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.source.StreamOrigin;
import org.junit.jupiter.api.Test;

class StreamVersionsTest {
  private static final StreamOrigin UNKNOWN = new StreamOrigin("", "", -1, 0);

  private final StreamVersions versions = new StreamVersions();

  @Test
  void areUnknownBeforeAnybodyHasTold() {
    assertThat(versions.of(0, 10)).isZero();
    versions.comesFrom(UNKNOWN);
    assertThat(versions.of(0, 10)).isZero();
  }

  @Test
  void changeWhereAReplicaWasPromoted() {
    versions.comesFrom(new StreamOrigin("a", "", -1, 602));
    versions.comesFrom(new StreamOrigin("b", "a", 100, 700));
    assertThat(versions.of(90, 100)).isEqualTo(602);
    assertThat(versions.of(100, 110)).isEqualTo(700);
    assertThat(versions.of(95, 105)).as("of both").isZero();
    versions.comesFrom(new StreamOrigin("b", "a", 100, 700));
    assertThat(versions.of(90, 100)).as("asked once more").isEqualTo(602);
    versions.comesFrom(new StreamOrigin("c", "b", 200, 704));
    assertThat(versions.of(90, 100)).isEqualTo(602);
    assertThat(versions.of(190, 200)).isEqualTo(700);
    assertThat(versions.of(90, 300)).isZero();
    assertThat(versions.of(200, 300)).isEqualTo(704);
  }

  @Test
  void areUnknownBeforeAPromotionThatNobodyHasSeen() {
    versions.comesFrom(new StreamOrigin("b", "a", 100, 700));
    assertThat(versions.of(90, 100)).isZero();
    assertThat(versions.of(100, 110)).isEqualTo(700);
  }

  @Test
  void areForgottenWhereTheHistoryIsAnother() {
    versions.comesFrom(new StreamOrigin("a", "", -1, 602));
    versions.comesFrom(new StreamOrigin("c", "b", 100, 704));
    assertThat(versions.of(90, 100)).isZero();
    versions.comesFrom(UNKNOWN);
    assertThat(versions.of(100, 110)).isZero();
    versions.comesFrom(new StreamOrigin("d", "c", 200, 704));
    assertThat(versions.of(100, 110)).isZero();
    assertThat(versions.of(200, 210)).isEqualTo(704);
  }
}
