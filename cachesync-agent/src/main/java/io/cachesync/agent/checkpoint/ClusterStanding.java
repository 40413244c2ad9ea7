package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a link stands at a cluster, as it was read behind the last fence: what the hashes of all
 * nodes and the checkpoints of all slots say together. For one thread.
 */
final class ClusterStanding {
  private static final int ARBITER = 0;

  private SlotCheckpoints found;
  private NodeState node = NodeState.NONE;
  private Checkpoint watermark;
  private Map<String, Long> lost = new TreeMap<>();
  private boolean mixed;

  /** Of the full syncs that any master tells of, or has told of. */
  private long highest;

  /** Reads it all, and judges what it means. */
  void read(ClusterConnections cluster, OwnKeys keys) throws RedisException {
    found = SlotCheckpoints.read(cluster, keys);
    judge();
  }

  SlotCheckpoints found() {
    return found;
  }

  NodeState node() {
    return node;
  }

  void node(NodeState next) {
    node = next;
  }

  /** Whether what the hashes of all masters say is to be written anew before anything goes on. */
  boolean mustBeWritten(ClusterConnections cluster) {
    return node.generation() > 0
        && (mixed || !arbiter().peers().equals(ClusterHashes.peers(cluster)));
  }

  /** As {@link TargetState#lostItsEmptying}. */
  boolean lostItsEmptying() {
    String mark = arbiter().emptied();
    return node.generation() == 0
        && !mark.isEmpty()
        && !arbiter().peers().stream().allMatch(peer -> hash(peer).emptied().equals(mark));
  }

  /** What the hashes tell once the next full sync has begun. */
  NodeState beginning(CopiedFrom from) {
    return node.beginning(highest, from);
  }

  /** As {@link TargetState#hasLostItsCopy}. */
  boolean hasLostItsCopy() {
    return node.generation() < highest && !node.isLeft();
  }

  /** The lowest watermark, or null before a full sync was completed. */
  Checkpoint watermark() {
    return watermark;
  }

  Map<String, Long> lost() {
    return lost;
  }

  /** A full sync has begun: what was found before it counts for nothing. */
  void began(NodeState next, ClusterConnections cluster, OwnKeys keys) throws RedisException {
    node = next;
    highest = next.generation();
    watermark = null;
    found = SlotCheckpoints.read(cluster, keys);
  }

  void completed(NodeState next, Checkpoint first) {
    node = next;
    watermark = first;
  }

  /** As {@link ClusterCheckpointStore#stands}. */
  long stands(int slot) {
    if (watermark == null) {
      return -1;
    }
    Checkpoint own = found.checkpoint(slot);
    boolean counts = own != null && own.generation() == node.generation();
    return counts ? Math.max(own.offset(), watermark.offset()) : watermark.offset();
  }

  /** As {@link ClusterCheckpointStore#reached}. */
  long reached() {
    long reached = -1;
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      reached = Math.max(reached, stands(slot));
    }
    return reached;
  }

  /** As {@link ClusterCheckpointStore#loses}. */
  void loses(String replId, long upTo) {
    lost.merge(replId, upTo, Math::min);
  }

  /** What the hashes of the nodes say together: a node that has lost its own was not copied. */
  private void judge() throws RedisException {
    NodeHash arbiter = arbiter();
    NodeState state = arbiter.state();
    long done = state.done();
    NodeState last = state;
    for (NodeHash each : found.nodes().values()) {
      highest = Math.max(highest, each.state().generation());
      last = each.state().generation() > last.generation() ? each.state() : last;
    }
    for (int peer : arbiter.peers()) {
      NodeState other = hash(peer).state();
      done = Math.min(done, other.generation() == state.generation() ? other.done() : 0);
    }
    node =
        new NodeState(
            state.epoch(),
            state.moved(),
            state.owned(),
            state.generation(),
            done,
            state.hole(),
            state.copied().isRemoved() ? CopiedFrom.NOTHING : last.copied());
    Watermarks watermarks = Watermarks.of(found.nodes().values(), node.generation());
    watermark = watermarks.lowest();
    lost = watermarks.lost();
    mixed = watermarks.mixed();
    refuseLost();
  }

  private NodeHash arbiter() {
    return hash(ARBITER);
  }

  private NodeHash hash(int slot) {
    return found.nodes().getOrDefault(slot, NodeHash.NONE);
  }

  /** A slot that was set back to before the source's lost writes were fetched again holds them. */
  private void refuseLost() throws RedisException {
    for (int slot = 0; slot < HashSlot.COUNT && !lost.isEmpty(); slot++) {
      Checkpoint own = found.checkpoint(slot);
      Long upTo = own == null ? null : lost.get(own.replId());
      if (upTo != null && own.generation() == node.generation() && own.offset() > upTo) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.CHECKPOINT_MISMATCH,
                "slot %d stands at offset %d of the history %s, which the source has lost behind %d"
                    .formatted(slot, own.offset(), own.replId(), upTo)));
      }
    }
  }
}
