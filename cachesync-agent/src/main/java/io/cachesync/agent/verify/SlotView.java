package io.cachesync.agent.verify;

import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import java.util.BitSet;

/**
 * Who has which slots of a cluster, as each master tells it of itself: what one tells of others
 * comes late. Of a side that is no cluster nothing ever moves.
 */
final class SlotView {
  private final String[] owners = new String[HashSlot.COUNT];
  private final BitSet open = new BitSet();

  /** Asks each of the masters in a map. */
  static SlotView ask(RedisClient client, ClusterMap map) throws RedisException {
    SlotView view = new SlotView();
    for (ClusterNode master : map.masters()) {
      try (RedisConnection connection = client.connect(master.address())) {
        view.add(ClusterMap.ask(connection, client.addressMap()), master.id());
      }
    }
    return view;
  }

  /** What one node tells of itself. */
  private void add(ClusterMap told, String id) {
    told.openSlots().forEach(open::set);
    for (ClusterNode node : told.nodes()) {
      if (node.id().equals(id)) {
        node.slots().stream().forEach(slot -> own(slot, id));
      }
    }
  }

  /** The same for the same owners with no slot open. */
  long hash() {
    long hash = open.hashCode();
    for (String owner : owners) {
      hash = Hash64.mix(hash, owner == null ? 0 : owner.hashCode());
    }
    return hash;
  }

  /** Slots that are between two masters. */
  BitSet open() {
    return (BitSet) open.clone();
  }

  /** Slots whose keys may have been missed by who looked through all masters in the meantime. */
  BitSet unsure(SlotView later) {
    BitSet slots = open();
    slots.or(later.open);
    for (int slot = 0; slot < owners.length; slot++) {
      if (owners[slot] == null || !owners[slot].equals(later.owners[slot])) {
        slots.set(slot);
      }
    }
    return slots;
  }

  private void own(int slot, String id) {
    if (owners[slot] != null) {
      // Two say that it is theirs: one of them has not heard yet.
      open.set(slot);
    }
    owners[slot] = id;
  }
}
