package io.cachesync.web.sync;

import java.time.Duration;

/** How fine the points of a chart are, and how long each kind is kept. */
enum SampleResolution {
  SECOND(1, Duration.ofMinutes(15)),
  TEN_SECONDS(10, Duration.ofHours(6)),
  MINUTE(60, Duration.ofDays(2)),
  TEN_MINUTES(600, Duration.ofDays(30));

  private final int seconds;
  private final Duration kept;

  SampleResolution(int seconds, Duration kept) {
    this.seconds = seconds;
    this.kept = kept;
  }

  int seconds() {
    return seconds;
  }

  Duration kept() {
    return kept;
  }
}
