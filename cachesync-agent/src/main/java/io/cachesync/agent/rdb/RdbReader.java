package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import java.io.IOException;

/** Walks a snapshot key by key without decoding values. Not for more than one thread. */
public final class RdbReader {
  /** A value over this is a fault: no server takes an argument of more than 512 MB by default. */
  public static final int DEFAULT_MAX_VALUE_BYTES = 512 * 1024 * 1024;

  private final ByteSource in;
  private final int maxValueBytes;

  public RdbReader(ByteSource in) {
    this(in, DEFAULT_MAX_VALUE_BYTES);
  }

  public RdbReader(ByteSource in, int maxValueBytes) {
    this.in = in;
    this.maxValueBytes = maxValueBytes;
  }

  /**
   * Reads up to the next key, function library, script, or the end.
   *
   * @param into filled for all but the end; valid until the next call
   * @throws RdbFormatException RDB_CORRUPT, RDB_UNSUPPORTED or VALUE_TOO_LARGE
   */
  public RdbRecord next(KeyValue into) throws IOException {
    throw new UnsupportedOperationException("snapshot of " + in + " up to " + maxValueBytes);
  }

  /** Version of the format, 0 before the first {@link #next}. */
  public int version() {
    throw new UnsupportedOperationException();
  }

  /** Bytes up to the end of what {@link #next} returned last. */
  public long bytesRead() {
    throw new UnsupportedOperationException();
  }

  /** The database that the stream behind the snapshot begins in, or -1 where it does not tell. */
  public int replStreamDb() {
    throw new UnsupportedOperationException();
  }

  /** Version of the server that wrote it (AUX redis-ver or valkey-ver), empty below 3.2. */
  public String serverVersion() {
    throw new UnsupportedOperationException();
  }

  /** Keys that the databases begun so far have announced (3.2 and later), or 0. */
  public long keysAnnounced() {
    throw new UnsupportedOperationException();
  }

  /** Whether there was data of modules outside of keys, which cannot be forwarded. */
  public boolean hasModuleAux() {
    throw new UnsupportedOperationException();
  }
}
