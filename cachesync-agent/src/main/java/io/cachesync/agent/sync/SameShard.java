package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.redis.ServerInfo;

/**
 * By what a master is known as the one that a link had before, the surest first: what is known by
 * one of them is asked for by none of those behind it. All slots of a master may have come to
 * another one since, so that they tell who it is only where its history does not.
 */
enum SameShard {
  /** It goes by the history, and has the slots that it had. */
  HISTORY_AND_SLOTS,
  HISTORY,
  /** It has gone by the history until it failed over; so has a replica that was given slots. */
  FORMER_HISTORY_AND_SLOTS,
  FORMER_HISTORY,
  /** As after two failovers; the link itself then finds out whether it may go on. */
  SLOTS;

  /** The history that a link stands in, or of which it was being copied; null where unknown. */
  static String history(NodeState node, String ofCheckpoint) {
    boolean copied = ofCheckpoint == null && !node.copied().isNothing();
    return copied ? node.copied().replId() : ofCheckpoint;
  }

  /**
   * @param history null where unknown
   * @param slots whether the master has just the slots that the link had
   */
  boolean is(ServerInfo master, String history, boolean slots) {
    boolean goesBy = history != null && master.replId().equals(history);
    boolean wentBy = LinkPlan.has(master, history);
    return switch (this) {
      case HISTORY_AND_SLOTS -> goesBy && slots;
      case HISTORY -> goesBy;
      case FORMER_HISTORY_AND_SLOTS -> wentBy && slots;
      case FORMER_HISTORY -> wentBy;
      case SLOTS -> slots;
    };
  }
}
