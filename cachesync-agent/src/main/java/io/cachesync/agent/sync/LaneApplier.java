package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.RememberedScripts;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LogLevel;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Applies the commands that it is given through one lane of the target, in their order: while one
 * transaction is under way the next one is filled. Knows what is under way, and what was left in
 * doubt; where the commands come from is another's business.
 */
final class LaneApplier {
  private static final long BARE_CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Commands that are left out are gathered, as their keys are fetched together. */
  private static final int GATHERED = 100;

  /** What may be under way plain. */
  private static final int PLAIN_BATCHES = 32;

  private static final long PLAIN_BYTES = 8 << 20;

  /** What is kept of one transaction of the source: it and its buffer's growth take thrice that. */
  private static final long MOST_TRANSACTION_BYTES =
      Math.max(1 << 20, Math.min(16 << 20, Runtime.getRuntime().maxMemory() / 32));

  private static final int MOST_LEFT_OUT = 10_000;

  /** The share of the grace from which on commands are checked: they are yet to be executed. */
  private static final int CHECKED_FROM_PERCENT = 40;

  private final LaneWriter writer;
  private final CommandGate gate;
  private final Refetch refetch;
  private final LaneIntake intake;
  private final LaneProgress progress;
  private final LinkState state;
  private final Clock clock;
  private final Exactness exactness;
  private final SlotShare share;

  /** What is being filled; what was sent as a transaction; what was sent plain, oldest first. */
  private Filling filling;

  private Filling underWay;
  private final Deque<Filling> plain = new ArrayDeque<>();
  private long plainBytes;

  /** What went plain since the last checkpoint. */
  private final Tally.Counts sinceCheckpoint = new Tally.Counts();

  /** Whether keys may have expired at the target before what is being filled comes there. */
  private boolean late;

  private boolean hurried;

  /** Replies were left unread: nothing more can be asked. */
  private boolean broken;

  private boolean alarmed;
  private long lastSentNanos;

  /**
   * @param refetch goes on with the keys that are ahead in this lane
   * @param sweep tells what a former full sync may have left
   */
  LaneApplier(
      LaneWriter writer,
      CommandGate gate,
      Refetch refetch,
      Sweep sweep,
      LaneProgress progress,
      LinkState state,
      Clock clock,
      Exactness exactness,
      SlotShare share) {
    this.writer = writer;
    this.share = share;
    this.gate = gate;
    this.refetch = refetch;
    this.intake = new LaneIntake(writer, gate, refetch, sweep, state, exactness);
    this.progress = progress;
    this.state = state;
    this.clock = clock;
    this.exactness = exactness;
    refetch.writeTo(writer);
    standAtCheckpoint();
  }

  /** Where what is being filled begins: the commands behind it are to be given. */
  ReplicationPosition begin() {
    return filling.start;
  }

  /** What the target has acknowledged. */
  Checkpoint acknowledged() {
    return writer.acknowledged();
  }

  /** Whether something is in doubt: {@link #heal} comes before any other command. */
  boolean isInDoubt() {
    return refetch.isNeeded();
  }

  /** Whether something was sent and is not answered yet. */
  boolean isUnderWay() {
    return writer.inFlight() || !plain.isEmpty();
  }

  /** Whether something was given that is not at the target yet. */
  boolean isBusy() {
    return isUnderWay() || !writer.isEmpty() || owesTransaction();
  }

  /** What stands there at the end must be known to have been kept. */
  private boolean owesTransaction() {
    return hurried && writer.owesTransaction();
  }

  /** The end is near: nothing is held back any more. */
  void hurry() {
    hurried = true;
  }

  /** Looks how old what comes now may be; the commands given next are treated so. */
  void measureAge() {
    late = isOlder(filling, writer.graceMillis() * CHECKED_FROM_PERCENT / 100);
  }

  /** A command that has no effect of its own. */
  void fold() {
    filling.counts.read++;
    filling.counts.folded++;
  }

  /** Whether a command is not left out by its name. */
  boolean applies(Command command, StreamCommand in) {
    return intake.applies(command, in);
  }

  /**
   * Takes a command that is to be applied.
   *
   * @param database selected at the source
   */
  void take(Command command, StreamCommand in, int database) throws IOException {
    filling.counts.read++;
    intake.take(command, in, database, late, filling);
  }

  /** Whether what was taken should be sent at the next end of a transaction of the source. */
  boolean isDue() {
    boolean gathers = !filling.leftOut.isEmpty() && filling.leftOut.size() < GATHERED;
    return (filling.doubtful && !gathers) || writer.isFull();
  }

  /**
   * Whether more was taken than is kept for the end of a transaction of the source: it is applied
   * in parts, and what goes wrong between two goes on inside it.
   */
  boolean isTooLarge() {
    return writer.pendingBytes() >= MOST_TRANSACTION_BYTES
        || filling.leftOut.size() >= MOST_LEFT_OUT;
  }

