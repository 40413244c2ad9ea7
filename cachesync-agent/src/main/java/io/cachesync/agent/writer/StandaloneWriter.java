package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/**
 * Writes to one standalone target: a snapshot, then the stream in one lane. For one thread, but
 * {@link #close} may come from any.
 *
 * <p>After a failure {@link #reconnect} makes it usable again and tells what had become of the
 * transaction that was under way.
 */
public final class StandaloneWriter implements Closeable {
  private static final int HOLE_ATTEMPTS = 30;
  private static final Duration HOLE_PAUSE = Duration.ofSeconds(1);

  private final TargetCheckpointStore store;
  private final long graceMillis;
  private final Clock clock;
  private final Exactness exactness;
  private final BatchSize size = new BatchSize();

  private volatile RedisConnection connection;
  private volatile boolean closed;
  private long sourceAheadMillis;
  private TargetFeatures features;
  private StreamRewrite rewrite;
  private final ExpiringKeys expiring = new ExpiringKeys();
  private ExpiryWatch expiry;
  private RestoreWrite restore;
  private Lane lane;
  private Batch batch;

  /** What was sent and not yet answered, the transaction last; the batches that are not in use. */
  private final Deque<Batch> sent = new ArrayDeque<>();

  private final Deque<Batch> spare = new ArrayDeque<>();
  private long sentNanos;

  /** Those that the target was seen to have. */
  private final BitSet databases = new BitSet();

  /**
   * @param graceMillis added to every expiry time that is sent
   */
  public StandaloneWriter(
      TargetCheckpointStore store, long graceMillis, Clock clock, Exactness exactness) {
    this.store = store;
    this.graceMillis = graceMillis;
    this.clock = clock;
    this.exactness = exactness;
  }

  public TargetCheckpointStore store() {
    return store;
  }

  /**
   * By how much the source's clock is ahead of ours; from the next connection on.
   *
   * @param millis negative where it is behind
   */
  public void sourceAhead(long millis) {
    sourceAheadMillis = millis;
  }

  /** Takes over as {@link TargetCheckpointStore#takeOver} does. */
  public void takeOver(boolean acceptNotEmpty, boolean acceptChange) throws IOException {
    use(store.takeOver(acceptNotEmpty, acceptChange));
  }

  /**
   * Connects again after a failure.
   *
   * @return whether a transaction whose end was not seen had been applied
   * @throws FaultException CHECKPOINT_MISMATCH where the target stands somewhere that is neither
   *     the last acknowledged point nor the one under way
   */
  public boolean reconnect() throws IOException {
    closeConnection();
    // Kept until the target was reached: an attempt that fails must not forget what was under way.
    use(store.reconnect());
    Lane former = lane;
    lane = null;
    if (former == null) {
      return false;
    }
    Checkpoint found = store.checkpoint().orElse(null);
    if (former.acknowledged().equals(found)) {
      return false;
    }
    if (found != null && found.equals(former.unacknowledged())) {
      return true;
    }
    String stands = found == null ? "has lost our checkpoint" : "stands at " + found.offset();
    throw new FaultException(
        Fault.fatal(
            FaultCode.CHECKPOINT_MISMATCH,
            "the target %s %s, we had it at %d"
                .formatted(connection, stands, former.acknowledged().offset())));
  }

  /** Begins a full sync as {@link TargetCheckpointStore#beginGeneration} does. */
  public void beginFullSync(boolean wipe) throws IOException {
    lane = null;
    store.beginGeneration(connection, wipe);
    expiring.begin();
  }

  /**
   * What writes a snapshot.
   *
   * @param databases which databases are moved
   */
  public SnapshotWrite snapshot(ByteSource bytes, IntPredicate databases, Pace pace) {
    return new SnapshotWrite(
        connection, features, bytes, databases, store.keys().prefix(), expiring, pace);
  }

  /** Ends a full sync: the stream begins at this position. */
  public void completeFullSync(String replId, long offset, int database) throws IOException {
    long generation = store.node().generation();
    Checkpoint first =
        Checkpoint.first(store.keys(), generation, replId, offset, database, store.epoch());
    store.completeGeneration(connection, first);
  }

  /** Makes ready to go on from the checkpoint that stands at the target. */
  public Checkpoint openLane() throws IOException {
    Checkpoint from = store.checkpoint().orElseThrow();
    sent.clear();
    spare.clear();
    batch = new Batch(store.claim().home());
    lane =
        new Lane(
            connection,
            store.keys(),
            store.claim(),
            store.node(),
            store.heals(),
            from,
            features.executesTornTransactions(),
            exactness);
    lane.arm();
    return from;
  }

  /**
   * Puts a command into the next transaction.
   *
   * @param late whether its keys may have expired at the target, so that they are checked
   * @return whether anything is sent for it
   * @throws FaultException VERSION_TOO_OLD or UNKNOWN_COMMAND; nothing was added then
   */
  public boolean append(Command command, StreamCommand in, int database, boolean late)
      throws IOException {
    from(in.endOffset(), database);
    expiry.see(command, in, late, batch);
    return rewrite.apply(command, in, batch);
  }

  /** Puts a DEL of the command's first key in place of the command. */
  public void appendDelete(StreamCommand in, int database) throws RedisException {
    from(in.endOffset(), database);
    batch.begin(2).arg("DEL").arg(in.buffer(), in.offset(1), in.length(1));
  }

