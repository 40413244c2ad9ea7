package io.cachesync.agent.sync;

import io.cachesync.agent.redis.AddressMap;
import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.SlotMigrations;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.source.SlotKeys;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Duration;
import java.util.BitSet;

/**
 * Asks the master of a shard whether slots move there. A key that moves is removed in the stream of
 * one link and restored in that of another, and nothing tells which comes first: the link leaves
 * out what concerns them, behind its first copy where it makes that yet, or the job ends.
 */
final class SlotWatch implements Sampler.Reading {
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final RedisClient client;
  private final SourcePart part;
  private final SlotRanges slots;
  private final SlotShare share;
  private final LinkState state;

  /** The node that had the link's slots, and no others; empty before any was seen to. */
  private String shardId = "";

  SlotWatch(RedisClient client, SourcePart part, SlotShare share, LinkState state) {
    this.share = share;
    this.client = client;
    this.part = part;
    this.slots = part.slots();
    this.state = state;
  }

  @Override
  public synchronized void take(RedisConnection asked) throws RedisException {
    ClusterMap map = ClusterMap.ask(asked, client.addressMap());
    ClusterNode master = master(map, asked);
    if (master.slots().isEmpty()) {
      throw isNone(asked);
    }
    BitSet moving = slots.toBits();
    moving.xor(master.slots());
    BitSet open = open(map, asked);
    moving.or(open);
    if (moving.isEmpty()) {
      shardId = master.id();
      return;
    }
    if (share.mayFollow()) {
      return; // Asked again once it is known.
    }
    if (share.follows() && (share.streams() || isTheShards(master))) {
      if (!isTheShards(master)) {
        // One that has what the drained shard had; its own stay.
        moving.and(slots.toBits());
      }
      share.notice(moving);
      if (share.isForeign() && mayBeDrained(moving, master, asked)) {
        share.drains();
      }
    } else if (!open.isEmpty()) {
      fail("slot %d is being moved at %s".formatted(open.nextSetBit(0), asked));
    } else {
      fail(
          "%s has the slots %s now, and had %s"
              .formatted(asked, SlotRanges.of(master.slots()), slots));
    }
  }

  /**
   * More than half of the slots are leaving: where a cluster is doubled half of them do. Not later,
   * as slots without keys go a thousand in a second; but not for as long as the others have more
   * keys than are to be written down. Nor is it waited for where one slot stays: the next to leave
   * is the last.
   */
  private boolean mayBeDrained(BitSet moving, ClusterNode master, RedisConnection asked)
      throws RedisException {
    BitSet all = slots.toBits();
    BitSet leaving = (BitSet) all.clone();
    leaving.and(moving);
    boolean most = 2 * leaving.cardinality() > all.cardinality();
    boolean allButOne = !leaving.isEmpty() && leaving.cardinality() >= all.cardinality() - 1;
    if (!most && !allButOne) {
      return false;
    }
    all.and(master.slots());
    return SlotKeys.count(asked, all, SlotListing.MOST_KEYS) <= SlotListing.MOST_KEYS;
  }

  /** A first copy must not be one of another shard, to which all slots of the link's have gone. */
  private boolean isTheShards(ClusterNode master) {
    return shardId.isEmpty() ? master.address().equals(part.master()) : master.id().equals(shardId);
  }

  /**
   * The slots that a master has and that do not move there.
   *
   * @throws RedisException CONNECTION_LOST, retryable, where it is none
   */
  static BitSet settled(RedisConnection asked, AddressMap addresses) throws RedisException {
    ClusterMap map = ClusterMap.ask(asked, addresses);
    BitSet settled = (BitSet) master(map, asked).slots().clone();
    settled.andNot(open(map, asked));
    return settled;
  }

  /** Open slots are told by the one who has them only: the next connection finds it. */
  private static ClusterNode master(ClusterMap map, RedisConnection asked) throws RedisException {
    for (ClusterNode node : map.nodes()) {
      if (node.address().equals(asked.address()) && node.isMaster()) {
        return node;
      }
    }
    throw isNone(asked);
  }

  private static RedisException isNone(RedisConnection asked) {
    return new RedisException(
        Fault.retryable(FaultCode.CONNECTION_LOST, asked + " is not the master any more"));
  }

  private static BitSet open(ClusterMap map, RedisConnection asked) throws RedisException {
    BitSet open = SlotMigrations.underWay(asked);
    map.openSlots().forEach(open::set);
    return open;
  }

  private void fail(String what) {
    state.control().fail(resharded(what));
  }

  static Fault resharded(String what) {
    return Fault.fatal(FaultCode.SOURCE_RESHARDED, "slots move at the source: " + what);
  }
}