  /**
   * Whether there is something to send. A bare checkpoint, for commands that are not sent, goes a
   * few times a second at most.
   *
   * @param offset behind the last command that was given
   */
  boolean mayCommit(long offset) {
    if (!writer.isEmpty() || filling.doubtful || owesTransaction()) {
      return true;
    }
    Checkpoint at = writer.acknowledged();
    return (offset > at.offset() || at.start() < at.offset())
        && (hurried || System.nanoTime() - lastSentNanos > BARE_CHECKPOINT_NANOS);
  }

  /**
   * Sends what was taken.
   *
   * @param here behind the last command that was given
   */
  void commit(ReplicationPosition here) throws IOException, InterruptedException {
    if (mayGoPlain()) {
      commitPlain(here);
      return;
    }
    if (exactness.awaitsPlainReplies() || writer.inFlight()) {
      awaitUnderWay();
    }
    if (refetch.isNeeded()) {
      return;
    }
    state.control().limit(writer.pendingBytes(), writer.pendingCommands());
    filling.bytes = writer.pendingBytes();
    filling.unchecked = writer.isUnchecked();
    boolean bare = writer.isEmpty();
    forgetPassed();
    writer.appendHealRecord("HMSET", share.listing().known(here.offset()));
    lastSentNanos = System.nanoTime();
    sinceCheckpoint.add(filling.counts);
    Checkpoint next = standingAt(here);
    boolean settled = (bare && !filling.doubtful) || !exactness.keepsStartOfDoubt();
    if (!filling.doubtful && !hurried && refetch.ahead().isEmpty()) {
      writer.letGoPlain();
    }
    writer.send(settled ? next : next.since(filling.start.offset(), filling.start.database()));
    filling.ahead = filling.doubtful ? refetch.ahead().atBegin() : null;
    underWay = begun(here);
  }

  /** Waits for whatever was sent. */
  void awaitUnderWay() throws IOException {
    if (writer.inFlight()) {
      awaitTransaction();
    }
    while (!plain.isEmpty()) {
      awaitOldestPlain();
    }
  }

  /** Lets what was filled go, and leaves a checkpoint that tells of nothing in doubt. */
  void settle() throws IOException {
    if (broken) {
      return;
    }
    awaitUnderWay();
    if (!refetch.isNeeded()) {
      writer.discard();
      Checkpoint last = standingAt(filling.start);
      if (!last.equals(writer.acknowledged())) {
        writer.send(last);
        writer.await();
      }
    }
  }

  /**
   * Fetches again what is in doubt. The commands behind {@link #begin} are to be given once more:
   * what was filled meanwhile was filled without knowing of the doubt.
   *
   * @param liveReplId of the stream as it is being received
   */
  void heal(RelayLog relay, Supplier<String> liveReplId) throws IOException, InterruptedException {
    writer.discard();
    refetch.ahead().undoBatch();
    refetch.heal(relay, gate, liveReplId);
    standAtCheckpoint();
  }

  /**
   * Lets what was filled go and waits for what was sent. The commands behind {@link #begin} are to
   * be given once more, unless something is in doubt now.
   */
  void rewind() throws IOException {
    settle();
    if (!refetch.isNeeded()) {
      state.tally().at(writer.acknowledged().ledger());
      refetch.ahead().undoBatch();
      standAtCheckpoint();
    }
  }

  /**
   * Writes fields of the record beside the checkpoint; nothing is under way, what is filled goes.
   */
  void record(List<byte[]> words) throws IOException {
    if (words.isEmpty()) {
      return;
    }
    writer.discard();
    refetch.ahead().undoBatch();
    writer.appendHealRecord("HMSET", words);
    writer.send(writer.acknowledged());
    writer.await();
    share.listing().told();
  }

  /** Repairs keys where the lane stands, behind {@link #rewind}, or {@link #heal}. */
  void repair(LaneRepair repair, Supplier<String> liveReplId)
      throws IOException, InterruptedException {
    repair.run(writer, liveReplId);
  }

  private void standAtCheckpoint() {
    Checkpoint at = writer.acknowledged();
    filling = new Filling(new ReplicationPosition(at.replId(), at.offset(), at.database()));
    underWay = null;
    plain.clear();
    plainBytes = 0;
    sinceCheckpoint.clear();
    progress.applied(at.offset());
  }

  /** The lane's checkpoint once all that was sent is applied, up to here. */
  private Checkpoint standingAt(ReplicationPosition here) {
    return writer
        .acknowledged()
        .at(here.replId(), here.offset(), here.database(), state.tally().with(sinceCheckpoint));
  }

  /**
   * Transactions cost the target half as much again, so a full batch that only replaces goes
   * without, for as long as the last checkpoint is fresh enough to begin from once more.
   */
  private boolean mayGoPlain() {
    return filling.replacing
        && writer.isFull()
        && !filling.doubtful
        && refetch.ahead().isEmpty()
        && !hurried
        && System.nanoTime() - lastSentNanos < writer.checkpointNanos();
  }

