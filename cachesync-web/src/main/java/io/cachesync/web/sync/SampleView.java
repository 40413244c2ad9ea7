package io.cachesync.web.sync;

/** One point of a chart; unknown numbers are -1. */
record SampleView(
    long bucket,
    long at,
    long bytesPerSecond,
    long commandsPerSecond,
    long lagBytes,
    long lagMillis) {
  static SampleView of(Sample sample) {
    return new SampleView(
        sample.bucket(),
        sample.atMillis(),
        sample.bytesPerSecond(),
        sample.commandsPerSecond(),
        sample.lagBytes(),
        sample.lagMillis());
  }
}
