package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.ClusterCheckpointStore;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The lanes of a cluster, one for each hash slot, in rounds: a batch goes as one transaction for
 * each slot that it touches, over one connection for each master, and the next batch goes when all
 * of them were answered.
 *
 * <pre>
 *   each master:   HSET node w0 watermark             what the rounds before have brought
 *   each slot:     MULTI · GETSET ckpt new · commands of the slot … · EXEC
 * </pre>
 *
 * What a slot has of the last round tells its own checkpoint; the watermark is never ahead of any
 * lane. A master from 6.0 on applies nothing of a transaction of which it has refused a part. A
 * redirection passes: the map is read again, and each lane's checkpoint where it is now.
 *
 * <p>What only replaces may go plain, without checkpoints, a whole batch or what a round has for a
 * slot: a slot's own tells only its last transaction, and whatever came to it plain lies between
 * that and the next round, which goes once all of it was answered. From the watermark on it is sent
 * again in order, but to slots that have had a transaction behind it.
 *
 * <p>What names no key goes before the round of its batch: functions and scripts to every master, a
 * flush by {@link SlotFlush}.
 */
final class SlotLanes implements Lane {
  private static final int NONE = -1;

  private final ClusterConnections cluster;
  private final ClusterCheckpointStore store;
  private final Exactness exactness;
  private final CommandReplies replies;
  private final SlotFlush flush;

  /** What the key of each slot's checkpoint holds, and up to where its lane stands. */
  private final byte[][] written = new byte[HashSlot.COUNT][];

  private final long[] stands = new long[HashSlot.COUNT];

  /** The commands of a batch by their slots: the first and the last, and the next of the same. */
  private final int[] first = new int[HashSlot.COUNT];

  private final int[] last = new int[HashSlot.COUNT];
  private int[] next = new int[1024];

  /** The slots of the batch under way, in the order in which they were sent. */
  private final int[] touched = new int[HashSlot.COUNT];

  private int touchedCount;
  private boolean sentPlainSlots;
  private boolean owes;
  private final byte[][] writing = new byte[HashSlot.COUNT][];
  private final Deque<Batch> plain = new ArrayDeque<>();
  private Checkpoint watermark;
  private Checkpoint acknowledged;
  private Batch inFlight;
  private Checkpoint inFlightCheckpoint;

