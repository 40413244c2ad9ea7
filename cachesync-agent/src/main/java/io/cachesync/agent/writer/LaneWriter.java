package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.rdb.DumpReader;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Fills the batches of a lane, sends them and waits for them. For one thread; good for as long as
 * the lane's connection is.
 */
public class LaneWriter {
  private final Lane lane;
  private final TargetState store;
  private final TargetNames names;
  private final Selection selection;
  private final StreamRewrite rewrite;
  private final ExpiringKeys expiring;
  private final ExpiryWatch expiry;
  private final RestoreWrite restore;
  private final Conversion conversion;
  private final DumpReader dumps;
  private final KeyValue value = new KeyValue();
  private final BatchSize size;
  private final long graceMillis;
  private final Consumer<DataFault> holes;
  private final boolean setsMany;
  private final boolean runsScriptTexts;
  private final TargetBounds bounds;
  private final SentBatches batches;
  private OlderTarget leftOut;
  private int commandsOfValue;

  /** Those that the target was seen to have. */
  private final BitSet databases = new BitSet();

  /**
   * @param holes records what was refused in a transaction that was applied
   * @param setsMany whether the target takes MSET of any keys
   */
  LaneWriter(Lane lane, TargetProfile target, Consumer<DataFault> holes, boolean setsMany) {
    this.setsMany = setsMany;
    TargetFeatures features = target.features();
    this.lane = lane;
    this.store = target.store();
    this.selection = target.selection();
    this.names = new TargetNames(selection);
    this.rewrite = new StreamRewrite(features, CommandTable.standard());
    this.expiring = target.expiring();
    this.expiry = new ExpiryWatch(features, expiring, CommandTable.standard());
    this.restore = new RestoreWrite(features);
    this.conversion = target.conversion();
    this.dumps = new DumpReader(features.absoluteGraceMillis());
    this.size = target.size();
    this.graceMillis = target.graceMillis();
    this.bounds = features.bounds();
    this.runsScriptTexts = features.runsScriptTexts();
    this.holes = holes;
    databases.set(store.claim().home());
    batches = new SentBatches(lane, size, bounds, store.claim().home());
  }

  /**
   * Puts a command into the next transaction, with the names that its keys have at the target.
   *
   * @param database selected at the source
   * @param late whether its keys may have expired at the target, so that they are checked
   * @throws FaultException VERSION_TOO_OLD where the target has no place for what it writes and the
   *     policy is to stop, VALUE_TOO_LARGE where an argument is longer than it takes,
   *     UNKNOWN_COMMAND or KEYS_COLLIDE
   */
  public final Appended append(Command command, StreamCommand in, int database, boolean late)
      throws IOException {
    return appendNamed(command, names.of(command, in, database), at(database), late);
  }

  /** As above, of a command and a database that have their names at the target. */
  Appended appendNamed(Command command, StreamCommand in, int database, boolean late)
      throws IOException {
    checkBounds(in);
    Batch batch = from(in.endOffset(), database);
    if (setsMany && command.form() == Command.Form.SET && SetRun.takes(in)) {
      // It leaves no time behind and needs nothing that was there: nobody needs to see it.
      batch.set(in);
      return Appended.SENT;
    }
    expiry.see(command, in, late, batch);
    try {
      if (in.count() > bounds.words()) {
        ManyWords.of(command, in, bounds).put(in, argument -> false, bounds, batch);
        return Appended.SENT;
      }
      return rewrite.apply(command, in, batch) ? Appended.SENT : Appended.NOTHING;
    } catch (OlderTarget e) {
      return leftOut(command, e);
    }
  }

  /** What becomes of a command that the target's version cannot take. */
  private Appended leftOut(Command command, OlderTarget older) throws OlderTarget {
    leftOut = older;
    switch (older.kind()) {
      case SCRIPT_TEXT -> {
        return Appended.SCRIPT_TEXT;
      }
      case NO_PLACE -> {
        if (conversion.skips()) {
          return Appended.NO_PLACE;
        }
      }
      case NO_WORDS -> {
        if (command.role() == Role.DATA) {
          return Appended.NO_WORDS;
        }
      }
    }
    throw older;
  }

  /** Why the last command that was left out was, in words. */
  public String whyLeftOut() {
    return leftOut.why();
  }

  /** The fault that ends the link where the policy is to stop at the last that was left out. */
  public Fault faultOfLeftOut() {
    return leftOut.fault();
  }

  /** Whether what has no place at the target is left out. */
  public boolean skipsUnsupported() {
    return conversion.skips();
  }

  /** Whether the target runs the text of a script as the source has run it. */
  public final boolean runsScriptTexts() {
    return runsScriptTexts;
  }

  /** What was appended may have removed our own keys: the transaction writes them again. */
  public final void putOwnKeysBack() {
    batches.filling().flushedAll();
  }

