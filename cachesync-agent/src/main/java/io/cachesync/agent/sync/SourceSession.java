package io.cachesync.agent.sync;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.relay.RelayOptions;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** One attachment to the source: its receiver, and the relay log that it fills. */
final class SourceSession implements AutoCloseable {
  private final RelayLog relay;
  private final Receiver receiver;

  /** Up to here the relay log was filled by a former process. */
  private final long replayedUpTo;

  private SourceSession(RelayLog relay, Receiver receiver, long replayedUpTo) {
    this.relay = relay;
    this.receiver = receiver;
    this.replayedUpTo = replayedUpTo;
  }

  /** Asks for a full sync. */
  static SourceSession fullSync(
      LinkSpec spec, RedisClient client, LinkState state, SnapshotTrouble trouble, Clock clock)
      throws IOException {
    long most = maxWaiting(spec);
    RelayLog relay = RelayLog.create(spec.workDir(), options(spec.sync(), most), clock);
    Receiver receiver = new Receiver(client, relay, state, most, trouble, clock);
    receiver.start(ReplicationPosition.NONE);
    return new SourceSession(relay, receiver, -1);
  }

  /**
   * Goes on from a checkpoint: out of the relay log that a former process left as far as it
   * reaches, and by a partial resync behind it. A log whose last records were lost may end before
   * the checkpoint: it still has what lies before.
   *
   * @param from where to begin, at or before the checkpoint
   * @param applied the checkpoint's offset: what lies before it was counted before
   */
  static SourceSession resume(
      LinkSpec spec,
      ReplicationPosition from,
      long applied,
      RedisClient client,
      LinkState state,
      SnapshotTrouble trouble,
      Clock clock)
      throws IOException, InterruptedException {
    long most = maxWaiting(spec);
    RelayOptions options = options(spec.sync(), most);
    Optional<RelayLog> left = RelayLog.open(spec.workDir(), options, clock);
    if (left.isPresent() && reaches(left.get(), from, applied)) {
      RelayLog relay = left.get();
      long end = relay.endOffset();
      Receiver receiver = new Receiver(client, relay, state, most, trouble, clock);
      receiver.countAfter(applied);
      receiver.start(new ReplicationPosition(relay.replId(), end, -1));
      return new SourceSession(relay, receiver, end);
    }
    left.ifPresent(SourceSession::closeQuietly);
    RelayLog relay = RelayLog.create(spec.workDir(), options, clock);
    relay.resume(from.replId(), from.offset());
    Receiver receiver = new Receiver(client, relay, state, most, trouble, clock);
    receiver.countAfter(applied);
    receiver.start(from);
    return new SourceSession(relay, receiver, -1);
  }

  /** Whether the log can be gone on from, so that all behind the beginning is there. */
  private static boolean reaches(RelayLog log, ReplicationPosition from, long applied)
      throws IOException, InterruptedException {
    // Beyond its end the offsets of the log's id and of the checkpoint's must be of one history.
    return log.contains(from.replId(), from.offset())
        && (log.contains(from.replId(), applied)
            || (log.endOffset() < applied && log.replId().equals(from.replId())));
  }

  /** Removes what the last attachment has left on disk; it must be closed. */
  static void discardLog(LinkSpec spec, Clock clock) throws IOException {
    RelayLog.create(spec.workDir(), options(spec.sync(), maxWaiting(spec)), clock).close();
  }

  /**
   * Keeps of what the last attachment has left on disk what the source has not lost; it must be
   * closed.
   *
   * @param upTo where the history goes on under this id
   * @return whether anything is left
   */
  static boolean cutLog(LinkSpec spec, Clock clock, long upTo, String replId) throws IOException {
    RelayOptions options = options(spec.sync(), maxWaiting(spec));
    return RelayLog.cut(spec.workDir(), options, clock, upTo, replId);
  }

  RelayLog relay() {
    return relay;
  }

  Receiver receiver() {
    return receiver;
  }

  long replayedUpTo() {
    return replayedUpTo;
  }

  @Override
  public void close() {
    receiver.close();
    try {
      receiver.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeQuietly(relay);
  }

  private static RelayOptions options(SyncSpec sync, long maxWaiting) {
    return new RelayOptions(
        (int) Math.min(1 << 30, sync.relayMemoryBytes()),
        RelayOptions.DEFAULT_SEGMENT_BYTES,
        maxWaiting,
        Duration.ofMinutes(15),
        RelayOptions.DEFAULT_KEEP_APPLIED_BYTES);
  }

  /**
   * Bytes that may wait: half of what a former log has and of the link's share of the free disk.
   * What the ring holds needs no disk, so that a full one is told by what could not be written.
   */
  private static long maxWaiting(LinkSpec spec) throws IOException {
    if (spec.sync().relayMaxBytes() > 0) {
      return spec.sync().relayMaxBytes();
    }
    Path folder = Files.createDirectories(spec.workDir());
    // Not by its file store, which a change of root hides.
    long free = folder.toFile().getUsableSpace() / spec.part().links();
    long left = RelayLog.leftBytes(folder);
    return Math.max(left + spec.sync().relayMemoryBytes(), (free + left) / 2);
  }

  private static void closeQuietly(RelayLog relay) {
    try {
      relay.close();
    } catch (IOException e) {
      // What is in the files of a relay log can be had from the source again.
    }
  }
}