  /**
   * @param from the watermark that was read
   */
  SlotLanes(
      ClusterConnections cluster,
      ClusterCheckpointStore store,
      Checkpoint from,
      Exactness exactness) {
    this.cluster = cluster;
    cluster.masters().forEach(RedisConnection::hearLastWords);
    this.store = store;
    this.acknowledged = from;
    this.watermark = from;
    this.exactness = exactness;
    this.replies = new CommandReplies(cluster.master(0), exactness);
    this.flush = new SlotFlush(cluster, store, exactness);
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      written[slot] = store.written(slot);
      stands[slot] = store.stands(slot);
    }
    Arrays.fill(first, NONE);
  }

  /** Whether the lane of a slot has the command that ends at this offset. */
  boolean has(int slot, long endOffset) {
    return endOffset <= stands[slot] && exactness.skipsWhatASlotHas();
  }

  /**
   * Whether a slot, read again, no longer has what this lane was told that it has, or a master its
   * watermark, which goes to all of them behind whatever went plain.
   */
  boolean isSetBack() {
    Checkpoint lowest = store.checkpoint().orElse(null);
    if (lowest == null
        || lowest.offset() < watermark.offset()
        || lowest.start() < watermark.start()) {
      return true;
    }
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      if (written[slot] != null && !Arrays.equals(written[slot], store.written(slot))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Checkpoint acknowledged() {
    return acknowledged;
  }

  @Override
  public Checkpoint unacknowledged() {
    return inFlightCheckpoint;
  }

  @Override
  public void send(Batch batch, Checkpoint checkpoint) throws IOException {
    boolean exchanges = batch.hasEverywhere() || batch.flushOffset() >= 0;
    while (!plain.isEmpty() && (exchanges || exactness.awaitsPlainReplies())) {
      awaitPlain();
    }
    inFlight = batch;
    inFlightCheckpoint = checkpoint;
    sort(batch);
    replies.begin(batch);
    if (batch.hasEverywhere()) {
      sendEverywhere(batch);
    }
    if (batch.flushOffset() >= 0) {
      flush.run(batch.flushOffset(), acknowledged, stands, written);
    }
    boolean done = batch.count() == 0 || !exactness.keepsWatermarkBehind();
    sendWatermark(done ? checkpoint : acknowledged);
    byte[] value = checkpoint.bytes();
    sentPlainSlots = false;
    for (int i = 0; i < touchedCount; i++) {
      int slot = touched[i];
      if (isPlain(batch, slot)) {
        sentPlainSlots = true;
        writeCommands(batch, slot, cluster.of(slot).out());
        continue;
      }
      // A lane may stand further on than what is healed now begins from.
      boolean further = stands[slot] > checkpoint.offset();
      writing[slot] = further ? further(checkpoint, stands[slot]) : value;
      write(batch, slot, cluster.of(slot).out());
    }
    for (RedisConnection master : cluster.masters()) {
      master.flush();
    }
  }

  @Override
  public List<Doubt> await() throws IOException {
    if (!plain.isEmpty()) {
      while (!plain.isEmpty()) {
        awaitPlain();
      }
      replies.begin(inFlight);
    }
    awaitWatermark();
    for (int i = 0; i < touchedCount; i++) {
      if (isPlain(inFlight, touched[i])) {
        readPlainSlot(touched[i]);
      } else {
        readSlot(touched[i]);
      }
    }
    replies.check();
    for (int i = 0; i < touchedCount; i++) {
      int slot = touched[i];
      if (!isPlain(inFlight, slot)) {
        written[slot] = writing[slot];
        stands[slot] = Math.max(stands[slot], inFlightCheckpoint.offset());
      }
    }
    // A watermark that tells of a doubt does not tell that it was healed.
    owes = sentPlainSlots || inFlightCheckpoint.start() < inFlightCheckpoint.offset();
    acknowledged = inFlightCheckpoint;
    inFlight = null;
    inFlightCheckpoint = null;
    return replies.doubts();
  }

  /**
   * The slots come first: for as long as a watermark tells of the former history, a start finds the
   * same loss again. No slot stands behind the offset then, so that offsets of both are of one
   * line.
   */
  @Override
  public void follow(Checkpoint next, String lostReplId, long upTo) throws IOException {
    Batch nothing = new Batch(store.claim().home());
    replies.begin(nothing);
    sort(nothing);
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      if (stands[slot] > upTo) {
        touched[touchedCount++] = slot;
        writing[slot] = further(next, upTo);
        write(nothing, slot, cluster.of(slot).out());
      }
    }
    exchangeSlots(upTo);
    store.loses(lostReplId, upTo);
    sendWatermark(next);
    for (RedisConnection master : cluster.masters()) {
      master.flush();
    }
    awaitWatermark();
    acknowledged = next;
  }

  private void exchangeSlots(long upTo) throws IOException {
    for (RedisConnection master : cluster.masters()) {
      master.flush();
    }
    for (int i = 0; i < touchedCount; i++) {
      readSlot(touched[i]);
    }
    replies.check();
    for (int i = 0; i < touchedCount; i++) {
      written[touched[i]] = writing[touched[i]];
      stands[touched[i]] = upTo;
    }
  }

  @Override
  public boolean owesTransaction() {
    return owes;
  }

  @Override
  public void sendPlain(Batch batch) throws IOException {
    for (int i = 0; i < batch.count(); i++) {
      RespWriter out = cluster.of(batch.slot(i)).out();
      out.raw(batch.buffer(), batch.start(i), batch.end(i) - batch.start(i));
    }
    plain.add(batch);
    for (RedisConnection master : cluster.masters()) {
      master.flush();
    }
  }

  @Override
  public List<Doubt> awaitPlain() throws IOException {
    Batch oldest = plain.remove();
    replies.begin(oldest);
    for (int i = 0; i < oldest.count(); i++) {
      replies.from(cluster.of(oldest.slot(i)));
      replies.readPlain(i);
    }
    return replies.doubts();
  }

  /** Functions and scripts: in a form that may be repeated, as it is after an end in its middle. */
  private void sendEverywhere(Batch batch) throws IOException {
    for (RedisConnection master : cluster.masters()) {
      for (int i = 0; i < batch.count(); i++) {
        if (batch.slot(i) == Batch.EVERYWHERE) {
          master.out().raw(batch.buffer(), batch.start(i), batch.end(i) - batch.start(i));
        }
      }
      master.flush();
    }
    for (RedisConnection master : cluster.masters()) {
      replies.from(master);
      for (int i = 0; i < batch.count(); i++) {
        if (batch.slot(i) == Batch.EVERYWHERE) {
          replies.read(i);
        }
      }
    }
    // Nothing of the round was sent yet: the next start comes here again.
    replies.check();
  }

  private void sendWatermark(Checkpoint at) {
    watermark = at;
    String text = at.text();
    for (int i = 0; i < cluster.size(); i++) {
      cluster.master(i).out().command(store.watermark(cluster.firstSlot(i), text));
    }
  }

  private void awaitWatermark() throws IOException {
    for (RedisConnection master : cluster.masters()) {
      byte type = master.readToken();
      if (type != RespReader.INTEGER) {
        throw LaneReplies.unexpected(master, type, "that the watermark was written");
      }
    }
  }

  private void sort(Batch batch) {
    for (int i = 0; i < touchedCount; i++) {
      first[touched[i]] = NONE;
    }
    touchedCount = 0;
    if (next.length < batch.count()) {
      next = new int[Integer.highestOneBit(batch.count()) * 2];
    }
    for (int i = batch.behindFlush(); i < batch.count(); i++) {
      int slot = batch.slot(i);
      next[i] = NONE;
      if (slot == Batch.EVERYWHERE) {
        continue;
      }
      if (first[slot] == NONE) {
        first[slot] = i;
        touched[touchedCount++] = slot;
      } else {
        next[last[slot]] = i;
      }
      last[slot] = i;
    }
  }

  private void write(Batch batch, int slot, RespWriter out) {
    out.begin(1).arg("MULTI");
    out.begin(3).arg("GETSET").arg(store.keys().checkpoint(slot)).arg(writing[slot]);
    writeCommands(batch, slot, out);
    out.begin(1).arg("EXEC");
  }

  private void writeCommands(Batch batch, int slot, RespWriter out) {
    for (int i = first[slot]; i != NONE; i = next[i]) {
      out.raw(batch.buffer(), batch.start(i), batch.end(i) - batch.start(i));
    }
  }

  /** Whether nothing that a batch has for a slot needs a transaction. */
  private boolean isPlain(Batch batch, int slot) {
    for (int i = first[slot]; i != NONE; i = next[i]) {
      if (!batch.isPlain(i)) {
        return false;
      }
    }
    return first[slot] != NONE;
  }

  private void readPlainSlot(int slot) throws IOException {
    replies.from(cluster.of(slot));
    for (int i = first[slot]; i != NONE; i = next[i]) {
      replies.readPlain(i);
    }
  }

  private void readSlot(int slot) throws IOException {
    RedisConnection from = cluster.of(slot);
    replies.from(from);
    LaneReplies.ok(from);
    LaneReplies.queued(from);
    int commands = 1;
    for (int i = first[slot]; i != NONE; i = next[i]) {
      LaneReplies.queued(from);
      commands++;
    }
    byte type = from.readToken();
    if (type != RespReader.ARRAY || from.in().integer() != commands) {
      throw LaneReplies.unexpected(from, type, commands + " replies");
    }
    if (!isWritten(from.readToken(), from.in(), slot)) {
      replies.missing(
          new DataFault(
              Fault.fatal(
                  FaultCode.CHECKPOINT_MISMATCH,
                  "at %s the key %s held what another has written"
                      .formatted(from, store.keys().checkpoint(slot)))));
    }
    for (int i = first[slot]; i != NONE; i = next[i]) {
      replies.read(i);
    }
  }

  private boolean isWritten(byte type, RespReader in, int slot) {
    if (type != RespReader.BULK) {
      return false;
    }
    return written[slot] == null ? in.integer() < 0 : in.tokenIs(written[slot]);
  }

  private static byte[] further(Checkpoint checkpoint, long offset) {
    return checkpoint
        .at(checkpoint.replId(), offset, checkpoint.database(), checkpoint.ledger())
        .since(checkpoint.start(), checkpoint.startDatabase())
        .bytes();
  }
}
