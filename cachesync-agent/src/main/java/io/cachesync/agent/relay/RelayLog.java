package io.cachesync.agent.relay;

import io.cachesync.agent.entry.ByteSource;
import io.cachesync.contract.Fault;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The source's bytes as they came, one log per link: a ring in memory, written behind to files. One
 * thread appends, one reads the snapshot, one reads the stream.
 */
public final class RelayLog implements Closeable {
  private RelayLog() {}

  /** An empty log; whatever a former one left in the folder is removed. */
  public static RelayLog create(Path folder, RelayOptions options) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes up the stream that a former process left, up to its last whole record; a snapshot is
   * never taken up. Empty where there is nothing: then {@link #create}.
   */
  public static Optional<RelayLog> open(Path folder, RelayOptions options) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Begins anew with a snapshot: everything before is removed. */
  public void beginSnapshot(String replId, long offset) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Waits while more than the limit is unread. */
  public void appendSnapshot(byte[] buffer, int offset, int length)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  public void endSnapshot() {
    throw new UnsupportedOperationException();
  }

  /** The snapshot's bytes; ends after {@link #endSnapshot}. */
  public ByteSource snapshot() {
    throw new UnsupportedOperationException();
  }

  /**
   * The stream goes on under this id at this offset. Where the log ends elsewhere it begins anew
   * there.
   */
  public void resume(String replId, long offset) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Appends whole commands.
   *
   * @throws io.cachesync.contract.FaultException RELAY_FULL or DISK_FULL; what was appended before
   *     can still be read
   */
  public void append(
      byte[] buffer, int offset, int length, long startOffset, int database, long receivedMillis)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Nothing more will come: readers get this fault behind the last record. */
  public void fail(Fault fault) {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads from just after this offset on; it may lie inside a record.
   *
   * @throws IllegalArgumentException where {@link #contains} says no
   */
  public RelayReader reader(long offset) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Whether everything behind this offset is here, up to the end. */
  public boolean contains(String replId, long offset) {
    throw new UnsupportedOperationException();
  }

  /** Id of the last record, empty for an empty log. */
  public String replId() {
    throw new UnsupportedOperationException();
  }

  /** The lowest offset that can be read from, or -1 for an empty log. */
  public long firstOffset() {
    throw new UnsupportedOperationException();
  }

  /** Offset after the last record, or -1 for an empty log. */
  public long endOffset() {
    throw new UnsupportedOperationException();
  }

  /** What lies at or below this offset is applied and may be removed in its time. */
  public void trim(long appliedOffset) {
    throw new UnsupportedOperationException();
  }

  /** Bytes received that no reader has taken yet, snapshot and stream. */
  public long waitingBytes() {
    throw new UnsupportedOperationException();
  }

  public long diskBytes() {
    throw new UnsupportedOperationException();
  }

  /** Ends threads and closes files, which stay for {@link #open}. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
