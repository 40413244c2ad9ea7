package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Puts each command into the lane of the hash slot of its keys, split where that is the same, and
 * leaves out what a lane has already. A command whose keys lie in several slots and hang on each
 * other is left out for what it writes to be fetched.
 */
final class SlotLaneWriter extends LaneWriter {
  private final SlotLanes lanes;
  private final TargetState store;
  private final OwnKeys keys;
  private final SlotRouter router = new SlotRouter();
  private final StreamArguments words = new StreamArguments();

  SlotLaneWriter(SlotLanes lanes, TargetProfile target, Consumer<DataFault> holes) {
    super(lanes, target, holes, false);
    this.lanes = lanes;
    this.store = target.store();
    this.keys = store.keys();
  }

  @Override
  Appended appendNamed(Command command, StreamCommand in, int database, boolean late)
      throws IOException {
    if (command.role() == Role.MESSAGE) {
      return Appended.NOTHING;
    }
    if (command.role() == Role.SCRIPT) {
      // Whatever database is selected: code belongs to none.
      into(Batch.EVERYWHERE, false);
      return super.appendNamed(command, in, store.claim().home(), late);
    }
    if (command.role() == Role.FLUSH) {
      flush(command, in, database);
      return Appended.SENT;
    }
    return switch (router.route(command, in)) {
      case ONE_SLOT -> {
        if (lanes.has(router.slot(), in.endOffset())) {
          yield Appended.SENT;
        }
        into(router.slot(), command.replaces(words.of(in)) && !in.isTimeUncertain());
        yield super.appendNamed(command, in, database, late);
      }
      case SPLIT -> {
        withoutNamed(in, database, SlotRouter.argumentsOfKey(command), argument -> false);
        yield Appended.SENT;
      }
      case CROSSES -> Appended.LEFT_OUT;
      case KEYLESS -> Appended.NOWHERE;
    };
  }

  @Override
  boolean lacksNamed(DatabaseKey key, long endOffset) {
    return !lanes.has(HashSlot.of(key.key()), endOffset);
  }

  @Override
  void deleteNamed(long offset, DatabaseKey key) throws RedisException {
    int slot = HashSlot.of(key.key());
    if (!lanes.has(slot, offset)) {
      into(slot, true);
      super.deleteNamed(offset, key);
    }
  }

  @Override
  void withoutNamed(StreamCommand in, int database, int each, IntPredicate left)
      throws FaultException {
    int[] slots = new int[in.count()];
    for (int i = 1; i < in.count(); i += each) {
      int slot = slot(in, i);
      slots[i] = left.test(i) || lanes.has(slot, in.endOffset()) ? -1 : slot;
    }
    for (int i = 1; i < in.count(); i += each) {
      int slot = slots[i];
      if (slot >= 0) {
        into(slot, true);
        super.withoutNamed(in, database, each, argument -> slots[argument] != slot);
        for (int j = i; j < in.count(); j += each) {
          slots[j] = slots[j] == slot ? -1 : slots[j];
        }
      }
    }
  }

  @Override
  String valueNamed(long number, DatabaseKey key, byte[] dump, long expireAtMillis)
      throws IOException {
    into(HashSlot.of(key.key()), false);
    return super.valueNamed(number, key, dump, expireAtMillis);
  }

  @Override
  void absentNamed(long number, DatabaseKey key) throws RedisException {
    into(HashSlot.of(key.key()), false);
    super.absentNamed(number, key);
  }

  /** What is said of a key or a slot lies in that slot, everything else in slot 0. */
  @Override
  public void appendHealRecord(String command, List<byte[]> words) {
    int each = command.equals("HDEL") ? 1 : 2;
    Map<Integer, List<byte[]>> bySlot = new TreeMap<>();
    for (int i = 0; i < words.size(); i += each) {
      DatabaseKey key = HealRecord.keyOf(words.get(i));
      int slot =
          key == null
              ? Math.max(0, HealRecord.movedSlot(words.get(i)))
              : HashSlot.of(named(key).key());
      bySlot.computeIfAbsent(slot, none -> new ArrayList<>()).addAll(words.subList(i, i + each));
    }
    bySlot.forEach(
        (slot, ofSlot) -> {
          into(slot, false);
          appendHealRecord(command, keys.heal(slot), ofSlot);
        });
  }

  private static int slot(StreamCommand in, int argument) {
    return HashSlot.of(in.buffer(), in.offset(argument), in.length(argument));
  }

  private void flush(Command command, StreamCommand in, int database) throws IOException {
    if (command.name().equals("SWAPDB")) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.FLUSH_REFUSED,
              "SWAPDB at offset %d: a cluster has no other database to swap with"
                  .formatted(in.endOffset())));
    }
    if (command.name().equals("FLUSHDB")) {
      store.tryDatabase(database);
    }
    flush(in.endOffset());
  }
}
