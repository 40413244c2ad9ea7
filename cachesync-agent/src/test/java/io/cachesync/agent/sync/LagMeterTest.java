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
    meter.sampled(1000, "a", 100, false);
    assertThat(meter.lagMillis(1050)).isZero();
    meter.sampled(1100, "a", 150, false);
    meter.sampled(1200, "a", 150, false);
    meter.sampled(1300, "a", 190, false);
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
    meter.sampled(1000, "a", 100, false);
    assertThat(meter.lagMillis(9000)).isEqualTo(8000);
  }

  @Test
  void forgetsOffsetsOfAnotherHistory() {
    meter.applied(100);
    meter.sampled(1000, "a", 500, false);
    meter.sampled(1100, "b", 90, false);
    assertThat(meter.lagMillis(1200)).isZero();
  }

  @Test
  void isUnknownWhileTheSourceIsInAnotherHistoryThanWhatIsApplied() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "a", 100, false);
    assertThat(meter.lagMillis(1050)).isZero();
    meter.sampled(1100, "b", 90, false);
    assertThat(meter.lagMillis(1150)).isEqualTo(-1);
    assertThat(meter.lagBytes()).isEqualTo(-1);
    assertThat(meter.isElsewhere()).isTrue();
    assertThat(meter.sourceOffsetSince(1000)).as("of another history").isEqualTo(-1);
    meter.follows("b");
    meter.applied(80);
    meter.sampled(1200, "b", 95, false);
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
    meter.sampled(1000, "", 100, false);
    assertThat(meter.lagMillis(1050)).isZero();
  }

  /** Below 4.0 a replica of another master counts from 0, and names no history. */
  @Test
  void isUnknownWhileTheSourceStandsBeforeWhatItHasSent() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "", 100, false);
    assertThat(meter.lagBytes()).isZero();
    meter.sampled(1100, "", 0, false);
    assertThat(meter.isElsewhere()).isTrue();
    assertThat(meter.lagBytes()).isEqualTo(-1);
    assertThat(meter.sourceOffsetSince(1050)).isEqualTo(-1);
    meter.follows("b");
    meter.applied(0);
    meter.sampled(1200, "", 10, false);
    assertThat(meter.lagBytes()).isEqualTo(10);
  }

  /** It goes on counting, and comes by where it was left. */
  @Test
  void isUnknownUntilTheStreamOfOneThatCountsAnewIsThereAgain() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "", 100, true);
    meter.sampled(1100, "", 99, false);
    meter.sampled(1200, "", 100, false);
    assertThat(meter.isElsewhere()).isTrue();
    assertThat(meter.toldSince(1150, 9000, false).isAwaited()).isTrue();
    meter.follows("a");
    assertThat(meter.isElsewhere()).isFalse();
    meter.sampled(1300, "", 110, true);
    assertThat(meter.toldSince(1250, 1350, true)).isEqualTo(new LagMeter.Told(false, 110));
  }

  /** Where the history has a name, what is told of it later counts. */
  @Test
  void isKnownAgainWhereTheSameHistoryWasBehindForAMoment() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "a", 100, false);
    meter.sampled(1100, "a", 90, false);
    assertThat(meter.isElsewhere()).isTrue();
    meter.sampled(1200, "a", 110, false);
    assertThat(meter.lagBytes()).isEqualTo(10);
  }

  /** What is applied of a full sync is not what was applied before it. */
  @Test
  void isKnownBehindAFullSyncOfOneThatCountsAnew() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "", 100, true);
    meter.beginsWith("b");
    meter.sampled(1100, "", 10, false);
    meter.sampled(1200, "", 10, false);
    assertThat(meter.isElsewhere()).isFalse();
  }

  /** Nobody may have seen it while it stood before that. */
  @Test
  void anOffsetWithoutAHistoryIsNoEndUnlessTheStreamIsThere() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "", 100, true);
    assertThat(meter.toldSince(1050, 1100, true).isAwaited()).as("not asked since").isTrue();
    meter.sampled(5000, "", 100, false);
    assertThat(meter.toldSince(1050, 5100, true).isAwaited()).as("its stream has gone").isTrue();
    assertThat(meter.toldSince(1050, 5100, false).isAwaited()).as("it has ended").isTrue();
    assertThat(meter.sourceOffsetSince(1050)).isEqualTo(-1);
    meter.sampled(5200, "", 120, true);
    assertThat(meter.toldSince(1050, 5300, true)).isEqualTo(new LagMeter.Told(false, 120));
    // It stays known, whatever comes then.
    meter.sampled(5400, "", 120, false);
    assertThat(meter.toldSince(1050, 5500, false)).isEqualTo(new LagMeter.Told(false, 120));
  }

  @Test
  void aSourceThatDoesNotTellIsNotWaitedForWithoutEnd() {
    LagMeter.Told nothing = new LagMeter.Told(false, -1);
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "", 100, true);
    assertThat(meter.toldSince(1050, 4000, false).isAwaited()).isTrue();
    assertThat(meter.toldSince(1050, 4051, false)).as("it is away").isEqualTo(nothing);
    LagMeter other = new LagMeter();
    other.follows("a");
    other.sampled(4000, "", 100, false);
    assertThat(other.toldSince(1050, 4051, true)).as("it hides us").isEqualTo(nothing);
    assertThat(other.toldSince(1050, 4051, false).isAwaited()).as("no stream yet").isTrue();
  }

  /** Nobody has asked the source while the machine stood still. */
  @Test
  void aStandstillOfWhoWaitsIsNoSilenceOfTheSource() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1000, "a", 100, true);
    assertThat(meter.toldSince(1050, 1050, true).isAwaited()).isTrue();
    assertThat(meter.toldSince(1050, 5000, true).isAwaited()).as("just awake").isTrue();
    for (long now = 5050; now < 8000; now += 50) {
      assertThat(meter.toldSince(1050, now, true).isAwaited()).isTrue();
    }
    assertThat(meter.toldSince(1050, 8050, true)).isEqualTo(new LagMeter.Told(false, -1));
    meter.sampled(8000, "a", 120, true);
    assertThat(meter.toldSince(1050, 8100, true)).isEqualTo(new LagMeter.Told(false, 120));
  }

  @Test
  void anOffsetOfANamedHistoryIsTheEndThere() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1100, "a", 120, false);
    assertThat(meter.toldSince(1050, 1150, false)).isEqualTo(new LagMeter.Told(false, 120));
    meter.sampled(1200, "b", 90, false);
    assertThat(meter.toldSince(1050, 9000, false).isAwaited()).isTrue();
  }

  /** As where its master has told, and then stands still. */
  @Test
  void theEndOfANamedHistoryIsTheMostThatWasToldSince() {
    meter.follows("a");
    meter.applied(100);
    meter.sampled(1100, "a", 120, false);
    meter.sampled(1200, "a", 110, false);
    assertThat(meter.toldSince(1050, 1250, true)).isEqualTo(new LagMeter.Told(false, 120));
    meter.follows("b");
    meter.sampled(1300, "b", 115, false);
    assertThat(meter.toldSince(1050, 1350, true)).isEqualTo(new LagMeter.Told(false, 115));
  }

  /** What was asked before that came may tell less than what was applied since. */
  @Test
  void isKnownWhereASampleIsOlderThanWhatWasApplied() {
    meter.applied(100);
    meter.sampled(1000, "", 100, false);
    meter.applied(200);
    meter.sampled(1100, "", 150, false);
    assertThat(meter.lagBytes()).isZero();
  }

  @Test
  void staysRightWithMoreSamplesThanItKeeps() {
    meter.applied(0);
    for (int i = 1; i <= 250_000; i++) {
      meter.sampled(i, "a", i, false);
    }
    meter.applied(200_000);
    assertThat(meter.lagMillis(250_000)).isBetween(49_900L, 50_000L);
  }
}
