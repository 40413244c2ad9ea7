package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.source.SlotKeys;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.LogLevel;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * The one way of healing: reads the value of a key in doubt at an offset of the source, writes it
 * in the lane together with that offset, and so lets the commands up to there skip the key.
 *
 * <p>For the applying thread, but {@link #close} and {@link #record} may be called by any.
 */
final class Refetch implements Closeable {
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final RedisClient client;
  private final LinkState state;
  private final LiveValues values;
  private final DeadLetters letters;
  private final KeyRefetch keyRefetch;
  private LaneWriter writer;
  private volatile HealRecord record = new HealRecord();
  private Ahead ahead = new Ahead(record.ahead());
  private OpenDoubt open;
  private long unsaid;
  private long saidNanos = System.nanoTime() - SAY_NANOS;

  Refetch(RedisClient client, LinkState state) {
    this.client = client;
    this.state = state;
    this.values = new LiveValues(client, state);
    this.letters = new DeadLetters(state);
    this.keyRefetch = new KeyRefetch(state, values, letters);
    keyRefetch.use(record, ahead);
  }

  /** Values of the source as they are now. */
  LiveValues values() {
    return values;
  }

  /** Commands and keys of which the target does not have what it should. */
  DeadLetters letters() {
    return letters;
  }

  /** Goes on with what was read at the target beside its checkpoint. */
  void use(HealRecord found) {
    record = found;
    letters.use(found);
    ahead = new Ahead(found.ahead());
    keyRefetch.use(found, ahead);
  }

  /** Writes what is fetched here from now on. */
  void writeTo(LaneWriter lane) {
    writer = lane;
    letters.writeTo(lane);
    keyRefetch.writeTo(lane);
  }

  HealRecord record() {
    return record;
  }

  Ahead ahead() {
    return ahead;
  }

  /** Whether something is in doubt: {@link #heal} comes before anything more is applied. */
  boolean isNeeded() {
    return open != null;
  }

  /** Where what is in doubt begins. */
  long begin() {
    return open.start();
  }

  int beginDatabase() {
    return open.startDatabase();
  }

  /**
   * @param doubt replaces what was in doubt before; null for nothing
   */
  void inDoubt(OpenDoubt doubt) {
    open = doubt;
  }

  /**
   * A repair that was cut has left keys of which nobody knows whether the target took them: they
   * are in doubt, also where nothing else is.
   *
   * @param elsewhere whether a slot is fetched as a whole, or is no matter of this link's any more
   */
  void inDoubtOfRepair(Checkpoint at, IntPredicate elsewhere) {
    record
        .unanswered()
        .removeIf(
            key -> {
              int slot = HashSlot.of(key.key());
              return elsewhere.test(slot) || record.moved().containsKey(slot);
            });
    if (open == null && !record.unanswered().isEmpty()) {
      open =
          new OpenDoubt(
              at.offset(), at.database(), at.offset(), Map.of(), false, false, Map.of(), Map.of());
    }
  }

  /**
   * Fetches again what is in doubt. The lane stands at the end of the doubtful part, nothing is
   * under way, nothing is appended.
   *
   * @param replId of the stream as it is being received
   */
  void heal(RelayLog relay, CommandGate gate, Supplier<String> replId)
      throws IOException, InterruptedException {
    long healedBefore = HealWords.keys(record.healed());
    DoubtWalk walk = new DoubtWalk(open, gate, writer::mayExpire, writer.runsScriptTexts());
    Map<DatabaseKey, DoubtWalk.Cause> causes =
        new LinkedHashMap<>(walk.run(relay, state.control()));
    for (DatabaseKey key : record.unanswered()) {
      causes.putIfAbsent(key, new DoubtWalk.Cause(HealReason.UNANSWERED, open.end(), "a repair"));
    }
    // Who fetches their slots is to know of them.
    walk.elsewhere().forEach(this::remember);
    Set<Long> deadCommands = new HashSet<>();
    for (DeadLetter keyless : walk.keyless()) {
      if (keyless.script().isEmpty()) {
        letters.bury(keyless);
      } else {
        letters.buryScript(keyless);
      }
      deadCommands.add(keyless.offset());
    }
    keyRefetch.fetch(
        List.copyOf(causes.keySet()),
        new KeyRefetch.Errand(open, causes::get, deadCommands, replId));
    answered();
    settle(deadCommands);
    say(HealWords.keys(record.healed()) - healedBefore);
    open = null;
  }

  private void answered() {
    List<byte[]> words = new ArrayList<>();
    for (DatabaseKey key : record.unanswered()) {
      Long offset = ahead.of(key);
      if (offset != null) {
        words.add(HealRecord.aheadField(key));
        words.add(HealRecord.aheadUpTo(offset));
      }
    }
    if (!words.isEmpty()) {
      writer.appendHealRecord("HMSET", words);
    }
    record.unanswered().clear();
  }

  /**
   * Fetches again what the source has lost in a failover, and lets the lane stand in its new
   * history. Nothing is under way, nothing is appended.
   *
   * @param elsewhere whether a slot is no matter of this link's any more
   * @param remembers whether its keys are to be remembered then
   */
  void healLost(LostWrites lost, IntPredicate elsewhere, boolean remembers)
      throws IOException, InterruptedException {
    long healedBefore = HealWords.keys(record.healed());
    Checkpoint at = writer.acknowledged();
    open =
        new OpenDoubt(
            at.start(),
            at.startDatabase(),
            lost.upTo(),
            Map.of(),
            false,
            false,
            Map.of(),
            Map.of());
    Map<DatabaseKey, DoubtWalk.Cause> causes = new LinkedHashMap<>(lost.keys());
    // What was fetched while the lost part was there may hold some of it.
    List<DatabaseKey> gone = new ArrayList<>();
    record
        .ahead()
        .forEach(
            (key, offset) -> {
              if (elsewhere.test(HashSlot.of(key.key()))) {
                gone.add(key);
              } else if (offset > lost.upTo()) {
                causes.putIfAbsent(
                    key, new DoubtWalk.Cause(HealReason.SOURCE_FAILED_OVER, offset, "a refetch"));
              }
            });
    forget(gone);
    if (remembers) {
      gone.forEach(key -> remember(key, lost.upTo()));
      lost.elsewhere().forEach(key -> remember(key, lost.upTo()));
    }
    keyRefetch.fetch(
        List.copyOf(causes.keySet()),
        new KeyRefetch.Errand(open, causes::get, new HashSet<>(), lost::newReplId));
    Checkpoint next = lost.standing(at);
    writer.follow(next, lost.oldReplId(), lost.upTo());
    settle(next);
    say(HealWords.keys(record.healed()) - healedBefore);
    open = null;
  }

  /** Should their slots come back, they are fetched with offsets of the new history. */
  private void forget(List<DatabaseKey> gone) {
    if (!gone.isEmpty()) {
      gone.forEach(ahead::remove);
      writer.appendHealRecord("HDEL", gone.stream().map(HealRecord::aheadField).toList());
    }
  }

  /**
   * Fetches slots again as a whole, with all that they hold at the source and at the target, so
   * that the lane stands in each where its master stood.
   */
  void slots(
      BitSet slots, SlotShare share, CommandGate gate, TargetKeys target, Supplier<String> replId)
      throws IOException, InterruptedException {
    long healedBefore = HealWords.keys(record.healed());
    OpenDoubt former = open;
    Checkpoint at = writer.acknowledged();
    if (former == null) {
      open =
          new OpenDoubt(
              at.start(),
              at.startDatabase(),
              at.offset(),
              Map.of(),
              false,
              false,
              Map.of(),
              Map.of());
    }
    Map<Integer, Long> offsets = new HashMap<>();
    try (SlotKeys source = SlotKeys.of(client)) {
      for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
        SlotKeys.Found found = source.read(slot);
        values.requireLive(found.replId(), found.offset(), open.end(), replId);
        offsets.put(slot, found.offset());
        Selection moved = gate.selection();
        fetchAll(
            found.keys().stream()
                .filter(key -> moved.moves(TargetKeys.SOURCE_DATABASE, key, 0, key.length))
                .toList(),
            offsets,
            replId);
      }
    }
    TargetKeys.Sink sink =
        keys ->
            fetchAll(keys.stream().filter(key -> isBehind(key, offsets)).toList(), offsets, replId);
    if (share.isForeign()) {
      Selection moved = gate.selection();
      sink.take(
          share.touched(slots).stream()
              .filter(key -> moved.moves(TargetKeys.SOURCE_DATABASE, key, 0, key.length))
              .toList());
    } else {
      target.visit(slots, sink);
    }
    List<byte[]> words = new ArrayList<>(share.fetched(offsets));
    words.addAll(record.countWords());
    words.addAll(letters.unwritten());
    writer.appendHealRecord("HMSET", words);
    writer.appendHealRecord("HDEL", share.listing().forget(offsets.keySet()));
    writer.send(writer.acknowledged());
    writer.await();
    letters.written();
    open = former;
    say(HealWords.keys(record.healed()) - healedBefore);
  }

  private boolean isBehind(byte[] key, Map<Integer, Long> offsets) {
    DatabaseKey name = new DatabaseKey(TargetKeys.SOURCE_DATABASE, key);
    return !ahead.covers(name, offsets.get(HashSlot.of(key)));
  }

  private void fetchAll(List<byte[]> found, Map<Integer, Long> offsets, Supplier<String> replId)
      throws IOException, InterruptedException {
    keyRefetch.fetch(
        found.stream().map(key -> new DatabaseKey(TargetKeys.SOURCE_DATABASE, key)).toList(),
        new KeyRefetch.Errand(
            open,
            key -> {
              long offset = offsets.get(HashSlot.of(key.key()));
              return new DoubtWalk.Cause(HealReason.SLOT_MOVED, offset, "a slot that moved");
            },
            new HashSet<>(),
            replId));
  }

  @Override
  public void close() {
    values.close();
  }

  /**
   * Writes down, in the transaction that is being filled, that a command on a key was left out; a
   * command that is given once more does so again.
   */
  void remember(DatabaseKey key, long offset) {
    Long before = record.touched().putIfAbsent(key, offset);
    if (before == null || before == offset) {
      writer.appendHealRecord("HMSET", touchedWords(key, offset));
    }
  }

  /**
   * The words that say of keys that the source has them at an offset, as if a command on them had
   * been left out; of those that are moved. What such a command has said of them may be under way
   * still, so they are told again.
   */
  List<byte[]> touch(List<byte[]> keys, long offset, Selection moved) {
    List<byte[]> words = new ArrayList<>();
    for (byte[] key : keys) {
      DatabaseKey name = new DatabaseKey(TargetKeys.SOURCE_DATABASE, key);
      if (moved.moves(name.database(), key, 0, key.length)) {
        record.touched().putIfAbsent(name, offset);
        words.addAll(touchedWords(name, record.touched().get(name)));
      }
    }
    return words;
  }

  private static List<byte[]> touchedWords(DatabaseKey key, long offset) {
    return List.of(HealRecord.touchedField(key), HealRecord.aheadUpTo(offset));
  }

  /** Only now does the checkpoint say that nothing is in doubt. */
  private void settle(Set<Long> deadCommands) throws IOException {
    Tally.Counts counts = new Tally.Counts();
    for (Doubt seed : open.seeds().values()) {
      if (seed.fault() != null) {
        counts.applied--;
        if (deadCommands.contains(seed.offset())) {
          counts.deadLetters++;
        } else {
          counts.healed++;
        }
      }
    }
    Checkpoint at = writer.acknowledged();
    settle(at.at(at.replId(), at.offset(), at.database(), state.tally().with(counts)));
  }

  private void settle(Checkpoint next) throws IOException {
    List<byte[]> words = new ArrayList<>(record.countWords());
    words.addAll(letters.unwritten());
    if (!words.isEmpty()) {
      writer.appendHealRecord("HMSET", words);
    }
    writer.send(next);
    writer.await();
    state.tally().at(next.ledger());
    letters.written();
  }

  /** Once in a while: where a target is late this may happen with every batch. */
  private void say(long keys) {
    unsaid += keys;
    if (unsaid > 0 && System.nanoTime() - saidNanos > SAY_NANOS) {
      state.log(LogLevel.INFO, HealWords.sentence(unsaid, record.healed()));
      unsaid = 0;
      saidNanos = System.nanoTime();
    }
  }
}