  /** What became of a command. */
  public enum Appended {
    SENT,
    /** It has no effect of its own. */
    NOTHING,
    /** The target cannot take it: what it writes is to be fetched. */
    LEFT_OUT,
    /** It is not known where to: it names no key. */
    NOWHERE,
    /** The target's version does not have it: what it writes is to be fetched. */
    NO_WORDS,
    /** The text of a script that would run otherwise there: what it names is to be fetched. */
    SCRIPT_TEXT,
    /** The target's version has no place for what it writes; what it has a place for was sent. */
    NO_PLACE
  }

  /** Puts the removal of a key into the next transaction, in place of a command. */
  public final void appendDelete(StreamCommand in, DatabaseKey key) throws RedisException {
    deleteNamed(in.endOffset(), names.of(key));
  }

  void deleteNamed(long offset, DatabaseKey key) throws RedisException {
    from(offset, key.database()).begin(2).arg("DEL").arg(key.key());
  }

  /**
   * Puts a command into the next transaction without some of its keys; a removal as DEL, which
   * every target knows.
   *
   * @param command one whose keys are each a matter of their own: DEL, MSET
   * @param left whether the key at an argument of the command is left out
   */
  public final void appendWithout(
      Command command, StreamCommand in, int database, IntPredicate left) throws IOException {
    int each = SlotRouter.argumentsOfKey(command);
    withoutNamed(names.of(command, in, database), at(database), each, left);
  }

  /**
   * @param each arguments that belong to a key, itself included: 1 for DEL, 2 for MSET
   */
  void withoutNamed(StreamCommand in, int database, int each, IntPredicate left)
      throws FaultException {
    checkBounds(in);
    Batch batch = from(in.endOffset(), database);
    new ManyWords(each == 1 ? "DEL" : "MSET", 1, each).put(in, left, bounds, batch);
  }

  private void checkBounds(StreamCommand in) throws FaultException {
    if (in.length() <= bounds.mostBytes()) {
      return;
    }
    for (int i = 0; i < in.count(); i++) {
      bounds.check(
          in.length(i),
          () ->
              "an argument of %s%s at offset %d"
                  .formatted(
                      Batch.shown(in.buffer(), in.offset(0), in.length(0)),
                      in.count() > 1
                          ? " " + Batch.shown(in.buffer(), in.offset(1), in.length(1))
                          : "",
                      in.endOffset()));
    }
  }

  /**
   * Puts a fetched value into the next transaction; one of a type that is not moved is removed.
   *
   * @param number what a {@link Doubt} of it is to be known by
   * @param dump what DUMP returned
   * @param expireAtMillis Unix time, or {@link KeyValue#NO_EXPIRY}
   * @return why the target does not get all of it, or nothing; what it cannot have at all is
   *     removed there
   * @throws FaultException VERSION_TOO_OLD where not all of it crosses and the policy is to stop
   */
  public final String appendValue(long number, DatabaseKey key, byte[] dump, long expireAtMillis)
      throws IOException {
    if (dump.length > 0 && !selection.movesType(dump[0] & 0xff, dump, 1, dump.length - 1)) {
      appendAbsent(number, key);
      return "";
    }
    return valueNamed(number, names.of(key), dump, expireAtMillis);
  }

  String valueNamed(long number, DatabaseKey key, byte[] dump, long expireAtMillis)
      throws IOException {
    dumps.read(dump, key.database(), expireAtMillis, value);
    value.key(key.key(), 0, key.key().length);
    Conversion.Crossing crossing = conversion.of(value);
    if (crossing == Conversion.Crossing.NOT) {
      absentNamed(number, key);
      return conversion.why();
    }
    expiring.value(value);
    commandsOfValue = from(number, value.database()).value(value, restore);
    return conversion.why();
  }

  /**
   * Why the target has not taken a fetched value, in words: of a module's that says only that the
   * data are bad.
   *
   * @param dump what DUMP returned
   * @param answer of the target
   */
  public final String whyRefused(byte[] dump, Fault answer) {
    return ModuleValues.isOne(dump)
        ? conversion.whyRefused(RdbType.moduleName(dump, 1, dump.length - 1))
        : answer.message();
  }

  /**
   * Whether the link ends where the target refuses a fetched value, since it has no place for it.
   *
   * @param dump what DUMP returned
   */
  public final boolean stopsAtRefusal(byte[] dump) {
    return ModuleValues.isOne(dump) && !conversion.skips();
  }

  /** The fault that ends the link there. */
  public final Fault faultOfRefusal(DatabaseKey key, byte[] dump, Fault answer) {
    return Conversion.fault(key, whyRefused(dump, answer));
  }

  /** Puts the removal of a key that the source does not have into the next transaction. */
  public final void appendAbsent(long number, DatabaseKey key) throws RedisException {
    absentNamed(number, names.of(key));
  }

  void absentNamed(long number, DatabaseKey key) throws RedisException {
    from(number, key.database()).begin(2).arg("DEL").arg(key.key());
    commandsOfValue = 1;
  }

