package io.cachesync.agent.sync;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.source.LostHistoryException;
import io.cachesync.agent.source.PsyncSource;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.agent.source.SourceSink;
import io.cachesync.agent.source.StreamOrigin;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import java.io.IOException;
import java.time.Clock;

/**
 * Reads from the source as fast as it sends, into the relay log, on a thread of its own. Once the
 * stream flows a lost connection is made again where it ended; whatever cannot be gone on from
 * stands in the relay log behind the last record.
 */
final class Receiver implements SourceSink, AutoCloseable {
  /** The source announced a snapshot. */
  record Snapshot(String replId, long offset, long rdbBytes) {}

  private static final long POLL_MILLIS = 200;

  /** From this version on a stream has no relative times. */
  private static final int ABSOLUTE_TIMES = 700;

  /** Of what was executed in so short a time a relative time of expiry is right to within that. */
  private static final long KNOWN_TO_MILLIS = 1_000;

  private final RedisClient client;
  private final RelayLog relay;
  private final LinkState state;
  private final Clock clock;
  private final long maxWaitingBytes;
  private final SnapshotTrouble trouble;
  private final RetryPolicy retry = new RetryPolicy();

  private volatile PsyncSource source;
  private volatile boolean closed;
  private volatile long rdbBytesReceived;
  private volatile long commandsBefore;
  private volatile long countedAfter = -1;
  private volatile String replId = "";
  private volatile long received = -1;
  private volatile boolean streaming;
  private volatile LostHistoryException lost;
  private volatile boolean promised;
  private Thread thread;

  // For the receiving thread.

  private final StreamVersions versions = new StreamVersions();

  /** Commands up to here may have waited at the source. */
  private long waitedUpTo = -1;

  /** When something of the stream came last. */
  private long heardMillis;

  // Guarded by this.
  private Snapshot snapshot;
  private Fault failure;

  /**
   * @param trouble of full syncs of this source
   */
  Receiver(
      RedisClient client,
      RelayLog relay,
      LinkState state,
      long maxWaitingBytes,
      SnapshotTrouble trouble,
      Clock clock) {
    this.trouble = trouble;
    this.client = client;
    this.relay = relay;
    this.state = state;
    this.maxWaitingBytes = maxWaitingBytes;
    this.clock = clock;
  }

  /**
   * @param from where to go on, or {@link ReplicationPosition#NONE} for a full sync
   */
  void start(ReplicationPosition from) {
    replId = from.replId();
    state.follows(replId);
    received = from.offset();
    streaming = !from.isNone();
    thread = new Thread(() -> run(from), "receiver");
    thread.setDaemon(true);
    thread.start();
  }

  /** Commands that end at or below this offset were counted before; set before {@link #start}. */
  void countAfter(long offset) {
    countedAfter = offset;
  }

  /** Waits for the source's snapshot to begin. */
  Snapshot awaitSnapshot(Control control) throws IOException, InterruptedException {
    while (true) {
      synchronized (this) {
        if (failure != null) {
          throw new FaultException(failure);
        }
        if (snapshot != null) {
          return snapshot;
        }
      }
      control.pause(20);
    }
  }

  /** Why what was received last is of no history any more, or null. */
  LostHistoryException lost() {
    return lost;
  }

  /** Why nothing more is received, or null. */
  synchronized Fault failure() {
    return failure;
  }

  /** Whether the source has been asked for a full sync, and has agreed. */
  boolean wasPromisedAll() {
    PsyncSource current = source;
    return promised || (current != null && current.hasPromisedAll());
  }

  /** Takes nothing more of a source that is not to be copied from. */
  void refuse(Fault fault) {
    fail(fault);
  }

  String replId() {
    return replId;
  }

  long receivedOffset() {
    return received;
  }

  long rdbBytesReceived() {
    return rdbBytesReceived;
  }

  /** Commands of the stream that the source's parser has counted. */
  long commandsReceived() {
    PsyncSource current = source;
    return commandsBefore + (current == null ? 0 : current.commandsReceived());
  }

  @Override
  public void close() {
    closed = true;
    PsyncSource current = source;
    if (current != null) {
      current.close();
    }
    fail(Fault.retryable(FaultCode.CONNECTION_LOST, "the link has left the source"));
  }

  /** Waits until nothing more is appended. */
  void join() throws InterruptedException {
    if (thread != null) {
      thread.join(5_000);
    }
  }

  @Override
  public void writtenBy(StreamOrigin origin) {
    versions.comesFrom(origin);
  }

  @Override
  public void fullSync(String newReplId, long offset, long rdbBytes)
      throws IOException, InterruptedException {
    if (streaming) {
      throw new FaultException(refusedToResume(newReplId));
    }
    trouble.begun();
    relay.beginSnapshot(newReplId, offset);
    replId = newReplId;
    state.beginsWith(newReplId);
    received = offset;
    synchronized (this) {
      snapshot = new Snapshot(newReplId, offset, rdbBytes);
    }
  }

  @Override
  public void rdb(byte[] buffer, int offset, int length) throws IOException, InterruptedException {
    relay.appendSnapshot(buffer, offset, length);
    rdbBytesReceived += length;
  }

  @Override
  public void rdbEnd() {
    relay.endSnapshot();
    streaming = true;
    state.streamsTo(source.announcedPort());
    begun();
  }

