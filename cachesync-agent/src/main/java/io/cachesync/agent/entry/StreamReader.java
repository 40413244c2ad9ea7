package io.cachesync.agent.entry;

/**
 * Cuts a replication stream into commands. Bytes are given as they come, in pieces of any size.
 *
 * <pre>
 * *2 CR LF $6 CR LF SELECT CR LF $1 CR LF 0 CR LF
 * </pre>
 *
 * <p>Any other first byte means that the position was lost; a bare line feed is counted and passed
 * over, as a replica does.
 */
public final class StreamReader {
  private static final int INITIAL_BYTES = 64 * 1024;
  private static final int KEPT_BYTES = 4 << 20;
  private static final int MAX_ARGUMENTS = 1 << 27;

  /** So that a number fits an int whatever its digits are. */
  private static final int MAX_DIGITS = 8;

  /** An argument of no bytes: a dollar, a digit, two line ends; with a command's head before it. */
  private static final int SHORTEST_ARGUMENT_BYTES = 6;

  private static final int SHORTEST_BYTES = 4 + SHORTEST_ARGUMENT_BYTES;

  private final StreamCommand command = new StreamCommand();
  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int limit;
  private long startOffset;
  private long receivedMillis;
  private int sourceLevel;

  // Where the command that begins at start has been read to, relative to it.
  private int scanned;
  private int arguments = -1;
  private int argument;

  /**
   * @param offset the source's offset of the last byte before the first one given
   */
  public StreamReader(long offset) {
    this.startOffset = offset;
  }

  /** The source's offset of the last byte of the last command. */
  public long offset() {
    return startOffset;
  }

  /** Bytes that are here and make no whole command yet. */
  public int pendingBytes() {
    return limit - start;
  }

  /**
   * By which version the bytes that are given from here on were written.
   *
   * @param level as {@link StreamCommand#sourceLevel}
   */
  public void writtenBy(int level) {
    sourceLevel = level;
  }

  /** Gives more bytes. The last command is no longer valid. */
  public void append(byte[] bytes, int offset, int length, long receivedAtMillis) {
    reserve(length);
    System.arraycopy(bytes, offset, buffer, limit, length);
    limit += length;
    receivedMillis = receivedAtMillis;
  }

  /** The next whole command, or null when more bytes are needed. */
  public StreamCommand next() throws StreamFormatException {
    while (arguments < 0 && start < limit && buffer[start] == '\n') {
      start++;
      startOffset++;
    }
    if (!scanWhole() && !scan()) {
      return null;
    }
    startOffset += scanned;
    command.place(buffer, start, scanned, startOffset);
    command.comes(receivedMillis, sourceLevel);
    start += scanned;
    scanned = 0;
    arguments = -1;
    return command;
  }

  /**
   * Cuts a command that is here as a whole, in one go: nearly all are. What is odd in any way is
   * left to {@link #scan}, which tells what.
   */
  private boolean scanWhole() {
    byte[] bytes = buffer;
    int from = start;
    int end = limit;
    if (arguments >= 0 || end - from < SHORTEST_BYTES || bytes[from] != '*') {
      return false;
    }
    int count = 0;
    int at = from + 1;
    int digit;
    while (at < end - 1 && (digit = bytes[at] - '0') >= 0 && digit <= 9) {
      count = count * 10 + digit;
      at++;
    }
    if (count == 0 || at - from > MAX_DIGITS || end - at < 2) {
      return false;
    }
    if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
      return false;
    }
    at += 2;
    StreamCommand into = command;
    into.begin(count);
    for (int i = 0; i < count; i++) {
      if (end - at < SHORTEST_ARGUMENT_BYTES || bytes[at] != '$') {
        return false;
      }
      int header = at++;
      int size = 0;
      while (at < end - 1 && (digit = bytes[at] - '0') >= 0 && digit <= 9) {
        size = size * 10 + digit;
        at++;
      }
      int digits = at - header - 1;
      if (digits == 0 || digits > MAX_DIGITS || end - at < size + 4L) {
        return false;
      }
      if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
        return false;
      }
      at += 2;
      into.argument(i, at - from, size);
      at += size + 2;
      if (bytes[at - 2] != '\r' || bytes[at - 1] != '\n') {
        return false;
      }
    }
    scanned = at - from;
    return true;
  }

  private boolean scan() throws StreamFormatException {
    if (arguments < 0) {
      int count = header('*', MAX_ARGUMENTS);
      if (count < 0) {
        return false;
      }
      if (count == 0) {
        throw new StreamFormatException("a command without a name");
      }
      arguments = count;
      argument = 0;
      command.begin(count);
    }
    while (argument < arguments) {
      int before = scanned;
      int size = header('$', Integer.MAX_VALUE - 64);
      if (size < 0) {
        return false;
      }
      if (limit - start - scanned < size + 2L) {
        scanned = before;
        return false;
      }
      command.argument(argument, scanned, size);
      scanned += size + 2;
      int end = start + scanned;
      if (buffer[end - 2] != '\r' || buffer[end - 1] != '\n') {
        throw new StreamFormatException("an argument does not end where its length says");
      }
      argument++;
    }
    return true;
  }

  /** Reads a length line, or returns -1 when it is not whole. */
  private int header(char type, int most) throws StreamFormatException {
    int at = start + scanned;
    if (at >= limit) {
      return -1;
    }
    if (buffer[at] != type) {
      throw new StreamFormatException(
          "expected '%s' in the replication stream, got the byte 0x%02x"
              .formatted(type, buffer[at] & 0xff));
    }
    long value = 0;
    int i = at + 1;
    for (; i < limit && buffer[i] != '\r'; i++) {
      int digit = buffer[i] - '0';
      if (digit < 0 || digit > 9) {
        throw new StreamFormatException("a length that is no number");
      }
      value = value * 10 + digit;
      if (value > most) {
        throw new StreamFormatException("a length of " + value + " or more");
      }
    }
    if (i + 1 >= limit) {
      return -1;
    }
    if (i == at + 1 || buffer[i + 1] != '\n') {
      throw new StreamFormatException("a length line that does not end with CR LF");
    }
    scanned = i + 2 - start;
    return (int) value;
  }

  private void reserve(int more) {
    if (buffer.length - limit >= more) {
      return;
    }
    int pending = limit - start;
    long needed = (long) pending + more;
    byte[] into = buffer;
    if (needed > buffer.length) {
      long size = Math.max(needed, Math.min(buffer.length * 2L, Integer.MAX_VALUE - 16));
      if (size > Integer.MAX_VALUE - 8) {
        throw new OutOfMemoryError("a command of more than 2 GB in the replication stream");
      }
      into = new byte[(int) size];
    } else if (buffer.length > KEPT_BYTES && needed <= INITIAL_BYTES) {
      into = new byte[INITIAL_BYTES];
    }
    System.arraycopy(buffer, start, into, 0, pending);
    buffer = into;
    start = 0;
    limit = pending;
  }
}
