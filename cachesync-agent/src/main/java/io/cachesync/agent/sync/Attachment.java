package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.source.LostHistoryException;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LogLevel;
import java.io.IOException;
import java.time.Clock;

/**
 * The link's hold on its source: the present session, if there is one, and the next. For the
 * applying thread; what is there may be looked at and ended by any.
 */
final class Attachment {
  private final LinkSpec spec;
  private final RedisClient client;
  private final LinkState state;
  private final Clock clock;
  private final SnapshotTrouble trouble;
  private volatile SourceSession session;
  private volatile Receiver receiver;

  Attachment(LinkSpec spec, RedisClient client, LinkState state, Clock clock) {
    this.spec = spec;
    this.client = client;
    this.state = state;
    this.clock = clock;
    this.trouble = new SnapshotTrouble(client);
  }

  /** The present session, or null. */
  SourceSession session() {
    return session;
  }

  /** The last receiver, also after it has ended; null before the first. */
  Receiver receiver() {
    return receiver;
  }

  /** Why what the present session received last is of no history any more, or null. */
  LostHistoryException lost() {
    SourceSession current = session;
    return current == null ? null : current.receiver().lost();
  }

  /** Whether the present session has ended by this. */
  boolean hasEndedBy(Fault fault) {
    SourceSession current = session;
    return current != null && fault.equals(current.receiver().failure());
  }

  /**
   * Why keys cannot be fetched beside what is received: where nothing more is received, that is
   * why, and it is told instead of being tried again for ever.
   */
  Fault cause(OtherHistoryException found) {
    SourceSession current = session;
    Fault end = current == null ? null : current.receiver().failure();
    return end == null ? found.fault() : end;
  }

  /** Asks for a full sync. */
  SourceSession fullSync() throws IOException {
    close();
    return attach(SourceSession.fullSync(spec, client, state, trouble, clock));
  }

  /**
   * The session in which the stream can be read from a checkpoint on: the present one, or another
   * where that has ended.
   *
   * @param begin offset from which on the stream is needed, at or before the checkpoint
   * @param beginDatabase selected at the source there
   */
  SourceSession goOn(Checkpoint from, long begin, int beginDatabase)
      throws IOException, InterruptedException {
    SourceSession current = session;
    if (current != null
        && current.receiver().failure() == null
        && current.relay().contains(from.replId(), from.offset())
        && current.relay().contains(from.replId(), begin)) {
      state.tally().at(from.ledger());
      return current;
    }
    close();
    // The new receiver counts from here.
    state.tally().attached(from.ledger(), from.offset());
    ReplicationPosition at = new ReplicationPosition(from.replId(), begin, beginDatabase);
    SourceSession resumed =
        SourceSession.resume(spec, at, from.offset(), client, state, trouble, clock);
    state.log(LogLevel.INFO, "going on from offset " + from.offset());
    return attach(resumed);
  }

  /** Wakes whoever waits for bytes of the source. From any thread. */
  void leave() {
    SourceSession current = session;
    if (current != null) {
      current.receiver().close();
    }
  }

  /** What the log cannot give back is asked of the source again. */
  void discardLog() throws IOException {
    close();
    SourceSession.discardLog(spec, clock);
    state.log(LogLevel.WARN, "the relay log is discarded; the source is asked again");
  }

  /**
   * What the source has lost goes from the log. What lies before it stays: a source that was
   * started again has nothing of that any more, and the target may not stand behind it yet.
   */
  void cutLog(LostHistoryException lost) throws IOException {
    close();
    boolean any = SourceSession.cutLog(spec, clock, lost.upTo(), lost.newReplId());
    state.log(
        LogLevel.INFO,
        any
            ? "the relay log is cut behind offset %d; the source is asked for what follows"
                .formatted(lost.upTo())
            : "the relay log has nothing before what the source has lost");
  }

  /** From any thread. */
  synchronized void close() {
    SourceSession current = session;
    if (current != null) {
      session = null;
      current.close();
    }
  }

  private SourceSession attach(SourceSession next) {
    session = next;
    receiver = next.receiver();
    return next;
  }
}
