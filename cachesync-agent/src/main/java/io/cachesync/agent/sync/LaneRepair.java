package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.repair.FormerValues;
import io.cachesync.agent.repair.NotRepaired;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.RepairCourse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Repairs keys between two batches of the stream: what the target has of them is kept, then each is
 * fetched again, and is ahead of its lane. A key that cannot be repaired is told, and stays as it
 * is: it ends no link, and is no dead letter. For the applying thread, but for {@link #close}.
 */
final class LaneRepair implements AutoCloseable {
  private static final int KEYS_AT_ONCE = 100;

  /** So long the stream waits at most before it has its turn again, but for one batch of keys. */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Repairs repairs;
  private final SourcePart part;
  private final List<String> source;
  private final SlotMoves moves;
  private final Selection selection;
  private final Refetch refetch;
  private final LinkState state;
  private final FormerValues former;

  /** Where nothing of this link was left. */
  private RepairPiece passed;

  LaneRepair(
      LinkSpec spec,
      SlotMoves moves,
      Selection selection,
      RedisClient target,
      Refetch refetch,
      LinkState state) {
    this.repairs = state.repairs();
    this.part = spec.part();
    this.source = spec.sync().source().addresses();
    this.moves = moves;
    this.selection = selection;
    this.refetch = refetch;
    this.state = state;
    this.former = new FormerValues(target);
  }

  /** Whether there is something of this link to be done before more of the stream is applied. */
  boolean isDue() {
    RepairPiece piece = repairs.due();
    if (piece == null || piece == passed) {
      return false;
    }
    boolean any = !keys(piece, 1).isEmpty();
    passed = any ? null : piece;
    return any;
  }

  /** The lane is settled: nothing is under way, nothing is appended, nothing is in doubt. */
  void run(LaneWriter writer, Supplier<String> replId) throws IOException, InterruptedException {
    long began = System.nanoTime();
    RepairPiece piece = repairs.due();
    while (piece != null && System.nanoTime() - began < TURN_NANOS) {
      List<DatabaseKey> keys = keys(piece, KEYS_AT_ONCE);
      if (keys.isEmpty() || !piece.enter()) {
        break;
      }
      try {
        state.control().check();
        repair(piece, keys, writer, replId);
      } finally {
        piece.leave();
      }
    }
    repairs.rest(System.nanoTime() - began);
    if (piece == null || piece.isDone()) {
      former.close();
    }
  }

  @Override
  public void close() {
    former.close();
  }

  /** A slot that moves is fetched as a whole, by whichever link has it then. */
  private List<DatabaseKey> keys(RepairPiece piece, int most) {
    if (part.isOneOfSources() && !piece.isOf(source)) {
      return List.of();
    }
    return piece.open(
        key -> {
          int slot = part.isShard() ? HashSlot.of(key.key()) : 0;
          return !part.isShard() || (part.slots().contains(slot) && !moves.isMoving(slot));
        },
        most);
  }

  private void repair(
      RepairPiece piece, List<DatabaseKey> keys, LaneWriter writer, Supplier<String> replId)
      throws IOException, InterruptedException {
    List<DatabaseKey> moved = new ArrayList<>();
    for (DatabaseKey key : keys) {
      byte[] name = key.key();
      if (selection.moves(key.database(), name, 0, name.length) && !selection.isOwn(name)) {
        moved.add(key);
      } else {
        piece.settle(key, RepairCourse.NOT_MOVED);
      }
    }
    if (moved.isEmpty()) {
      return;
    }
    ValuesAtOffset.Values fetched;
    try {
      fetched = refetch.values().look(moved, writer.acknowledged().offset(), replId);
    } catch (RedisException e) {
      if (e.fault().code() != FaultCode.NO_PERMISSION) {
        throw e;
      }
      piece.fail(moved, NotRepaired.refused(e.fault().message()));
      return;
    }
    List<ValuesAtOffset.Value> some = keep(piece, chosen(piece, fetched.values()), writer);
    if (!some.isEmpty()) {
      write(piece, some, writer);
    }
  }

  /** What may be written, of what was fetched. */
  private List<ValuesAtOffset.Value> chosen(RepairPiece piece, List<ValuesAtOffset.Value> values) {
    List<ValuesAtOffset.Value> chosen = new ArrayList<>();
    for (ValuesAtOffset.Value value : values) {
      NotRepaired why = NotRepaired.read(value.state());
      if (why != null) {
        piece.settle(value.key(), RepairCourse.FAIL, why);
      } else if (value.state() == ValuesAtOffset.State.ABSENT && !piece.deletesExtra()) {
        piece.settle(value.key(), RepairCourse.LEAVE);
      } else if (!isOfAMovedType(value)) {
        piece.settle(value.key(), RepairCourse.NOT_MOVED);
      } else {
        chosen.add(value);
      }
    }
    return chosen;
  }

  private boolean isOfAMovedType(ValuesAtOffset.Value value) {
    byte[] dump = value.dump();
    return dump.length == 0 || selection.movesType(dump[0] & 0xff, dump, 1, dump.length - 1);
  }

  /** Nobody else writes to the target, so what it has is what will be replaced. */
  private List<ValuesAtOffset.Value> keep(
      RepairPiece piece, List<ValuesAtOffset.Value> values, LaneWriter writer) {
    if (values.isEmpty()) {
      return values;
    }
    try {
      List<DatabaseKey> names = values.stream().map(value -> writer.named(value.key())).toList();
      FormerValues.Kept former = this.former.keep(names, piece.undo());
      List<ValuesAtOffset.Value> kept = new ArrayList<>();
      List<DatabaseKey> gone = new ArrayList<>();
      for (int i = 0; i < values.size(); i++) {
        ValuesAtOffset.Value value = values.get(i);
        NotRepaired why = former.refused().get(names.get(i));
        boolean absent = value.state() == ValuesAtOffset.State.ABSENT;
        if (why != null) {
          piece.settle(value.key(), RepairCourse.FAIL, why);
        } else if (absent && former.absent().contains(names.get(i))) {
          gone.add(names.get(i));
          piece.settle(value.key(), RepairCourse.GONE);
        } else {
          kept.add(value);
        }
      }
      FormerValues.takeBack(gone, piece.undo());
      return kept;
    } catch (RedisException e) {
      // Told with the keys; were the target away, the lane would find that too.
      piece.fail(
          values.stream().map(ValuesAtOffset.Value::key).toList(),
          NotRepaired.refused(e.fault().message()));
      return List.of();
    }
  }

  private void write(RepairPiece piece, List<ValuesAtOffset.Value> values, LaneWriter writer)
      throws IOException, InterruptedException {
    Checkpoint at = writer.acknowledged();
    List<ValuesAtOffset.Value> written = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<byte[]> words = new ArrayList<>();
    Set<Integer> several = new HashSet<>();
    for (ValuesAtOffset.Value value : values) {
      String why;
      try {
        why = append(value, written.size(), writer);
      } catch (FaultException e) {
        // It has no form for the target, and nothing of it was appended.
        piece.settle(value.key(), RepairCourse.FAIL, NotRepaired.refused(e.fault().message()));
        continue;
      }
      if (writer.commandsOfValue() > 1) {
        several.add(written.size());
      }
      written.add(value);
      missing.add(why);
      words.add(HealRecord.aheadField(value.key()));
      words.add(HealRecord.unansweredUpTo(value.offset()));
    }
    if (written.isEmpty()) {
      return;
    }
    writer.appendHealRecord("HMSET", words);
    state.control().limit(writer.pendingBytes(), writer.pendingCommands());
    writer.send(at);
    Map<Integer, String> refused = refused(writer.await(), written, writer);
    answered(piece, written, refused, several, writer);
    int repaired = 0;
    for (int i = 0; i < written.size(); i++) {
      if (refused.containsKey(i)) {
        continue;
      }
      DatabaseKey key = written.get(i).key();
      refetch.ahead().put(key, written.get(i).offset());
      if (!missing.get(i).isEmpty()) {
        piece.settle(key, RepairCourse.FAIL, NotRepaired.notWhole(missing.get(i)));
        continue;
      }
      repaired++;
      boolean absent = written.get(i).state() == ValuesAtOffset.State.ABSENT;
      piece.settle(key, absent ? RepairCourse.DELETE : RepairCourse.WRITE);
    }
    refetch.record().countHealed(HealReason.REPAIRED, repaired);
    writer.appendHealRecord("HMSET", refetch.record().countWords());
    writer.send(at);
    writer.await();
  }

  private static String append(ValuesAtOffset.Value value, int number, LaneWriter writer)
      throws IOException {
    if (value.state() == ValuesAtOffset.State.ABSENT) {
      writer.appendAbsent(number, value.key());
      return "";
    }
    return writer.appendValue(number, value.key(), value.dump(), value.expireAtMillis());
  }

  /** Why the target did not take some, by their numbers. */
  private static Map<Integer, String> refused(
      List<Doubt> doubts, List<ValuesAtOffset.Value> written, LaneWriter writer) {
    Map<Integer, String> refused = new HashMap<>();
    for (Doubt doubt : doubts) {
      int number = (int) doubt.offset();
      byte[] dump = written.get(number).dump();
      refused.putIfAbsent(number, writer.whyRefused(dump, doubt.fault()));
    }
    return refused;
  }

  /** Only what the target has taken is ahead; of what it took in part nobody knows what it is. */
  private void answered(
      RepairPiece piece,
      List<ValuesAtOffset.Value> written,
      Map<Integer, String> refused,
      Set<Integer> several,
      LaneWriter writer) {
    List<byte[]> gone = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      ValuesAtOffset.Value value = written.get(i);
      String error = refused.get(i);
      if (error == null) {
        // Its mark stays until the lane has passed it: a start that finds it there asks once more.
        continue;
      }
      gone.add(HealRecord.aheadField(value.key()));
      NotRepaired why =
          several.contains(i) ? NotRepaired.refusedInPart(error) : NotRepaired.refused(error);
      if (several.contains(i)) {
        refetch.letters().listTorn(value.key(), value.offset(), why.error());
      }
      piece.settle(value.key(), RepairCourse.FAIL, why);
    }
    if (!gone.isEmpty()) {
      writer.appendHealRecord("HDEL", gone);
    }
  }
}
