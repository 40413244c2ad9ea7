package io.cachesync.agent.relay;

import io.cachesync.agent.entry.ByteSource;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The source's bytes as they came, one log per link: a ring in memory, written behind to files. One
 * thread appends, one reads the snapshot, one reads the stream.
 */
public final class RelayLog implements Closeable {
  private static final String SNAPSHOT = "rdb";
  private static final String STREAM = "stream";
  private static final byte[] NO_HEADER = new byte[0];
  private static final long WAIT_MILLIS = 1000;

  private final Path folder;
  private final RelayOptions options;
  private final Clock clock;
  private final ByteBuffer header = ByteBuffer.allocate(RecordHeader.BYTES);
  private final CRC32C crc = new CRC32C();

  private volatile ByteLog stream;
  private volatile ByteLog snapshot;
  private volatile String replId = "";
  private volatile End end = new End(-1, 0);
  private int appendedBytes;

  /** Whoever has read a record must be able to go on behind it. */
  private final Runnable moveEnd = this::moveEnd;

  private byte[] replIdBytes = RecordHeader.replIdBytes("");

  private RelayLog(
      Path folder, RelayOptions options, Clock clock, List<Segment> segments, String replId) {
    this.folder = folder;
    this.options = options;
    this.clock = clock;
    this.stream = new ByteLog(folder, STREAM, true, options, clock, segments);
    adopt(replId);
  }

  /** An empty log; whatever a former one left in the folder is removed. */
  public static RelayLog create(Path folder, RelayOptions options, Clock clock) throws IOException {
    Files.createDirectories(folder);
    removeFiles(folder, SNAPSHOT);
    removeFiles(folder, STREAM);
    return new RelayLog(folder, options, clock, List.of(), "");
  }