  /** How many commands the value took that was appended last: of several some may be refused. */
  public int commandsOfValue() {
    return commandsOfValue;
  }

  /**
   * Puts a change of the hash of {@link HealRecord} into the next transaction, however long it is.
   *
   * @param words fields and values, or with HDEL fields
   */
  public void appendHealRecord(String command, List<byte[]> words) {
    appendHealRecord(command, store.keys().heal(), words);
  }

  void appendHealRecord(String command, String hash, List<byte[]> words) {
    Batch batch = batches.filling();
    for (List<byte[]> piece : HealRecord.inPieces(words)) {
      batch.from(0, store.claim().home());
      RespWriter out = batch.begin(2 + piece.size()).arg(command).arg(hash);
      piece.forEach(out::arg);
    }
  }

  /** Whether the lane of a key does not have the command that ends at this offset. */
  public final boolean lacks(DatabaseKey key, long endOffset) {
    return lacksNamed(names.of(key), endOffset);
  }

  boolean lacksNamed(DatabaseKey key, long endOffset) {
    return true;
  }

  /** What a key is called at the target. */
  public final DatabaseKey named(DatabaseKey key) {
    return names.of(key);
  }

  /** All that was appended is to be removed, with whatever the lanes have that are not beyond. */
  void flush(long offset) {
    batches.filling().flushedAt(offset);
  }

  /**
   * What is appended next is for this hash slot.
   *
   * @param isReplacing whether it only replaces
   */
  void into(int slot, boolean isReplacing) {
    batches.filling().into(slot, isReplacing);
  }

  /** Forgets what was appended since the last transaction was sent. */
  public void discard() {
    batches.filling().clear();
  }

  /** Whether what was appended is right only where the target is not late. */
  public boolean isUnchecked() {
    return batches.filling().isUnchecked();
  }

  public long graceMillis() {
    return graceMillis;
  }

  /** Whether a key may have expired at a target that is late. */
  public boolean mayExpire(DatabaseKey key) {
    byte[] name = names.of(key).key();
    return expiring.mayExpire(name, 0, name.length);
  }

  /** For how long what is sent may go without a checkpoint. */
  public long checkpointNanos() {
    return size.checkpointNanos();
  }

  /** Whether the next transaction should be sent now. */
  public boolean isFull() {
    Batch batch = batches.filling();
    return size.isFull(batch) || batch.bytes() >= bounds.transactionBytes();
  }

  public boolean isEmpty() {
    return batches.filling().isEmpty();
  }

  public int pendingBytes() {
    return batches.filling().bytes();
  }

  public int pendingCommands() {
    return batches.filling().commands();
  }

  /** Whether a transaction is under way. */
  public boolean inFlight() {
    return lane.unacknowledged() != null;
  }

  /** What the target has acknowledged. */
  public Checkpoint acknowledged() {
    return lane.acknowledged();
  }

  /** What is sent next needs no transaction where it only replaces, if the lane can tell. */
  public void letGoPlain() {
    batches.filling().mayGoPlain();
  }

  /** Whether another transaction must show that the target has kept what the last one brought. */
  public boolean owesTransaction() {
    return lane.owesTransaction();
  }

  /** Sends what was appended, and that everything up to this point is applied with it. */
  public void send(Checkpoint next) throws IOException {
    batches.send(next.by(store.epoch()));
  }

  /**
   * Lets every lane stand in another history of the source, whose part of the former one ends at an
   * offset; the next transaction is sent with the same point.
   */
  public void follow(Checkpoint next, String lostReplId, long upTo) throws IOException {
    lane.follow(next.by(store.epoch()), lostReplId, upTo);
  }

  /**
   * Sends what was appended, which only replaces, without a transaction; {@link #awaitPlain} must
   * follow for each.
   */
  public void sendPlain() throws IOException {
    batches.sendPlain();
  }

  /**
   * Waits for the oldest that was sent plain.
   *
   * @return what it left in doubt
   */
  public List<Doubt> awaitPlain() throws IOException {
    return batches.awaitPlain();
  }

  /**
   * Waits for the transaction under way.
   *
   * @return what it left in doubt
   * @throws FaultException where a command was refused though its transaction was applied, and not
   *     for what its keys held: that is recorded at the target first
   */
  public List<Doubt> await() throws IOException {
    try {
      return batches.await();
    } catch (DataFault e) {
      holes.accept(e);
      throw e;
    }
  }

  /** What is moved from no database goes where our own keys lie. */
  private int at(int database) {
    return selection.movesDatabase(database)
        ? selection.targetDatabase(database)
        : store.claim().home();
  }

  /**
   * What is appended next stands at this offset, in this database. A refused SELECT would let what
   * follows run in another database: it is tried beforehand.
   */
  private Batch from(long offset, int database) throws RedisException {
    Batch batch = batches.filling();
    if (batch.selected() != database && !databases.get(database)) {
      store.tryDatabase(database);
      databases.set(database);
    }
    batch.from(offset, database);
    return batch;
  }
}