  @Override
  public void resumed(String newReplId, long offset) throws IOException {
    relay.resume(newReplId, offset);
    if (!newReplId.equals(replId)) {
      state.log(LogLevel.INFO, "the source goes on under the replication id " + newReplId);
    }
    replId = newReplId;
    state.follows(newReplId);
    state.streamsTo(source.announcedPort());
    received = offset;
    begun();
    retry.succeeded();
  }

  /** What the source has executed by now has waited there, for the snapshot or for us. */
  private void begun() {
    if (versions.of(received, received + 1) < ABSOLUTE_TIMES) {
      waitedUpTo = sourceOffset();
    }
    heardMillis = clock.millis();
  }

  @Override
  public void stream(
      byte[] buffer, int offset, int length, long startOffset, int database, long receivedMillis)
      throws IOException, InterruptedException {
    int level = versions.of(startOffset, startOffset + length);
    long end = startOffset + length;
    boolean relative = level < ABSOLUTE_TIMES;
    long millis = relative ? executed(startOffset, end, receivedMillis) : receivedMillis;
    relay.append(buffer, offset, length, startOffset, database, millis, level);
    received = end;
    heardMillis = receivedMillis;
  }

  /**
   * When the source has executed a part of the stream, as a relative time in it counts from there;
   * negative where that is not known well enough: it may have waited at the source, or we were kept
   * from reading.
   */
  private long executed(long start, long end, long receivedMillis) {
    BatchAge.Moments moments = state.age().between(start, end, receivedMillis);
    boolean known = moments.since() >= 0;
    if (!known && receivedMillis - heardMillis > KNOWN_TO_MILLIS) {
      // As far as it has come by now it may have waited for us, not this piece alone.
      waitedUpTo = Math.max(end, sourceOffset());
    }
    boolean waited = known ? moments.by() - moments.since() > KNOWN_TO_MILLIS : start < waitedUpTo;
    return waited ? -moments.by() : moments.by();
  }

  /** Where the source stands, or -1. */
  private long sourceOffset() {
    try (RedisConnection connection = client.connect()) {
      return connection.info("replication").replOffset();
    } catch (FaultException e) {
      // The connection that matters will tell; this is the newest that is known.
      return state.lag().sourceOffset();
    }
  }

  private void run(ReplicationPosition from) {
    ReplicationPosition position = from;
    if (from.isNone()) {
      trouble.asks();
    }
    try {
      while (!closed) {
        try {
          attempt(position);
        } catch (LostHistoryException e) {
          lost = e;
          fail(e.fault());
          return;
        } catch (FaultException e) {
          if (closed || !mayGoOn(e.fault())) {
            fail(closed ? e.fault() : cause(e.fault()));
            return;
          }
          recover(e.fault());
        }
        position = new ReplicationPosition(replId, received, -1);
      }
    } catch (Stopped e) {
      // The applying side ends the link.
    } catch (IOException | RuntimeException | Error e) {
      fail(Fault.fatal(FaultCode.INTERNAL, "receiving failed: " + e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void attempt(ReplicationPosition position) throws IOException, InterruptedException {
    PsyncSource current =
        new PsyncSource(
            client, client.node(), this, state::appliedOffset, PsyncSource.DEFAULT_SILENCE, clock);
    current.countAfter(countedAfter);
    current.heldUpTo(state.heldUpTo());
    current.masterLink(state.masterLink());
    source = current;
    if (closed) {
      current.close();
    }
    try {
      current.run(position);
    } finally {
      commandsBefore += current.commandsReceived();
      promised |= current.hasPromisedAll();
      state.streamEnds(current.announcedPort());
      source = null;
    }
  }

  /** A source whose snapshot fails tells so to nobody who waits for it. */
  private Fault cause(Fault fault) {
    boolean ended = promised && fault.code() == FaultCode.CONNECTION_LOST;
    boolean waits = !streaming && (ended || fault.code() == FaultCode.SOURCE_REFUSED);
    synchronized (this) {
      waits &= snapshot == null;
    }
    return waits ? trouble.beforeSnapshot(fault) : fault;
  }

  private boolean mayGoOn(Fault fault) {
    return streaming && (fault.retryable() || fault.code() == FaultCode.RELAY_FULL);
  }

  private void recover(Fault fault) throws Stopped, InterruptedException {
    state.log(LogLevel.WARN, "source: " + fault.message());
    state.retried();
    if (fault.code() == FaultCode.RELAY_FULL) {
      while (!closed && relay.waitingBytes() > maxWaitingBytes / 2) {
        state.control().pause(POLL_MILLIS);
      }
    } else {
      state.control().pause(retry.failed());
    }
  }

  private Fault refusedToResume(String newReplId) {
    return newReplId.equals(replId)
        ? Fault.fatal(
            FaultCode.BACKLOG_OVERRUN,
            "the source's backlog no longer reaches back to offset " + received)
        : Fault.fatal(FaultCode.SOURCE_REPLACED, "the source " + LinkFaults.doesNotKnow(replId));
  }

  private void fail(Fault fault) {
    synchronized (this) {
      if (failure == null) {
        failure = fault;
      }
    }
    relay.fail(fault);
  }
}