  /**
   * Takes up the stream that a former process left, up to its last whole record; a snapshot is
   * never taken up. Empty where there is nothing: then {@link #create}.
   */
  public static Optional<RelayLog> open(Path folder, RelayOptions options, Clock clock)
      throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    RelayRecovery recovery = new RelayRecovery(folder, STREAM);
    List<Segment> segments = recovery.run();
    if (segments.isEmpty()) {
      return Optional.empty();
    }
    removeFiles(folder, SNAPSHOT);
    RelayLog log = new RelayLog(folder, options, clock, segments, recovery.replId());
    log.end = new End(recovery.endOffset(), log.stream.head());
    return Optional.of(log);
  }

  /**
   * Cuts a log that is closed behind this offset: from there on its stream goes on under another
   * id, as the source has lost the rest.
   *
   * @param offset between two commands
   * @return whether anything of it is left; where nothing is, the folder has no log any more
   */
  public static boolean cut(
      Path folder, RelayOptions options, Clock clock, long offset, String newReplId)
      throws IOException {
    RelayRecovery recovery = new RelayRecovery(folder, STREAM);
    if (recovery.cut(offset, newReplId)) {
      return true;
    }
    create(folder, options, clock).close();
    return false;
  }

  /** Bytes on disk that a former log has left in the folder. */
  public static long leftBytes(Path folder) throws IOException {
    long bytes = 0;
    for (String prefix : List.of(SNAPSHOT, STREAM)) {
      for (Path file : RelayRecovery.files(folder, prefix)) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /**
   * Begins anew with a snapshot: everything before is removed, who reads it gets an exception.
   *
   * @param offset the stream behind it begins after this
   */
  public void beginSnapshot(String newReplId, long offset) throws IOException {
    releaseSnapshot();
    beginStream(newReplId, offset);
    snapshot = new ByteLog(folder, SNAPSHOT, false, options, clock, List.of());
  }

  /** Waits while more than the limit is unread. */
  public void appendSnapshot(byte[] buffer, int offset, int length)
      throws IOException, InterruptedException {
    ByteLog log = snapshot;
    if (log == null) {
      throw new IOException("the relay log has no snapshot");
    }
    log.append(NO_HEADER, buffer, offset, length, 0, () -> {});
  }

  /** The last byte of the snapshot has been appended. */
  public void endSnapshot() {
    ByteLog log = snapshot;
    if (log != null) {
      log.end();
    }
  }

  /**
   * The snapshot's bytes; ends after {@link #endSnapshot}, and its memory and files are then given
   * back. An interrupted thread gets an {@link InterruptedIOException}.
   */
  public ByteSource snapshot() {
    return new SnapshotSource(snapshot);
  }

  /**
   * The stream goes on under this id at this offset. Where the log ends elsewhere it begins anew
   * there, and who reads it gets an exception.
   */
  public void resume(String newReplId, long offset) throws IOException {
    if (end.offset() == offset) {
      adopt(newReplId);
      stream.fail(null);
    } else {
      beginStream(newReplId, offset);
    }
  }

  /**
   * Appends whole commands.
   *
   * @param startOffset where the log ends
   * @param level as {@link RelayRecord#level}
   * @throws io.cachesync.contract.FaultException RELAY_FULL or DISK_FULL; what was appended before
   *     can still be read
   */
  public void append(
      byte[] buffer,
      int offset,
      int length,
      long startOffset,
      int database,
      long receivedMillis,
      int level)
      throws IOException, InterruptedException {
    if (startOffset != end.offset()) {
      throw new IllegalArgumentException(
          "the log ends at " + end.offset() + ", the record begins at " + startOffset);
    }
    RecordHeader.write(
        header,
        crc,
        replIdBytes,
        buffer,
        offset,
        length,
        startOffset,
        database,
        receivedMillis,
        level);
    appendedBytes = length;
    stream.append(header.array(), buffer, offset, length, startOffset, moveEnd);
  }

  private void moveEnd() {
    End former = end;
    end =
        new End(
            former.offset() + appendedBytes,
            former.position() + RecordHeader.BYTES + appendedBytes);
  }

  /** Nothing more will come, until {@link #resume}: readers get this behind the last record. */
  public void fail(Fault fault) {
    stream.fail(fault);
    ByteLog log = snapshot;
    if (log != null) {
      log.fail(fault);
    }
  }

  /** Why nothing more comes, or null. */
  public Fault failure() {
    return stream.failure();
  }

  /**
   * Reads from just after this offset on; it may lie inside a record. A reader that was made before
   * must not be used any more.
   *
   * @throws FaultException STREAM_CORRUPT, retryable, where it is not here any more
   * @throws IllegalArgumentException where it is not here yet
   */
  public RelayReader reader(long offset) throws IOException {
    ByteLog log = stream;
    End now = end;
    long position = now.position();
    if (offset != now.offset()) {
      position = offset > now.offset() ? -1 : log.positionBefore(offset);
    }
    if (position < 0 && offset <= now.offset()) {
      throw new FaultException(
          Fault.retryable(
              FaultCode.STREAM_CORRUPT,
              "offset " + offset + " is not in the relay log any more: its disk was too late"));
    }
    if (position < 0) {
      throw new IllegalArgumentException("offset " + offset + " is not in the relay log");
    }
    log.seek(position);
    return new RelayReader(log, position, offset);
  }

  /**
   * Whether everything behind this offset is here, up to the end, where the offset is one of this
   * id. The present id goes on from the ones before it, not the other way round.
   */
  public boolean contains(String id, long offset) throws IOException, InterruptedException {
    if (offset < firstOffset() || offset > end.offset() || offset < 0) {
      return false;
    }
    return id.equals(replId) || id.equals(replIdAt(offset));
  }

  /** Id of the last record, or of what was begun last; empty for an empty log. */
  public String replId() {
    return replId;
  }

  /** The lowest offset that can be read from, or -1 for an empty log. */
  public long firstOffset() {
    long first = stream.firstOffset();
    return first < 0 ? end.offset() : first;
  }

  /** Offset after the last record, or -1 for an empty log. */
  public long endOffset() {
    return end.offset();
  }

  /** What lies at or below this offset is applied and may be removed in its time. */
  public void trim(long appliedOffset) {
    stream.trim(appliedOffset);
  }

  /** Bytes received that no reader has taken yet, snapshot and stream. */
  public long waitingBytes() {
    ByteLog log = snapshot;
    return stream.waitingBytes() + (log == null ? 0 : log.waitingBytes());
  }

  public long diskBytes() {
    ByteLog log = snapshot;
    return stream.diskBytes() + (log == null ? 0 : log.diskBytes());
  }

  /** Ends threads and closes files, of which the stream's stay for {@link #open}. */
  @Override
  public void close() throws IOException {
    stream.close();
    releaseSnapshot();
  }

  /** Id of the record that the byte at this offset came in; empty where there is none. */
  private String replIdAt(long offset) throws IOException, InterruptedException {
    long position = stream.positionBefore(offset);
    if (position < 0) {
      return "";
    }
    RelayRecord record = new RelayRecord();
    try (RelayReader probe = RelayReader.probe(stream, position, offset - 1)) {
      return probe.next(record, 0) ? record.replId() : "";
    }
  }

  private void beginStream(String newReplId, long offset) throws IOException {
    stream.discard();
    removeFiles(folder, STREAM);
    stream = new ByteLog(folder, STREAM, true, options, clock, List.of());
    adopt(newReplId);
    end = new End(offset, 0);
  }

  private void adopt(String newReplId) {
    replId = newReplId;
    replIdBytes = RecordHeader.replIdBytes(newReplId);
  }

  private void releaseSnapshot() throws IOException {
    ByteLog log = snapshot;
    snapshot = null;
    if (log != null) {
      log.discard();
    }
  }

  private static void removeFiles(Path folder, String prefix) throws IOException {
    for (Path file : RelayRecovery.files(folder, prefix)) {
      Files.delete(file);
    }
  }

  /**
   * Where the last whole record ends: a reader must not begin inside one that is being appended.
   */
  private record End(long offset, long position) {}

  /** Pulls a snapshot out of its log. */
  private final class SnapshotSource implements ByteSource {
    private final ByteLog log;
    private final SegmentCursor cursor = new SegmentCursor();
    private long position;

    SnapshotSource(ByteLog log) {
      this.log = log;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (log == null) {
        throw new IOException("the relay log has no snapshot");
      }
      try {
        int read = 0;
        while (read == 0) {
          read = log.read(cursor, position, position, buffer, offset, length, WAIT_MILLIS);
        }
        if (read < 0) {
          cursor.close();
          if (snapshot == log) {
            releaseSnapshot();
          }
        } else {
          position += read;
        }
        return read;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading the snapshot");
      }
    }
  }
}
