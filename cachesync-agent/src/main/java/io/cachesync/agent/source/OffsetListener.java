package io.cachesync.agent.source;

/** Hears where the source stands. */
@FunctionalInterface
public interface OffsetListener {
  /**
   * At this moment or later the source stood at this offset.
   *
   * @param sampledMillis our clock just before the source was asked
   * @param replId empty below 4.0, which tells none beside the offset
   */
  void sampled(long sampledMillis, String replId, long offset);
}