  private void commitPlain(ReplicationPosition here) throws IOException, InterruptedException {
    if (writer.inFlight()) {
      awaitUnderWay();
    }
    while (plain.size() >= PLAIN_BATCHES || plainBytes > PLAIN_BYTES) {
      awaitOldestPlain();
    }
    if (refetch.isNeeded()) {
      return;
    }
    state.control().limit(writer.pendingBytes(), writer.pendingCommands());
    filling.bytes = writer.pendingBytes();
    filling.endOffset = here.offset();
    writer.sendPlain();
    sinceCheckpoint.add(filling.counts);
    plainBytes += filling.bytes;
    plain.add(begun(here));
  }

  /** What was filled is sent; the next begins. */
  private Filling begun(ReplicationPosition here) {
    Filling sent = filling;
    refetch.ahead().beginBatch();
    filling = new Filling(here);
    return sent;
  }

  /** What lies behind the lane needs no longer be known as ahead. */
  private void forgetPassed() {
    List<DatabaseKey> gone = refetch.ahead().removeUpTo(filling.start.offset());
    List<byte[]> passed = share.passed(writer.acknowledged().offset());
    List<byte[]> fields = new ArrayList<>(passed);
    gone.forEach(key -> fields.add(HealRecord.aheadField(key)));
    filling
        .flushed
        .values()
        .forEach(keys -> keys.forEach(key -> fields.add(HealRecord.aheadField(key))));
    RememberedScripts scripts = refetch.record().scripts();
    List<byte[]> words = scripts.tidy(filling.start.offset(), fields::add);
    // A flush may have met nothing that was ahead.
    if (!fields.isEmpty()) {
      writer.appendHealRecord("HDEL", fields);
    }
    writer.appendHealRecord("HMSET", words);
  }

  private void awaitTransaction() throws IOException {
    broken = true;
    List<Doubt> doubts = writer.await();
    broken = false;
    share.listing().told();
    plain.clear();
    plainBytes = 0;
    sinceCheckpoint.clear();
    Checkpoint at = writer.acknowledged();
    state.tally().at(at.ledger());
    alarm(at.ledger());
    state.speed().add(underWay.bytes, underWay.counts.applied);
    boolean lateUnchecked = underWay.unchecked && isOlder(underWay, writer.graceMillis());
    if (!underWay.doubtful && doubts.isEmpty() && !lateUnchecked) {
      progress.settled(at.offset());
      return;
    }
    Map<DatabaseKey, Long> ahead =
        underWay.ahead == null ? refetch.ahead().atBegin() : underWay.ahead;
    List<Doubt> all = new ArrayList<>(doubts);
    all.addAll(underWay.leftOut);
    inDoubt(underWay, at.offset(), all, lateUnchecked, ahead);
  }

  private void awaitOldestPlain() throws IOException {
    broken = true;
    List<Doubt> doubts = writer.awaitPlain();
    broken = false;
    Filling oldest = plain.remove();
    plainBytes -= oldest.bytes;
    state.speed().add(oldest.bytes, oldest.counts.applied);
    if (doubts.isEmpty()) {
      progress.applied(oldest.endOffset);
      return;
    }
    List<Doubt> all = new ArrayList<>(doubts);
    while (!plain.isEmpty()) {
      all.addAll(writer.awaitPlain());
      plain.remove();
    }
    plainBytes = 0;
    // What is in doubt hangs on a checkpoint that stands behind it.
    writer.discard();
    Checkpoint here = standingAt(filling.start);
    boolean keeps = exactness.keepsStartOfDoubt();
    writer.send(keeps ? here.since(oldest.start.offset(), oldest.start.database()) : here);
    writer.await();
    sinceCheckpoint.clear();
    state.tally().at(here.ledger());
    inDoubt(oldest, here.offset(), all, false, Map.of());
  }

  private void inDoubt(
      Filling first,
      long end,
      List<Doubt> doubts,
      boolean lateUnchecked,
      Map<DatabaseKey, Long> ahead) {
    refetch.inDoubt(
        new OpenDoubt(
            first.start.offset(),
            first.start.database(),
            end,
            OpenDoubt.seeds(doubts),
            false,
            lateUnchecked,
            ahead,
            Map.copyOf(first.flushed)));
  }

  /** Whether the source may have executed a part of this longer ago. */
  private boolean isOlder(Filling part, long millis) {
    return exactness.checksLateCommands()
        && state.age().atMost(part.start.offset(), clock.millis()) > millis;
  }

  private void alarm(Ledger ledger) {
    if (!ledger.balanced() && !alarmed) {
      alarmed = true;
      state.log(LogLevel.ERROR, "the ledger does not balance: " + ledger);
    }
  }
}
