package io.cachesync.agent.sync;

import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Duration;

/**
 * Asks the master of a shard whether slots move there. A key that moves is removed in the stream of
 * one link and restored in that of another, and nothing tells which comes first; so the job ends.
 */
final class SlotWatch implements Sampler.Reading {
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final RedisClient client;
  private final SlotRanges slots;
  private final LinkState state;

  SlotWatch(RedisClient client, SlotRanges slots, LinkState state) {
    this.client = client;
    this.slots = slots;
    this.state = state;
  }

  @Override
  public void take(RedisConnection asked) throws RedisException {
    ClusterMap map = ClusterMap.ask(asked, client.addressMap());
    ClusterNode owner = map.owner(slots.first());
    if (owner == null) {
      return;
    }
    if (!map.openSlots().isEmpty()) {
      fail("slot %d is being moved at %s".formatted(map.openSlots().get(0), asked));
    } else if (!slots.are(owner.slots())) {
      fail(
          "%s has the slots %s now, and had %s"
              .formatted(owner.address(), SlotRanges.of(owner.slots()), slots));
    } else if (!owner.address().equals(asked.address())) {
      // Open slots are told by the one who has them only: the next connection finds it.
      throw new RedisException(
          Fault.retryable(FaultCode.CONNECTION_LOST, asked + " is not the master any more"));
    }
  }

  private void fail(String what) {
    state.control().fail(resharded(what));
  }

  static Fault resharded(String what) {
    return Fault.fatal(FaultCode.SOURCE_RESHARDED, "slots move at the source: " + what);
  }
}
