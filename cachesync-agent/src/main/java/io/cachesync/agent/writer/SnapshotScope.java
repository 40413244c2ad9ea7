package io.cachesync.agent.writer;

import io.cachesync.agent.redis.SlotRanges;

/**
 * What a snapshot may touch at a target.
 *
 * @param existing what becomes of a key that is there already
 * @param functions whether function libraries are put there
 * @param slots whose keys are written; what else a shard has is on its way to or from another
 */
public record SnapshotScope(Existing existing, boolean functions, SlotRanges slots) {
  boolean takes(int slot) {
    return slots.contains(slot);
  }

  /** What becomes of a key that is at the target already. */
  public enum Existing {
    REPLACED,
    /** It is another source's, and ends the full sync. */
    OF_ANOTHER_SOURCE,
    /** It ends the full sync. */
    REFUSED,
    /** It stays as it is, and is not moved. */
    SKIPPED
  }

  boolean replaces() {
    return existing == Existing.REPLACED;
  }
}
