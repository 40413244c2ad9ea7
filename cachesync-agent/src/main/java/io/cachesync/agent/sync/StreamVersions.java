package io.cachesync.agent.sync;

import io.cachesync.agent.source.StreamOrigin;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which version of Redis has written which part of a stream, as far as its connections have told: a
 * source that was promoted sends what it had of its former master before its own. For one thread.
 */
final class StreamVersions {
  /** From behind this offset on. */
  private final TreeMap<Long, Integer> levels = new TreeMap<>();

  private String replId = "";

  /** The stream comes on another connection. */
  void comesFrom(StreamOrigin origin) {
    boolean known = origin.replId().equals(replId) || origin.formerReplId().equals(replId);
    if (replId.isEmpty() || !known) {
      levels.clear();
    }
    levels.tailMap(origin.begin(), true).clear();
    levels.put(origin.begin(), origin.level());
    replId = origin.replId();
  }

  /**
   * As {@link StreamOrigin#level}, of the bytes between two offsets; 0 also where they are of
   * several.
   */
  int of(long start, long end) {
    Map.Entry<Long, Integer> first = levels.floorEntry(start);
    Long next = levels.higherKey(start);
    return first == null || (next != null && next < end) ? 0 : first.getValue();
  }
}
