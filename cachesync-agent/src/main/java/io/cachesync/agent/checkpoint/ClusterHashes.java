package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes and removes what a link keeps in every slot and at every master of a cluster. */
final class ClusterHashes {
  private static final int ARBITER = 0;

  private final OwnKeys keys;

  ClusterHashes(OwnKeys keys) {
    this.keys = keys;
  }

  /** The first slots of all masters: their hashes lie there. */
  static List<Integer> peers(ClusterConnections cluster) {
    List<Integer> peers = new ArrayList<>();
    for (int i = 0; i < cluster.size(); i++) {
      peers.add(cluster.firstSlot(i));
    }
    return peers;
  }

  /** Writes the hash that decides, with no watermark, no peers and no losses beside its state. */
  String[] alone(NodeState state) {
    NodeHash hash = new NodeHash(state, null, List.of(), Map.of());
    return hash.command(keys.node(ARBITER), keys.link());
  }

  /** The command that writes a watermark at the master whose first slot this is. */
  String[] watermark(int slot, String text, Map<String, Long> lost) {
    String field = NodeHash.watermarkField(keys.link());
    return lost.isEmpty()
        ? new String[] {"HSET", keys.node(slot), field, text}
        : new String[] {"HSET", keys.node(slot), field, text, NodeHash.LOST, NodeHash.text(lost)};
  }

  /** The command that keeps what is told of heals for as long as the task runs, if there is any. */
  List<String[]> lasting(HealRecord heals) {
    List<String> words = heals.lastingWords();
    if (words.isEmpty()) {
      return List.of();
    }
    words.addAll(0, List.of("HMSET", keys.heal(ARBITER)));
    return List.<String[]>of(words.toArray(String[]::new));
  }

  /** The arbiter's last: as long as it is the former one, the former hashes are looked for. */
  void write(ClusterConnections cluster, NodeState state, Checkpoint at, ClusterStanding standing)
      throws RedisException {
    List<Integer> peers = peers(cluster);
    NodeHash hash = new NodeHash(state, at, peers, standing.lost());
    for (int i = peers.size() - 1; i >= 0; i--) {
      int slot = peers.get(i);
      cluster.of(slot).call(hash.command(keys.node(slot), keys.link()));
    }
    for (int slot : standing.found().nodes().keySet()) {
      if (!peers.contains(slot)) {
        cluster.of(slot).call("DEL", keys.node(slot));
      }
    }
  }

  /**
   * Removes what there is of ours in every slot.
   *
   * @param kept slots whose hashes stay
   * @return number of keys that were there
   */
  int removeLanes(ClusterConnections cluster, List<Integer> kept) throws RedisException {
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      RespWriter out = cluster.of(slot).out();
      if (kept.contains(slot)) {
        out.command("DEL", keys.checkpoint(slot), keys.heal(slot));
      } else {
        out.command("DEL", keys.checkpoint(slot), keys.heal(slot), keys.node(slot));
      }
      cluster.of(slot).flushWhereMuch();
    }
    for (RedisConnection master : cluster.masters()) {
      master.flush();
    }
    int removed = 0;
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      RedisConnection master = cluster.of(slot);
      removed += Integer.parseInt(master.successOf(master.read()).text());
    }
    return removed;
  }
}
