package io.cachesync.agent.relay;

import java.time.Duration;

/**
 * How large a relay log may grow.
 *
 * @param memoryBytes ring in memory, one for the snapshot and one for the stream
 * @param segmentBytes size from which a new file is begun
 * @param maxWaitingBytes what may wait on disk for the target: beyond it the snapshot waits and the
 *     stream fails with RELAY_FULL
 * @param keepApplied how long applied records stay
 * @param keepAppliedBytes how many bytes of them stay at most
 */
public record RelayOptions(
    int memoryBytes,
    long segmentBytes,
    long maxWaitingBytes,
    Duration keepApplied,
    long keepAppliedBytes) {
  public static final int DEFAULT_MEMORY_BYTES = 16 * 1024 * 1024;
  public static final long DEFAULT_SEGMENT_BYTES = 64L * 1024 * 1024;
  public static final long DEFAULT_KEEP_APPLIED_BYTES = 2L * 1024 * 1024 * 1024;
}
