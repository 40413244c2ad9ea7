package io.cachesync.agent.source;

import java.io.IOException;

/**
 * Takes what the source sends, in this order: {@code writtenBy}, then either {@code fullSync},
 * {@code rdb} any number of times, {@code rdbEnd}, or {@code resumed}; then {@code stream} any
 * number of times. Called on the reading thread; what it throws ends the connection and comes out
 * of {@link PsyncSource#run}. Bytes are valid during the call only.
 */
public interface SourceSink {
  /** Whose commands the stream has that comes on this connection. */
  void writtenBy(StreamOrigin origin) throws IOException, InterruptedException;

  /**
   * A snapshot begins, also where resuming was asked for and the source refused: throw to go no
   * further.
   *
   * @param offset the stream behind the snapshot begins after this offset
   * @param rdbBytes size of the snapshot, or -1 where the source does not tell (diskless)
   */
  void fullSync(String replId, long offset, long rdbBytes) throws IOException, InterruptedException;

  void rdb(byte[] buffer, int offset, int length) throws IOException, InterruptedException;

  /** The snapshot was received to its last byte. Its own checksum is the reader's to check. */
  void rdbEnd() throws IOException, InterruptedException;

  /**
   * The stream goes on where it was asked to.
   *
   * @param replId the source's id from here on; another one than asked for after a failover
   * @param offset as asked for
   */
  void resumed(String replId, long offset) throws IOException, InterruptedException;

  /**
   * One or more whole commands.
   *
   * @param startOffset replication offset before the first byte; after the last one it is {@code
   *     startOffset + length}
   * @param database selected before the first command, or -1 where no SELECT was seen yet: then it
   *     is that of the position resumed from, or {@code RdbReader.replStreamDb()} after a full sync
   * @param receivedMillis when the bytes came, Unix time
   */
  void stream(
      byte[] buffer, int offset, int length, long startOffset, int database, long receivedMillis)
      throws IOException, InterruptedException;
}
