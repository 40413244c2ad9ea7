package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What lies at a cluster for a link: the checkpoint of each hash slot, the hashes of what is ahead,
 * and wherever slots have brought them, the hashes of nodes.
 */
final class SlotCheckpoints {
  private final Checkpoint[] bySlot = new Checkpoint[HashSlot.COUNT];
  private final byte[][] texts = new byte[HashSlot.COUNT][];
  private final HealRecord heals = new HealRecord();
  private final Map<Integer, NodeHash> nodes = new TreeMap<>();

  private SlotCheckpoints() {}

  /** Reads it all, in one go for each master. */
  static SlotCheckpoints read(ClusterConnections cluster, OwnKeys keys) throws RedisException {
    SlotCheckpoints found = new SlotCheckpoints();
    for (RedisConnection master : cluster.masters()) {
      for (int slot = 0; slot < HashSlot.COUNT; slot++) {
        if (cluster.of(slot) == master) {
          master.out().command("GET", keys.checkpoint(slot));
          master.out().command("HGETALL", keys.heal(slot));
          master.out().command("HGETALL", keys.node(slot));
          master.flushWhereMuch();
        }
      }
      master.flush();
    }
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      found.readSlot(slot, cluster.of(slot), keys);
    }
    return found;
  }

  /** The checkpoint of a slot, or null. */
  Checkpoint checkpoint(int slot) {
    return bySlot[slot];
  }

  /** What the checkpoint's key of a slot holds, or null. */
  byte[] text(int slot) {
    return texts[slot];
  }

  HealRecord heals() {
    return heals;
  }

  /** By the slot that they lie in. */
  Map<Integer, NodeHash> nodes() {
    return nodes;
  }

  private void readSlot(int slot, RedisConnection from, OwnKeys keys) throws RedisException {
    RespValue text = reply(from);
    RespValue ahead = reply(from);
    RespValue node = reply(from);
    try {
      if (!text.isNull()) {
        texts[slot] = text.bytes();
        bySlot[slot] = Checkpoint.parse(text.text());
      }
      heals.add(ahead);
      if (!node.elements().isEmpty()) {
        nodes.put(slot, NodeHash.of(node, keys.link()));
      }
    } catch (IllegalArgumentException e) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.CHECKPOINT_MISMATCH,
              "our keys of slot %d at %s are unreadable: %s".formatted(slot, from, e.getMessage())),
          e);
    }
  }

  private static RespValue reply(RedisConnection from) throws RedisException {
    return from.successOf(from.read());
  }
}
