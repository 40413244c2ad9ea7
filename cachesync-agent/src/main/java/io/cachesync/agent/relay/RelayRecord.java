package io.cachesync.agent.relay;

/** One or more whole commands of the stream. Reused: valid until the next one is read. */
public final class RelayRecord {
  byte[] buffer = new byte[64 * 1024];
  int offset;
  int length;
  long startOffset;
  int database;
  long receivedMillis;
  String replId = "";
  int level;

  public byte[] buffer() {
    return buffer;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /** Replication offset before the first byte. */
  public long startOffset() {
    return startOffset;
  }

  /** Replication offset after the last byte. */
  public long endOffset() {
    return startOffset + length;
  }

  /**
   * The database selected before the first command, or -1 for the one that was selected where the
   * record before ended: no SELECT was seen since, or reading began inside a record.
   */
  public int database() {
    return database;
  }

  /** When the bytes came, Unix time; negative where they may have waited at the source before. */
  public long receivedMillis() {
    return receivedMillis;
  }

  public String replId() {
    return replId;
  }

  /** The version of Redis whose commands these are, as major * 100 + minor; 0 where not known. */
  public int level() {
    return level;
  }
}
