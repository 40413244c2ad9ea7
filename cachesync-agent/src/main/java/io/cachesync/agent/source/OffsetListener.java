package io.cachesync.agent.source;

/** Hears where the source stands. */
@FunctionalInterface
public interface OffsetListener {
  /**
   * At this moment or later the source stood at this offset.
   *
   * @param sampledMillis our clock just before the source was asked
   *     <p>Of a replica that is what its master has, where that tells it, and otherwise what it has
   *     itself, as long as it hears its master.
   * @param replId empty below 4.0, which tells none beside the offset
   */
  void sampled(long sampledMillis, String replId, long offset);

  /**
   * What lies behind this offset was executed after a moment, by the source or, where that is a
   * replica, by its master; and what lies up to it before another.
   *
   * @param sinceMillis our clock at the one
   * @param byMillis our clock at the other
   * @param replId as above
   */
  default void executed(long sinceMillis, long byMillis, String replId, long offset) {}
}
