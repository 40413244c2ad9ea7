package io.cachesync.agent.sync;

import io.cachesync.agent.redis.SlotRanges;

/**
 * What was found of a shard, or of a source, before its link began: how the target knows it, and up
 * to where its slots have moved.
 *
 * @param words what the link has copied by the target's words, empty where it has nothing there
 * @param slots of a shard that those words tell, or null
 * @param offset of the master when no slot was being moved; -1 where slots that move are not lived
 *     through
 */
public record ShardCut(String words, SlotRanges slots, long offset) {
  static final ShardCut NONE = new ShardCut("", null, -1);

  public boolean follows() {
    return offset >= 0;
  }
}
