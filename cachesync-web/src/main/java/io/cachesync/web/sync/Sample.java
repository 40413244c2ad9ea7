package io.cachesync.web.sync;

/**
 * One point of a task's chart: the sum over its links, of the lag in time the largest.
 *
 * @param resolution seconds that the point stands for
 * @param bucket the point's time, in seconds since 1970 divided by {@code resolution}
 */
record Sample(
    long taskId,
    int resolution,
    long bucket,
    long bytesPerSecond,
    long commandsPerSecond,
    long lagBytes,
    long lagMillis) {

  long atMillis() {
    return bucket * resolution * 1000;
  }
}
