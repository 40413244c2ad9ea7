package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.writer.Doubt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of the stream that was applied and left keys in doubt. Nothing more is applied until they
 * were fetched again.
 *
 * @param start offset before its first command
 * @param startDatabase selected at the source there
 * @param end offset of its last command, where the lane stands
 * @param seeds what the target's replies left in doubt, by the offset of the command
 * @param unanswered whether the replies were not seen: whatever is not replaced is in doubt
 * @param late whether it was answered so late that keys may have expired under it unchecked
 * @param ahead what was ahead at the start
 * @param flushed by the offset of a flush in it: what was no longer ahead behind that. At a cluster
 *     a slot that has more than the flush is not emptied, and what is ahead there stays so. All of
 *     it behind one that is not here
 */
record OpenDoubt(
    long start,
    int startDatabase,
    long end,
    Map<Long, Doubt> seeds,
    boolean unanswered,
    boolean late,
    Map<DatabaseKey, Long> ahead,
    Map<Long, List<DatabaseKey>> flushed) {

  /**
   * The transaction that wrote this checkpoint, and what it counts as in doubt before.
   *
   * @param reached where the last of what may be at the target ends
   */
  static OpenDoubt unanswered(Checkpoint checkpoint, long reached, Map<DatabaseKey, Long> ahead) {
    return new OpenDoubt(
        checkpoint.start(),
        checkpoint.startDatabase(),
        reached,
        Map.of(),
        true,
        false,
        Map.copyOf(ahead),
        Map.of());
  }

  static Map<Long, Doubt> seeds(List<Doubt> doubts) {
    Map<Long, Doubt> seeds = new LinkedHashMap<>();
    // The first of a command that is sent as several, but a refusal before a check of it.
    for (Doubt doubt : doubts) {
      seeds.merge(doubt.offset(), doubt, (a, b) -> a.fault() == null ? b : a);
    }
    return seeds;
  }
}
