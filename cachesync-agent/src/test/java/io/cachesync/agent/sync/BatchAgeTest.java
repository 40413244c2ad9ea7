package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchAgeTest {
  private final BatchAge age = new BatchAge();

  @Test
  void isUnknownWithoutASampleAtOrBelowTheOffset() {
    assertThat(age.atMost(100, 5_000)).isEqualTo(BatchAge.UNKNOWN);
    age.sampled(1_000, 1_000, "a", 101);
    assertThat(age.atMost(100, 5_000)).isEqualTo(BatchAge.UNKNOWN);
  }

  @Test
  void countsFromTheNewestSampleAtOrBelowTheOffset() {
    age.sampled(1_000, 1_000, "a", 50);
    age.sampled(1_100, 1_100, "a", 100);
    age.sampled(1_200, 1_200, "a", 101);
    assertThat(age.atMost(100, 1_500)).isEqualTo(400);
    assertThat(age.atMost(200, 1_500)).isEqualTo(300);
  }

  @Test
  void countsFromTheLastMomentAtWhichAnIdleSourceStoodThere() {
    age.sampled(1_000, 1_000, "a", 100);
    age.sampled(9_000, 9_000, "a", 100);
    assertThat(age.atMost(100, 9_100)).isEqualTo(100);
  }

  @Test
  void knowsNothingOfAnotherHistory() {
    age.sampled(1_000, 1_000, "a", 100);
    age.sampled(1_100, 1_100, "b", 500);
    assertThat(age.atMost(200, 1_200)).isEqualTo(BatchAge.UNKNOWN);
  }

  @Test
  void neverTakesCommandsForYoungerThanTheyMayBe() {
    for (int i = 0; i < 120_000; i++) {
      age.sampled(i * 100L, i * 100L, "a", i);
    }
    // The true age of what lies behind offset 90,000 is at most 1,000.
    assertThat(age.atMost(90_000, 9_001_000)).isBetween(1_000L, 2_000L);
  }

  @Test
  void tellsWhenAPartWasExecuted() {
    age.follows("a");
    age.sampled(1_000, 1_010, "a", 50);
    age.sampled(1_100, 1_110, "a", 100);
    age.sampled(1_200, 1_210, "a", 100);
    age.sampled(1_300, 1_310, "a", 300);
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(1_000, 1_110));
    assertThat(age.between(100, 101, 9_000)).isEqualTo(new BatchAge.Moments(1_200, 1_310));
    assertThat(age.between(60, 101, 9_000)).isEqualTo(new BatchAge.Moments(1_000, 1_310));
    assertThat(age.between(300, 301, 9_000)).isEqualTo(new BatchAge.Moments(1_300, 9_000));
    assertThat(age.between(60, 101, 1_250)).isEqualTo(new BatchAge.Moments(1_000, 1_250));
    assertThat(age.between(40, 100, 9_000)).isEqualTo(new BatchAge.Moments(-1, 9_000));
  }

  @Test
  void tellsNothingOfOneHistoryBySamplesOfAnother() {
    age.follows("a");
    age.sampled(1_000, 1_010, "b", 50);
    age.sampled(1_100, 1_110, "b", 100);
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(-1, 9_000));
    age.follows("b");
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(1_000, 1_110));
  }

  /** Below 4.0 samples have no name, and a server that begins anew counts anew. */
  @Test
  void forgetsWhatANamelessServerHadBeforeItCountedAnew() {
    age.follows("run 1");
    age.sampled(1_000, 1_010, "", 50);
    age.sampled(1_100, 1_110, "", 100);
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(1_000, 1_110));
    age.follows("run 2");
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(-1, 9_000));
    age.sampled(2_000, 2_010, "", 70);
    age.sampled(2_100, 2_110, "", 10);
    assertThat(age.between(10, 60, 9_000)).isEqualTo(new BatchAge.Moments(2_100, 9_000));
  }

  @Test
  void forgetsWhatItHadBeforeAllWasAskedFor() {
    age.sampled(1_000, 1_010, "", 50);
    age.sampled(1_100, 1_110, "", 100);
    age.follows("");
    age.follows("run 1");
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(-1, 9_000));
  }

  /** Also of a server that was set back and goes by its former name. */
  @Test
  void forgetsWhatAServerHadBeforeItWentBack() {
    age.follows("a");
    age.sampled(1_000, 1_010, "a", 50);
    age.sampled(1_100, 1_110, "a", 100);
    age.sampled(2_000, 2_010, "a", 70);
    age.sampled(2_100, 2_110, "a", 110);
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(-1, 9_000));
    assertThat(age.between(70, 100, 9_000)).isEqualTo(new BatchAge.Moments(2_000, 2_110));
  }

  @Test
  void forgetsWhatANamelessServerHadBeforeItWasAReplica() {
    age.follows("run 1");
    age.sampled(1_000, 1_010, "", 50);
    age.sampled(1_100, 1_110, "", 100);
    age.sampled(-1, 1_210, "", 20);
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(-1, 9_000));
  }

  @Test
  void keepsWhatItKnowsOfANamedOneThatDoesNotTellForAWhile() {
    age.follows("a");
    age.sampled(1_000, 1_010, "a", 50);
    age.sampled(-1, 1_060, "a", 80);
    age.sampled(1_100, 1_110, "a", 100);
    assertThat(age.between(50, 100, 9_000)).isEqualTo(new BatchAge.Moments(1_000, 1_110));
  }
}
