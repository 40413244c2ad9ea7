package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Empties a cluster as a whole. Slot 0 is never without its hash: what owns it is told there. */
public final class ClusterEmptying {
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
   * For several links that have been taken over. Slot 0, which tells what they have, comes last: an
   * end in the middle leaves what stands there, and all is emptied once more. Each master tells by
   * which emptying it was emptied: one that is set back to before it brings its keys back, and no
   * longer tells so.
   *
   * @param links of one job, at least one
   */
  public static void run(ClusterConnections cluster, List<ClusterCheckpointStore> links)
      throws RedisException {
    for (ClusterCheckpointStore link : links) {
      link.verify(cluster);
    }
    String mark = Epoch.newNonce();
    for (int i = 0; i < cluster.size(); i++) {
      if (cluster.firstSlot(i) != ARBITER) {
        Transactions.execute(cluster.master(i), commands(cluster, i, links, mark));
      }
    }
    List<String[]> last = commands(cluster, cluster.owner(ARBITER), links, mark);
    last.add(links.get(0).claimOfEmptied());
    Transactions.execute(cluster.of(ARBITER), last);
  }

  private static List<String[]> commands(
      ClusterConnections cluster, int master, List<ClusterCheckpointStore> links, String mark) {
    List<String[]> commands = new ArrayList<>();
    commands.add(FLUSH);
    List<Integer> peers = ClusterHashes.peers(cluster);
    for (ClusterCheckpointStore link : links) {
      NodeHash hash = new NodeHash(link.node().emptied(), null, peers, Map.of(), mark);
      String key = link.keys().node(cluster.firstSlot(master));
      commands.add(hash.command(key, link.keys().link()));
    }
    return commands;
  }
}
