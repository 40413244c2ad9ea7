package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchAgeTest {
  private final BatchAge age = new BatchAge();

  @Test
  void isUnknownWithoutASampleAtOrBelowTheOffset() {
    assertThat(age.atMost(100, 5_000)).isEqualTo(BatchAge.UNKNOWN);
    age.sampled(1_000, "a", 101);
    assertThat(age.atMost(100, 5_000)).isEqualTo(BatchAge.UNKNOWN);
  }

  @Test
  void countsFromTheNewestSampleAtOrBelowTheOffset() {
    age.sampled(1_000, "a", 50);
    age.sampled(1_100, "a", 100);
    age.sampled(1_200, "a", 101);
    assertThat(age.atMost(100, 1_500)).isEqualTo(400);
    assertThat(age.atMost(200, 1_500)).isEqualTo(300);
  }

  @Test
  void countsFromTheLastMomentAtWhichAnIdleSourceStoodThere() {
    age.sampled(1_000, "a", 100);
    age.sampled(9_000, "a", 100);
    assertThat(age.atMost(100, 9_100)).isEqualTo(100);
  }

  @Test
  void knowsNothingOfAnotherHistory() {
    age.sampled(1_000, "a", 100);
    age.sampled(1_100, "b", 500);
    assertThat(age.atMost(200, 1_200)).isEqualTo(BatchAge.UNKNOWN);
  }

  @Test
  void neverTakesCommandsForYoungerThanTheyMayBe() {
    for (int i = 0; i < 120_000; i++) {
      age.sampled(i * 100L, "a", i);
    }
    // The true age of what lies behind offset 90,000 is at most 1,000.
    assertThat(age.atMost(90_000, 9_001_000)).isBetween(1_000L, 2_000L);
  }
}