  /**
   * Puts a command into the next transaction without some of its keys; a removal as DEL, which
   * every target knows.
   *
   * @param each arguments that belong to a key, itself included: 1 for DEL, 2 for MSET
   */
  public void appendWithout(StreamCommand in, int database, int each, KeyTest left)
      throws RedisException {
    from(in.endOffset(), database);
    int kept = 0;
    for (int i = 1; i < in.count(); i += each) {
      kept += left.test(in, i) ? 0 : each;
    }
    RespWriter out = batch.begin(1 + kept).arg(each == 1 ? "DEL" : "MSET");
    for (int i = 1; i < in.count(); i += each) {
      if (!left.test(in, i)) {
        StreamRewrite.arguments(in, i, i + each, out);
      }
    }
  }

  /** Whether something holds of an argument of a command. */
  @FunctionalInterface
  public interface KeyTest {
    boolean test(StreamCommand in, int argument);
  }

  /**
   * Puts a fetched value into the next transaction.
   *
   * @param number what a {@link Doubt} of it is to be known by
   * @throws FaultException VERSION_TOO_OLD; nothing was added then
   */
  public void appendValue(long number, KeyValue value) throws IOException {
    expiring.value(value);
    from(number, value.database());
    batch.value(value, restore);
  }

  /** Puts the removal of a key that the source does not have into the next transaction. */
  public void appendAbsent(long number, DatabaseKey key) throws RedisException {
    from(number, key.database());
    batch.begin(2).arg("DEL").arg(key.key());
  }

  /**
   * Puts a change of the hash of {@link HealRecord} into the next transaction.
   *
   * @param words fields and values, or with HDEL fields
   */
  public void appendHealRecord(String command, List<byte[]> words) {
    batch.from(0, store.claim().home());
    RespWriter out = batch.begin(2 + words.size()).arg(command).arg(store.keys().heal());
    words.forEach(out::arg);
  }

  /** Forgets what was appended since the last transaction was sent. */
  public void discard() {
    batch.clear();
  }

  /** Whether what was appended is right only where the target is not late. */
  public boolean isUnchecked() {
    return batch.isUnchecked();
  }

  public long graceMillis() {
    return graceMillis;
  }

  /** Which keys may have expired at a target that is late. */
  public ExpiringKeys expiring() {
    return expiring;
  }

  /** Whether the next transaction should be sent now. */
  public boolean isFull() {
    return size.isFull(batch);
  }

  public boolean isEmpty() {
    return batch.count() == 0;
  }

  public int pendingBytes() {
    return batch.bytes();
  }

  public int pendingCommands() {
    return batch.count();
  }

  /** Whether a transaction is under way. */
  public boolean inFlight() {
    return lane.unacknowledged() != null;
  }

  /** What the target has acknowledged. */
  public Checkpoint acknowledged() {
    return lane.acknowledged();
  }

  /** Sends what was appended, and that everything up to this point is applied with it. */
  public void send(Checkpoint next) throws IOException {
    sentNanos = System.nanoTime();
    lane.send(batch, next.by(store.epoch()));
    exchange();
  }

  /**
   * Sends what was appended, which only replaces, without a transaction; {@link #awaitPlain} must
   * follow for each.
   */
  public void sendPlain() throws IOException {
    lane.sendPlain(batch);
    exchange();
  }

  /**
   * Waits for the oldest that was sent plain.
   *
   * @return what it left in doubt
   */
  public List<Doubt> awaitPlain() throws IOException {
    List<Doubt> doubts = lane.awaitPlain();
    spare.add(sent.remove());
    return doubts;
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
      List<Doubt> doubts = lane.await();
      size.acknowledged(sent.getLast(), System.nanoTime() - sentNanos);
      spare.addAll(sent);
      sent.clear();
      return doubts;
    } catch (DataFault e) {
      recordHole(e);
      throw e;
    }
  }

  /** A refused SELECT would let what follows run in another database: it is tried beforehand. */
  private void from(long offset, int database) throws RedisException {
    if (!databases.get(database)) {
      store.tryDatabase(database);
      databases.set(database);
    }
    batch.from(offset, database);
  }

  private void exchange() {
    sent.add(batch);
    batch = spare.isEmpty() ? new Batch(store.claim().home()) : spare.remove();
    batch.clear();
  }

  /**
   * Removes everything of ours from the target.
   *
   * @return number of keys that were there
   */
  public int removeKeys() throws IOException {
    closeConnection();
    lane = null;
    use(store.reconnect());
    return store.remove(connection);
  }

  /** Ends the connection; what waits for it fails. */
  @Override
  public void close() {
    closed = true;
    closeConnection();
  }

  private void recordHole(DataFault fault) {
    closeConnection();
    for (int attempt = 1; ; attempt++) {
      try (RedisConnection again = store.reconnect()) {
        store.recordHole(again, fault.fault().code() + " " + fault.fault().message());
        return;
      } catch (RedisException e) {
        if (attempt == HOLE_ATTEMPTS || closed) {
          fault.addSuppressed(e);
          return;
        }
        // The target may be away for a moment; without the record the next start goes on past it.
        LockSupport.parkNanos(HOLE_PAUSE.toNanos());
      }
    }
  }

  private void use(RedisConnection next) throws IOException {
    connection = next;
    databases.clear();
    databases.set(store.claim().home());
    if (closed) {
      next.close();
    }
    long targetAheadMillis = next.timeMillis() - clock.millis();
    features =
        TargetFeatures.of(
            store.info(),
            graceMillis + Math.max(0, targetAheadMillis - sourceAheadMillis),
            graceMillis + Math.max(0, targetAheadMillis));
    rewrite = new StreamRewrite(features, CommandTable.standard());
    expiry = new ExpiryWatch(features, expiring, CommandTable.standard());
    restore = new RestoreWrite(features);
  }

  private void closeConnection() {
    RedisConnection current = connection;
    if (current != null) {
      current.close();
    }
  }
}
