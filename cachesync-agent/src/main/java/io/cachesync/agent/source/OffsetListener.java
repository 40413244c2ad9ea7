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
   * @param streamed whether it has told in the same breath that the stream which is followed comes
   *     from it: where it names no history, only then the offset is known to be of that one
   */
  void sampled(long sampledMillis, String replId, long offset, boolean streamed);

  /**
   * What lies behind this offset was executed after a moment, by the source or, where that is a
   * replica, by its master; and what lies up to it before another.
   *
   * @param sinceMillis our clock at the one; -1 where it is not known
   * @param byMillis our clock at the other
   * @param replId as above
   */
  default void executed(long sinceMillis, long byMillis, String replId, long offset) {}
}
