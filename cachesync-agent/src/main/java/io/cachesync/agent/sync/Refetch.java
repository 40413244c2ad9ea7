package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.source.SlotKeys;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
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
import java.util.regex.Pattern;

/**
 * The one way of healing: reads the value of a key in doubt at an offset of the source, writes it
 * in the lane together with that offset, and so lets the commands up to there skip the key.
 *
 * <p>For the applying thread, but {@link #close} and {@link #record} may be called by any.
 */
final class Refetch implements Closeable {
  /** The source has no such database, and so nothing was written there; 2.8 to 3.2, later ones. */
  private static final Pattern NO_DATABASE =
      Pattern.compile("invalid DB index|DB index is out of range");

  private static final int KEYS_AT_ONCE = 100;
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final RedisClient client;
  private final LinkState state;
  private final LiveValues values;
  private final DeadLetters letters;
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
  }

  /** Writes what is fetched here from now on. */
  void writeTo(LaneWriter lane) {
    writer = lane;
    letters.writeTo(lane);
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
    List<DatabaseKey> keys = List.copyOf(causes.keySet());
    Set<Long> deadCommands = new HashSet<>();
    for (DeadLetter keyless : walk.keyless()) {
      if (keyless.script().isEmpty()) {
        letters.bury(keyless);
      } else {
        letters.buryScript(keyless);
      }
      deadCommands.add(keyless.offset());
    }
    for (int done = 0; done < keys.size(); ) {
      List<DatabaseKey> some = keys.subList(done, Math.min(keys.size(), done + KEYS_AT_ONCE));
      done += healSome(some, causes, deadCommands, replId);
    }
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
    List<DatabaseKey> keys = List.copyOf(causes.keySet());
    for (int done = 0; done < keys.size(); ) {
      List<DatabaseKey> some = keys.subList(done, Math.min(keys.size(), done + KEYS_AT_ONCE));
      done += healSome(some, causes, new HashSet<>(), lost::newReplId);
    }
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
    List<DatabaseKey> keys =
        found.stream().map(key -> new DatabaseKey(TargetKeys.SOURCE_DATABASE, key)).toList();
    for (int done = 0; done < keys.size(); ) {
      List<DatabaseKey> some = keys.subList(done, Math.min(keys.size(), done + KEYS_AT_ONCE));
      Map<DatabaseKey, DoubtWalk.Cause> causes = new HashMap<>();
      for (DatabaseKey key : some) {
        long offset = offsets.get(HashSlot.of(key.key()));
        causes.put(key, new DoubtWalk.Cause(HealReason.SLOT_MOVED, offset, "a slot that moved"));
      }
      done += healSome(some, causes, new HashSet<>(), replId);
    }
  }

  @Override
  public void close() {
    values.close();
  }

  /** Returns how many of the keys were dealt with, from the first on. */
  private int healSome(
      List<DatabaseKey> keys,
      Map<DatabaseKey, DoubtWalk.Cause> causes,
      Set<Long> deadCommands,
      Supplier<String> replId)
      throws IOException, InterruptedException {
    state.control().check();
    ValuesAtOffset.Values fetched;
    try {
      fetched = values.fetch(keys, open.end(), replId);
    } catch (RedisException e) {
      if (e.fault().code() != FaultCode.NO_PERMISSION) {
        throw e;
      }
      if (keys.size() > 1) {
        // One that is refused does not take the others with it.
        for (DatabaseKey key : keys) {
          healSome(List.of(key), causes, deadCommands, replId);
        }
      } else if (!NO_DATABASE.matcher(e.fault().message()).find()) {
        DatabaseKey key = keys.get(0);
        bury(key, causes.get(key), e.fault().message(), deadCommands);
        writer.appendHealRecord("HMSET", stays(key, causes.get(key)));
      }
      return keys.size();
    }
    List<ValuesAtOffset.Value> written = new ArrayList<>();
    Set<DatabaseKey> inPart = new HashSet<>();
    List<byte[]> words = new ArrayList<>();
    for (ValuesAtOffset.Value each : fetched.values()) {
      DoubtWalk.Cause cause = causes.get(each.key());
      String error = unreadable(each.state());
      if (!error.isEmpty()) {
        bury(each.key(), cause, error, deadCommands);
        words.addAll(stays(each.key(), cause));
        continue;
      }
      String missing = append(each, written.size());
      if (!missing.isEmpty()) {
        inPart.add(each.key());
        deadCommands.add(cause.offset());
        letters.buryUnsupported(cause.offset(), cause.command(), each.key(), missing);
      }
      written.add(each);
      words.add(HealRecord.aheadField(each.key()));
      if (writer.stopsAtRefusal(each.dump())) {
        // Ends the link where it is refused; then the next start fetches it once more.
        record.unanswered().add(each.key());
      }
      boolean asked = record.unanswered().contains(each.key());
      long upTo = each.offset();
      words.add(asked ? HealRecord.unansweredUpTo(upTo) : HealRecord.aheadUpTo(upTo));
    }
    if (!words.isEmpty()) {
      writer.appendHealRecord("HMSET", words);
      Checkpoint at = writer.acknowledged();
      writer.send(at.since(open.start(), open.startDatabase()));
      List<Doubt> refused = writer.await();
      written.forEach(each -> ahead.put(each.key(), each.offset()));
      for (Doubt doubt : refused) {
        ValuesAtOffset.Value of = written.get((int) doubt.offset());
        if (of == null) {
          continue; // Another command of the same value was refused too.
        }
        DatabaseKey key = of.key();
        if (writer.stopsAtRefusal(of.dump())) {
          throw new FaultException(writer.faultOfRefusal(key, of.dump(), doubt.fault()));
        }
        ahead.remove(key);
        List<byte[]> stays = stays(key, causes.get(key));
        if (stays.isEmpty()) {
          writer.appendHealRecord("HDEL", List.of(HealRecord.aheadField(key)));
        } else {
          writer.appendHealRecord("HMSET", stays);
        }
        String error = writer.whyRefused(of.dump(), doubt.fault());
        bury(key, causes.get(key), error, deadCommands);
        written.set((int) doubt.offset(), null);
      }
      for (ValuesAtOffset.Value each : written) {
        if (each != null && !inPart.contains(each.key())) {
          record.countHealed(causes.get(each.key()).reason(), 1);
        }
      }
    }
    return fetched.values().size();
  }

  /**
   * The words of a key of a fetched slot that was not written, though the source has it, or may: it
   * is ahead as far as the fetch goes, so that nothing takes it for one that is gone.
   */
  private List<byte[]> stays(DatabaseKey key, DoubtWalk.Cause cause) {
    if (cause.reason() != HealReason.SLOT_MOVED) {
      return List.of();
    }
    ahead.put(key, cause.offset());
    return List.of(HealRecord.aheadField(key), HealRecord.aheadUpTo(cause.offset()));
  }

  /** Why there is nothing that could be written, or nothing. */
  private static String unreadable(ValuesAtOffset.State state) {
    return state == ValuesAtOffset.State.TOO_LARGE
        ? "the value is larger than can be fetched in one piece"
        : "";
  }

  /** Returns why the target does not get all of it, or nothing. */
  private String append(ValuesAtOffset.Value fetched, int number) throws IOException {
    if (fetched.state() == ValuesAtOffset.State.ABSENT) {
      writer.appendAbsent(number, fetched.key());
      return "";
    }
    return writer.appendValue(number, fetched.key(), fetched.dump(), fetched.expireAtMillis());
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

  private void bury(DatabaseKey key, DoubtWalk.Cause cause, String error, Set<Long> deadCommands) {
    if (cause.reason() == HealReason.TIME_UNCERTAIN) {
      return; // Its value is right, and the source's DEL will come.
    }
    deadCommands.add(cause.offset());
    letters.bury(HealRecord.letter(cause.offset(), cause.command(), key, error));
  }
}
