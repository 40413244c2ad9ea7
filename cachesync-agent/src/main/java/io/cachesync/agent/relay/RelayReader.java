package io.cachesync.agent.relay;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads a relay log's stream in order, from memory while it keeps up, otherwise from disk. For one
 * thread; a log has one reader at a time.
 */
public final class RelayReader implements Closeable {
  private static final int BUFFER_BYTES = 256 * 1024;

  /** A buffer that one huge record has grown is given back behind it. */
  private static final int KEPT_BYTES = 8 * 1024 * 1024;

  private final ByteLog log;
  private final SegmentCursor cursor = new SegmentCursor();
  private final CRC32C crc = new CRC32C();
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  /** Where in the buffer the next record begins, and where the bytes end. */
  private int start;

  private int limit;

  /** Position in the log of the buffer's start. */
  private long base;

  private final long skipToOffset;
  private final boolean probing;
  private byte[] replIdBytes = RecordHeader.replIdBytes("");
  private String replId = "";

  RelayReader(ByteLog log, long position, long offset) {
    this(log, position, offset, false);
  }

  private RelayReader(ByteLog log, long position, long offset, boolean probing) {
    this.log = log;
    this.base = position;
    this.skipToOffset = offset;
    this.probing = probing;
  }

  /** One that looks without counting what it reads as read. */
  static RelayReader probe(ByteLog log, long position, long offset) {
    return new RelayReader(log, position, offset, true);
  }

  /**
   * Waits for the next record. Coming back for it says that the one before is dealt with as far as
   * the log is concerned.
   *
   * @param timeoutMillis 0 = do not wait
   * @return false when there was none in time
   * @throws FaultException what {@link RelayLog#fail} was given, once every record before it was
   *     read; STREAM_CORRUPT for a damaged file
   */
  public boolean next(RelayRecord into, long timeoutMillis)
      throws IOException, InterruptedException {
    while (true) {
      if (!require(RecordHeader.LEAST_BYTES, timeoutMillis)) {
        return false;
      }
      int length = RecordHeader.length(buffer, start);
      if (length < 0) {
        throw damaged();
      }
      int header = RecordHeader.bytes(buffer, start);
      if (!require(header + length, timeoutMillis)) {
        return false;
      }
      if (!RecordHeader.isIntact(buffer, start, length, crc)) {
        throw damaged();
      }
      take(into, length);
      start += header + length;
      if (into.endOffset() > skipToOffset) {
        skipUpTo(into);
        return true;
      }
    }
  }

  @Override
  public void close() throws IOException {
    cursor.close();
  }

  /** Position in the log behind the last record. */
  long position() {
    return base + start;
  }

  private void take(RelayRecord into, int length) {
    if (!RecordHeader.hasReplId(buffer, start, replIdBytes)) {
      replId = RecordHeader.replId(buffer, start);
      replIdBytes = RecordHeader.replIdBytes(replId);
    }
    into.buffer = buffer.array();
    into.offset = start + RecordHeader.bytes(buffer, start);
    into.length = length;
    into.startOffset = RecordHeader.startOffset(buffer, start);
    into.database = RecordHeader.database(buffer, start);
    into.receivedMillis = RecordHeader.receivedMillis(buffer, start);
    into.replId = replId;
    into.level = RecordHeader.level(buffer, start);
  }

  private void skipUpTo(RelayRecord record) {
    int skipped = (int) (skipToOffset - record.startOffset);
    if (skipped > 0) {
      record.offset += skipped;
      record.length -= skipped;
      record.startOffset += skipped;
      record.database = -1;
    }
  }

  /** Returns false when so many bytes are not there in time. */
  private boolean require(int bytes, long timeoutMillis) throws IOException, InterruptedException {
    while (limit - start < bytes) {
      makeRoom(bytes);
      int read =
          log.read(
              cursor,
              base + limit,
              probing ? 0 : base + start,
              buffer.array(),
              limit,
              buffer.capacity() - limit,
              timeoutMillis);
      if (read <= 0) {
        return false;
      }
      limit += read;
    }
    return true;
  }

  private void makeRoom(int bytes) {
    int kept = limit - start;
    if (start > 0 && (kept == 0 || buffer.capacity() - start < bytes)) {
      byte[] from = buffer.array();
      if (buffer.capacity() > KEPT_BYTES && bytes <= BUFFER_BYTES && kept < BUFFER_BYTES / 2) {
        buffer = ByteBuffer.allocate(BUFFER_BYTES);
      }
      System.arraycopy(from, start, buffer.array(), 0, kept);
      base += start;
      start = 0;
      limit = kept;
    }
    if (buffer.capacity() < bytes) {
      long size = Math.max(bytes, Math.min(buffer.capacity() * 2L, Integer.MAX_VALUE - 8));
      buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), (int) size));
    }
  }

  private FaultException damaged() {
    return new FaultException(
        Fault.retryable(
            FaultCode.STREAM_CORRUPT,
            "the relay log is damaged at position " + position() + " of its stream"));
  }
}
