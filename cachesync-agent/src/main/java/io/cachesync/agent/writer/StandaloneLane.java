package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A first-in-first-out with a checkpoint, over one connection, one transaction in flight.
 *
 * <pre>
 *   armed:   SELECT home · WATCH ckpt · GET ckpt · MULTI           replies read, value is ours
 *   batch:   GETSET ckpt new · commands … · EXEC                   and armed again, in one piece
 * </pre>
 *
 * Because MULTI was answered before a batch is sent, its commands can never run singly; because the
 * key is watched, a foreign write since then makes EXEC apply nothing. A target up to 5.0 gets EXEC
 * only after every QUEUED was read. Whatever is not clean ends the connection's use.
 *
 * <pre>
 *   plain:   DISCARD (once) · commands … · commands …              many under way, replies read
 *   then:    armed again, before the next transaction
 * </pre>
 *
 * Commands that only replace may go plain: without a checkpoint, to be sent again from the last one
 * whenever their replies were not all seen.
 */
final class StandaloneLane implements Lane {
  private static final int COPIED_BYTES = 64 * 1024;

  private final RedisConnection connection;
  private final OwnKeys keys;
  private final Claim claim;
  private final NodeState node;
  private final HealRecord heals;
  private final boolean waitForQueued;
  private final Exactness exactness;
  private final CommandReplies replies;
  private Checkpoint acknowledged;
  private byte[] expected;
  private Batch inFlight;
  private Checkpoint inFlightCheckpoint;
  private byte[] inFlightValue;
  private int ownCommands;
  private final Deque<Plain> plain = new ArrayDeque<>();
  private boolean isArmed;
  private boolean armsWithTransaction;
  private int plainDatabase;

  /**
   * @param acknowledged what stands at the target, as it was read after the fence
   * @param waitForQueued whether EXEC waits until every QUEUED was read
   */
  StandaloneLane(
      RedisConnection connection,
      OwnKeys keys,
      Claim claim,
      NodeState node,
      HealRecord heals,
      Checkpoint acknowledged,
      boolean waitForQueued,
      Exactness exactness) {
    this.connection = connection;
    connection.hearLastWords();
    this.keys = keys;
    this.claim = claim;
    this.node = node;
    this.heals = heals;
    this.waitForQueued = waitForQueued;
    this.exactness = exactness;
    this.replies = new CommandReplies(connection, exactness);
    this.acknowledged = acknowledged;
    this.expected = acknowledged.bytes();
  }

  /** Makes the first transaction possible. */
  void arm() throws IOException {
    addArming();
    connection.flush();
    readArming();
  }

  @Override
  public void sendPlain(Batch batch) throws IOException {
    RespWriter out = connection.out();
    int before = 0;
    if (isArmed) {
      out.begin(1).arg("DISCARD");
      isArmed = false;
      plainDatabase = claim.home();
      before++;
    }
    if (plainDatabase != claim.home()) {
      out.begin(2).arg("SELECT").arg(claim.home());
      before++;
    }
    plainDatabase = batch.selected();
    plain.add(new Plain(batch, before));
    write(batch);
    connection.flush();
  }

  @Override
  public List<Doubt> awaitPlain() throws IOException {
    Plain oldest = plain.remove();
    for (int i = 0; i < oldest.before; i++) {
      LaneReplies.ok(connection);
    }
    replies.begin(oldest.batch);
    for (int i = 0; i < oldest.batch.count(); i++) {
      replies.readPlain(i);
    }
    return replies.doubts();
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
    inFlight = batch;
    inFlightCheckpoint = checkpoint;
    inFlightValue = checkpoint.bytes();
    RespWriter out = connection.out();
    if (!isArmed) {
      addArming();
      armsWithTransaction = !exactness.awaitsPlainReplies();
      if (!armsWithTransaction) {
        connection.flush();
        readArming();
      }
    }
    out.begin(3).arg("GETSET").arg(keys.checkpoint()).arg(inFlightValue);
    write(batch);
    ownCommands = 1 + restoreOwnKeys(batch, out);
    if (!waitForQueued) {
      addExec();
    }
    connection.flush();
  }

