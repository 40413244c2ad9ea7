package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import java.util.ArrayList;
import java.util.List;

/** Empties a cluster as a whole. Slot 0 is never without its hash: what owns it is told there. */
final class ClusterEmptying {
  /** A master that frees its memory in one go stands still, and may be taken for dead. */
  static final String[] FLUSH = {"FLUSHALL", "ASYNC"};

  private static final int ARBITER = 0;

  private ClusterEmptying() {}

  /** For the only link of a task. */
  static void wipe(ClusterConnections cluster, String[] claim, String[] hash)
      throws RedisException {
    for (RedisConnection master : cluster.masters()) {
      if (master == cluster.of(ARBITER)) {
        Transactions.execute(master, List.of(FLUSH, claim, hash));
      } else {
        master.call(FLUSH);
      }
    }
  }

  /**
   * For several links. Slot 0, which tells what they have, comes last: an end in the middle leaves
   * what stands there, and all is emptied once more.
   *
   * @param claim the command that writes it
   * @param hashes the commands that write the hashes of all links in slot 0
   */
  static void run(ClusterConnections cluster, String[] claim, List<String[]> hashes)
      throws RedisException {
    RedisConnection arbiter = cluster.of(ARBITER);
    List<String[]> commands = new ArrayList<>(List.of(FLUSH, claim));
    commands.addAll(hashes);
    for (RedisConnection master : cluster.masters()) {
      if (master != arbiter) {
        master.call(FLUSH);
      }
    }
    Transactions.execute(arbiter, commands);
  }
}
