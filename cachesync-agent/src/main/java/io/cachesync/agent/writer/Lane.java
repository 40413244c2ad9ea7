package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.Exactness;
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
import java.nio.charset.StandardCharsets;

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
 */
final class Lane {
  private static final byte[] QUEUED = "QUEUED".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OK = "OK".getBytes(StandardCharsets.US_ASCII);
  private static final int COPIED_BYTES = 64 * 1024;

  private final RedisConnection connection;
  private final OwnKeys keys;
  private final Claim claim;
  private final NodeState node;
  private final boolean waitForQueued;
  private final Exactness exactness;
  private Checkpoint acknowledged;
  private byte[] expected;
  private Batch inFlight;
  private Checkpoint inFlightCheckpoint;
  private byte[] inFlightValue;
  private int ownCommands;

  /**
   * @param acknowledged what stands at the target, as it was read after the fence
   * @param waitForQueued whether EXEC waits until every QUEUED was read
   */
  Lane(
      RedisConnection connection,
      OwnKeys keys,
      Claim claim,
      NodeState node,
      Checkpoint acknowledged,
      boolean waitForQueued,
      Exactness exactness) {
    this.connection = connection;
    this.keys = keys;
    this.claim = claim;
    this.node = node;
    this.waitForQueued = waitForQueued;
    this.exactness = exactness;
    this.acknowledged = acknowledged;
    this.expected = acknowledged.bytes();
  }

  /** Makes the first transaction possible. */
  void arm() throws IOException {
    addArming();
    connection.flush();
    readArming();
  }

  Checkpoint acknowledged() {
    return acknowledged;
  }

  /** What was sent and not yet acknowledged, or null. */
  Checkpoint unacknowledged() {
    return inFlightCheckpoint;
  }

  /** Sends a transaction; {@link #await} must follow before the next. */
  void send(Batch batch, Checkpoint checkpoint) throws IOException {
    inFlight = batch;
    inFlightCheckpoint = checkpoint;
    inFlightValue = checkpoint.bytes();
    RespWriter out = connection.out();
    out.begin(3).arg("GETSET").arg(keys.checkpoint()).arg(inFlightValue);
    if (batch.bytes() <= COPIED_BYTES) {
      out.raw(batch.buffer(), 0, batch.bytes());
    } else {
      connection.flush();
      connection.write(batch.buffer(), 0, batch.bytes());
    }
    ownCommands = 1 + restoreOwnKeys(batch, out);
    if (!waitForQueued) {
      addExec();
    }
    connection.flush();
  }

  /**
   * Waits for the transaction.
   *
   * @throws DataFault where it was applied but for a command that the target refused
   * @throws RedisException where nothing is known: the connection is of no more use
   */
  void await() throws IOException {
    int commands = ownCommands + inFlight.count();
    for (int i = 0; i < commands; i++) {
      expect(RespReader.SIMPLE, QUEUED, "QUEUED");
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
    expect(RespReader.SIMPLE, OK, "OK");
    expect(RespReader.SIMPLE, OK, "OK");
    expect(RespReader.BULK, expected, "our checkpoint");
    expect(RespReader.SIMPLE, OK, "OK");
  }

  private void readExec(int commands) throws IOException {
    byte type = connection.readToken();
    RespReader in = connection.in();
    if (type == RespReader.ERROR) {
      throw new RedisException(connection.tokenFault());
    }
    if (type != RespReader.ARRAY) {
      throw unexpected("an array", type);
    }
    if (in.integer() < 0) {
      throw mismatch("a foreign write to " + keys.checkpoint() + " was seen; nothing was applied");
    }
    if (in.integer() != commands) {
      throw unexpected(commands + " replies", type);
    }
    expect(RespReader.BULK, expected, "our former checkpoint");
    int firstOfBatch = 1;
    DataFault refused = null;
    for (int i = firstOfBatch; i < commands; i++) {
      if (!readElement() && refused == null && exactness.readsWholeExec()) {
        refused = refused(i - firstOfBatch);
      }
    }
    if (refused != null) {
      throw refused;
    }
  }

  /** Reads one reply whole; false for an error, whose text is the last token. */
  private boolean readElement() throws IOException {
    byte type = connection.readToken();
    if (type == RespReader.ERROR) {
      return false;
    }
    long left = type == RespReader.ARRAY ? Math.max(0, connection.in().integer()) : 0;
    for (; left > 0; left--) {
      if (connection.readToken() == RespReader.ARRAY) {
        left += Math.max(0, connection.in().integer());
      }
    }
    return true;
  }

  private DataFault refused(int index) {
    Fault fault = connection.tokenFault();
    String command = index < inFlight.count() ? inFlight.describe(index) : "our own keys";
    return new DataFault(Fault.fatal(fault.code(), fault.message() + " to " + command));
  }

  /** Our own keys, which the batch has flushed or swapped away, as part of the same transaction. */
  private int restoreOwnKeys(Batch batch, RespWriter out) {
    if (batch.ownKeysAt() == claim.home()) {
      return 0;
    }
    int commands = 4;
    if (batch.ownKeysAt() != Batch.OWN_KEYS_GONE) {
      out.begin(2).arg("SELECT").arg(batch.ownKeysAt());
      out.begin(4).arg("DEL").arg(keys.checkpoint()).arg(keys.node()).arg(keys.claim());
      commands += 2;
    }
    out.begin(2).arg("SELECT").arg(claim.home());
    out.begin(3).arg("SET").arg(keys.checkpoint()).arg(inFlightValue);
    out.begin(3).arg("SET").arg(keys.claim()).arg(claim.text());
    out.command(node.command(keys.node()));
    return commands;
  }

  private void expect(byte type, byte[] text, String what) throws IOException {
    byte got = connection.readToken();
    if (got == type && connection.in().tokenIs(text)) {
      return;
    }
    if (got == RespReader.ERROR) {
      throw new RedisException(connection.tokenFault());
    }
    if (type == RespReader.BULK && got == RespReader.BULK) {
      throw mismatch("the key " + keys.checkpoint() + " holds what another has written");
    }
    throw unexpected(what, got);
  }

  private FaultException mismatch(String what) {
    return new RedisException(
        Fault.retryable(FaultCode.CHECKPOINT_MISMATCH, "at " + connection + " " + what));
  }

  private FaultException unexpected(String wanted, byte type) {
    String got = (char) type + connection.in().tokenText();
    return new RedisException(
        Fault.retryable(
            FaultCode.PROTOCOL_ERROR, connection + " answered " + got + " instead of " + wanted));
  }
}