  @Override
  public List<Doubt> await() throws IOException {
    while (armsWithTransaction && !plain.isEmpty()) {
      awaitPlain();
    }
    if (armsWithTransaction) {
      readArming();
      armsWithTransaction = false;
    }
    int commands = ownCommands + inFlight.count();
    for (int i = 0; i < commands; i++) {
      LaneReplies.queued(connection);
    }
    if (waitForQueued) {
      addExec();
      connection.flush();
    }
    readExec(commands);
    expected = inFlightValue;
    // Still under way while a failure here would make the caller believe that it was not applied.
    readArming();
    acknowledged = inFlightCheckpoint;
    inFlight = null;
    inFlightCheckpoint = null;
    return replies.doubts();
  }

  private void write(Batch batch) throws IOException {
    if (batch.bytes() <= COPIED_BYTES) {
      connection.out().raw(batch.buffer(), 0, batch.bytes());
    } else {
      connection.flush();
      connection.write(batch.buffer(), 0, batch.bytes());
    }
  }

  private void addExec() {
    connection.out().begin(1).arg("EXEC");
    addArming();
  }

  private void addArming() {
    RespWriter out = connection.out();
    out.begin(2).arg("SELECT").arg(claim.home());
    out.begin(2).arg("WATCH").arg(keys.checkpoint());
    out.begin(2).arg("GET").arg(keys.checkpoint());
    out.begin(1).arg("MULTI");
  }

  private void readArming() throws IOException {
    LaneReplies.ok(connection);
    LaneReplies.ok(connection);
    expectText(connection.readToken(), expected, "our checkpoint");
    LaneReplies.ok(connection);
    isArmed = true;
  }

  private void readExec(int commands) throws IOException {
    byte type = connection.readToken();
    RespReader in = connection.in();
    if (type != RespReader.ARRAY) {
      throw LaneReplies.unexpected(connection, type, "an array");
    }
    if (in.integer() < 0) {
      throw mismatch("a foreign write to " + keys.checkpoint() + " was seen; nothing was applied");
    }
    if (in.integer() != commands) {
      throw LaneReplies.unexpected(connection, type, commands + " replies");
    }
    expectFormer();
    replies.begin(inFlight);
    for (int i = 1; i < commands; i++) {
      replies.read(i - 1);
    }
    replies.check();
  }

  /** Our own keys, which the batch has flushed or swapped away, as part of the same transaction. */
  private int restoreOwnKeys(Batch batch, RespWriter out) {
    if (batch.ownKeysAt() == claim.home()) {
      return 0;
    }
    int commands = 4;
    if (batch.ownKeysAt() != Batch.OWN_KEYS_GONE) {
      out.begin(2).arg("SELECT").arg(batch.ownKeysAt());
      out.command("DEL", keys.checkpoint(), keys.heal(), keys.node(), keys.claim());
      commands += 2;
    }
    out.begin(2).arg("SELECT").arg(claim.home());
    out.begin(3).arg("SET").arg(keys.checkpoint()).arg(inFlightValue);
    out.begin(3).arg("SET").arg(keys.claim()).arg(claim.text());
    out.command(node.command(keys.node()));
    for (List<byte[]> piece : HealRecord.inPieces(heals.words())) {
      out.begin(2 + piece.size()).arg("HMSET").arg(keys.heal());
      piece.forEach(out::arg);
      commands++;
    }
    return commands;
  }

  /** Where it was refused what came behind it was applied, and no checkpoint tells so. */
  private void expectFormer() throws IOException {
    byte got = connection.readToken();
    if (got == RespReader.ERROR) {
      Fault refused = connection.tokenFault();
      throw new DataFault(
          Fault.fatal(refused.code(), "the checkpoint was not written: " + refused.message()));
    }
    expectText(got, expected, "our former checkpoint");
  }

  private void expectText(byte got, byte[] text, String what) throws IOException {
    if (got != RespReader.BULK) {
      throw LaneReplies.unexpected(connection, got, what);
    }
    if (!connection.in().tokenIs(text)) {
      throw mismatch("the key " + keys.checkpoint() + " holds what another has written");
    }
  }

  private FaultException mismatch(String what) {
    return new RedisException(
        Fault.retryable(FaultCode.CHECKPOINT_MISMATCH, "at " + connection + " " + what));
  }

  /**
   * Commands under way without a transaction.
   *
   * @param before replies that come before theirs
   */
  private record Plain(Batch batch, int before) {}
}
