package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LagMeterTest {
  private final LagMeter meter = new LagMeter();

  @Test
  void isUnknownBeforeTheFirstSample() {
    assertThat(meter.lagMillis(1000)).isEqualTo(-1);
    assertThat(meter.lagBytes()).isEqualTo(-1);
    meter.applied(5);
    assertThat(meter.lagMillis(1000)).isEqualTo(-1);
  }

  @Test
  void isTheAgeOfTheOldestSampleThatIsNotApplied() {
    meter.applied(100);
    meter.sampled(1000, "a", 100);
    assertThat(meter.lagMillis(1050)).isZero();
    meter.sampled(1100, "a", 150);
    meter.sampled(1200, "a", 150);
    meter.sampled(1300, "a", 190);
    assertThat(meter.lagMillis(1400)).isEqualTo(300);
    assertThat(meter.lagBytes()).isEqualTo(90);
    meter.applied(150);
    assertThat(meter.lagMillis(1400)).isEqualTo(100);
    meter.applied(190);
    assertThat(meter.lagMillis(1400)).isZero();
    assertThat(meter.lagBytes()).isZero();
  }

  @Test
  void growsWhileTheSourceDoesNotAnswer() {
    meter.applied(100);
    meter.sampled(1000, "a", 100);
    assertThat(meter.lagMillis(9000)).isEqualTo(8000);
  }

  @Test
  void forgetsOffsetsOfAnotherHistory() {
    meter.applied(100);
    meter.sampled(1000, "a", 500);
    meter.sampled(1100, "b", 90);
    assertThat(meter.lagMillis(1200)).isZero();
  }

  @Test
  void isUnknownWhileTheSourceIsInAnotherHistoryThanWhatIsApplied() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "a", 100);
    assertThat(meter.lagMillis(1050)).isZero();
    meter.sampled(1100, "b", 90);
    assertThat(meter.lagMillis(1150)).isEqualTo(-1);
    assertThat(meter.lagBytes()).isEqualTo(-1);
    assertThat(meter.isElsewhere()).isTrue();
    assertThat(meter.sourceOffsetSince(1000)).as("of another history").isEqualTo(-1);
    meter.follows("b");
    meter.applied(80);
    meter.sampled(1200, "b", 95);
    assertThat(meter.sourceOffsetSince(1200)).as("not asked since").isEqualTo(-1);
    assertThat(meter.sourceOffsetSince(1199)).isEqualTo(95);
    assertThat(meter.lagBytes()).isEqualTo(15);
    assertThat(meter.isElsewhere()).isFalse();
  }

  /** Below 4.0 a history has the name of its server, which a sample does not tell. */
  @Test
  void takesASampleWithoutAHistoryForOneOfWhatIsApplied() {
    meter.follows("the run id of a server");
    meter.applied(100);
    meter.sampled(1000, "", 100);
    assertThat(meter.lagMillis(1050)).isZero();
  }

  /** Below 4.0 a replica of another master counts from 0, and names no history. */
  @Test
  void isUnknownWhileTheSourceStandsBeforeWhatItHasSent() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "", 100);
    assertThat(meter.lagBytes()).isZero();
    meter.sampled(1100, "", 0);
    assertThat(meter.isElsewhere()).isTrue();
    assertThat(meter.lagBytes()).isEqualTo(-1);
    assertThat(meter.sourceOffsetSince(1050)).isEqualTo(-1);
    meter.follows("b");
    meter.applied(0);
    meter.sampled(1200, "", 10);
    assertThat(meter.lagBytes()).isEqualTo(10);
  }

  /** What was asked before that came may tell less than what was applied since. */
  @Test
  void isKnownWhereASampleIsOlderThanWhatWasApplied() {
    meter.applied(100);
    meter.sampled(1000, "", 100);
    meter.applied(200);
    meter.sampled(1100, "", 150);
    assertThat(meter.lagBytes()).isZero();
  }

  @Test
  void staysRightWithMoreSamplesThanItKeeps() {
    meter.applied(0);
    for (int i = 1; i <= 250_000; i++) {
      meter.sampled(i, "a", i);
    }
    meter.applied(200_000);
    assertThat(meter.lagMillis(250_000)).isBetween(49_900L, 50_000L);
  }
}
