package io.cachesync.agent.resp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads RESP2 from a stream through its own buffer.
 *
 * <p>{@link #readToken()} allocates nothing and is for replies of a pipeline; {@link #read()} makes
 * a tree. The end of the stream is an {@link EOFException}, bytes that are not RESP2 a {@link
 * RespFormatException}; neither can be gone on from.
 */
public final class RespReader {
  public static final byte SIMPLE = '+';
  public static final byte ERROR = '-';
  public static final byte INTEGER = ':';
  public static final byte BULK = '$';
  public static final byte ARRAY = '*';

  /** A line longer than this is no reply of a Redis server. */
  private static final int MAX_LINE = 1 << 20;

  private static final int MAX_DEPTH = 32;
  private static final int DEFAULT_BUFFER = 4 * 1024;

  /** A buffer that reads fill grows up to this: a job with a large cluster has thousands. */
  private static final int EAGER_BUFFER = 64 * 1024;

  private final InputStream in;
  private byte[] buffer;
  private int position;
  private int limit;

  private int tokenOffset;
  private int tokenLength;
  private long tokenInteger;
  private int mostBytes = Integer.MAX_VALUE;

  public RespReader(InputStream in) {
    this(in, DEFAULT_BUFFER);
  }

  public RespReader(InputStream in, int bufferBytes) {
    this.in = in;
    this.buffer = new byte[Math.max(16, bufferBytes)];
  }

  /**
   * Reads the next element: a string, error or integer whole, of an array only its header, whose
   * elements follow as tokens of their own.
   *
   * @return the type byte
   */
  public byte readToken() throws IOException {
    int start = readLine();
    byte type = buffer[start];
    tokenOffset = start + 1;
    tokenLength = position - 2 - tokenOffset;
    tokenInteger = 0;
    switch (type) {
      case SIMPLE, ERROR -> {}
      case INTEGER -> tokenInteger = parseInteger(tokenOffset, tokenLength);
      case ARRAY -> {
        tokenInteger = parseLength();
        tokenLength = 0;
      }
      case BULK -> readBulk();
      default ->
          throw new RespFormatException(
              "expected a reply, got the byte 0x" + Integer.toHexString(type & 0xff));
    }
    return type;
  }

  /**
   * The same; of a string that is longer nothing is held, and it is told as a null.
   *
   * @param most bytes of a string
   */
  public byte readToken(int most) throws IOException {
    mostBytes = most;
    try {
      return readToken();
    } finally {
      mostBytes = Integer.MAX_VALUE;
    }
  }

  /** Holds the last token's bytes from {@link #offset()} on, until the next read. */
  public byte[] buffer() {
    return buffer;
  }

  public int offset() {
    return tokenOffset;
  }

  /** Length of the last string or error; 0 for a null. */
  public int length() {
    return tokenLength;
  }

  /** The last integer, the number of elements of the last array, -1 for a null string or array. */
  public long integer() {
    return tokenInteger;
  }

  /** Whether the last token was a simple string with exactly this ASCII text. */
  public boolean tokenIs(byte[] ascii) {
    if (tokenLength != ascii.length) {
      return false;
    }
    for (int i = 0; i < ascii.length; i++) {
      if (buffer[tokenOffset + i] != ascii[i]) {
        return false;
      }
    }
    return true;
  }

  /** The last token's text, for messages. */
  public String tokenText() {
    return new String(buffer, tokenOffset, tokenLength, StandardCharsets.UTF_8);
  }

  /** Takes an {@code OK} where that is what comes next and is here as a whole; else nothing. */
  public boolean takeOk() {
    int at = position;
    if (limit - at >= 5
        && buffer[at] == SIMPLE
        && buffer[at + 1] == 'O'
        && buffer[at + 2] == 'K'
        && buffer[at + 3] == '\r'
        && buffer[at + 4] == '\n') {
      position = at + 5;
      return true;
    }
    return false;
  }

  /** Whether there are bytes to be read without waiting, as far as the stream below can tell. */
  public boolean isReady() throws IOException {
    return position < limit || in.available() > 0;
  }

  /** Reads one whole reply. */
  public RespValue read() throws IOException {
    return read(0);
  }

  /** Reads one whole reply and forgets it. */
  public void skip() throws IOException {
    long left = 1;
    while (left > 0) {
      left--;
      if (readToken() == ARRAY && tokenInteger > 0) {
        left += tokenInteger;
      }
    }
  }

  /**
   * Reads a line that ends with LF, without its end, passing over empty ones: a master sends line
   * feeds while it prepares a snapshot.
   */
  public String readReplicationLine() throws IOException {
    while (true) {
      int end = indexOfLineFeed();
      int start = position;
      position = end + 1;
      if (end > start && buffer[end - 1] == '\r') {
        end--;
      }
      if (end > start) {
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
      }
    }
  }

  /** Takes raw bytes, first those read already. Returns -1 at the end of the stream. */
  public int readRaw(byte[] target, int offset, int length) throws IOException {
    int buffered = limit - position;
    if (buffered > 0) {
      int taken = Math.min(buffered, length);
      System.arraycopy(buffer, position, target, offset, taken);
      position += taken;
      return taken;
    }
    return in.read(target, offset, length);
  }

  /** First word of an error line. */
  static String errorPrefix(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != ' ') {
      end++;
    }
    return new String(bytes, offset, end - offset, StandardCharsets.US_ASCII);
  }

  /** First word of the last token, which is an error. */
  public String tokenErrorPrefix() {
    return errorPrefix(buffer, tokenOffset, tokenLength);
  }

  private RespValue read(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new RespFormatException("arrays nested more than " + MAX_DEPTH + " deep");
    }
    byte type = readToken();
    if (type == INTEGER) {
      return RespValue.integer(tokenInteger);
    }
    if (tokenInteger < 0) {
      return RespValue.nothing(type);
    }
    if (type != ARRAY) {
      byte[] bytes = new byte[tokenLength];
      System.arraycopy(buffer, tokenOffset, bytes, 0, tokenLength);
      return RespValue.text(type, bytes);
    }
    long count = tokenInteger;
    List<RespValue> elements = new ArrayList<>((int) Math.min(count, 1024));
    for (long i = 0; i < count; i++) {
      elements.add(read(depth + 1));
    }
    return RespValue.array(elements);
  }

  private void readBulk() throws IOException {
    long length = parseLength();
    tokenInteger = Math.min(length, 0);
    tokenLength = 0;
    if (length < 0) {
      return;
    }
    if (length > mostBytes) {
      tokenInteger = -1;
      pass(length);
      length = 0;
    }
    require((int) length + 2);
    tokenOffset = position;
    tokenLength = (int) length;
    position += tokenLength + 2;
    if (buffer[position - 2] != '\r' || buffer[position - 1] != '\n') {
      throw new RespFormatException("a string does not end where its length says");
    }
  }

  private void pass(long bytes) throws IOException {
    for (long left = bytes; left > 0; ) {
      require(1);
      int here = (int) Math.min(left, limit - position);
      position += here;
      left -= here;
    }
  }

  private long parseLength() throws RespFormatException {
    long length = parseInteger(tokenOffset, tokenLength);
    if (length < -1 || length > Integer.MAX_VALUE - 16) {
      throw new RespFormatException("impossible length " + length);
    }
    return length;
  }

  private long parseInteger(int offset, int length) throws RespFormatException {
    int at = offset;
    int end = offset + length;
    boolean negative = length > 0 && buffer[at] == '-';
    if (negative) {
      at++;
    }
    if (at >= end || end - at > 19) {
      throw new RespFormatException("expected a number");
    }
    long value = 0;
    for (; at < end; at++) {
      int digit = buffer[at] - '0';
      if (digit < 0 || digit > 9) {
        throw new RespFormatException("expected a number");
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  /** Moves past a line that ends with CR LF and returns where it starts. */
  private int readLine() throws IOException {
    int end = indexOfLineFeed();
    int start = position;
    if (end - start < 2 || buffer[end - 1] != '\r') {
      throw new RespFormatException("a line does not end with CR LF");
    }
    position = end + 1;
    return start;
  }

  private int indexOfLineFeed() throws IOException {
    int scanned = 0;
    while (true) {
      for (int i = position + scanned; i < limit; i++) {
        if (buffer[i] == '\n') {
          return i;
        }
      }
      scanned = limit - position;
      if (scanned > MAX_LINE) {
        throw new RespFormatException("a line is longer than " + MAX_LINE + " bytes");
      }
      require(scanned + 1);
    }
  }

  /** Reads until so many bytes stand behind the position; may move them inside the buffer. */
  private void require(int bytes) throws IOException {
    if (limit - position >= bytes) {
      return;
    }
    if (buffer.length - position < bytes) {
      boolean wasFull = limit == buffer.length && buffer.length < EAGER_BUFFER;
      byte[] into = buffer.length < bytes || wasFull ? new byte[grown(bytes)] : buffer;
      System.arraycopy(buffer, position, into, 0, limit - position);
      limit -= position;
      position = 0;
      buffer = into;
    }
    while (limit - position < bytes) {
      int read = in.read(buffer, limit, buffer.length - limit);
      if (read < 0) {
        throw new EOFException("the connection ended inside a reply");
      }
      limit += read;
    }
  }

  private int grown(int bytes) {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(bytes, buffer.length * 2L));
  }
}
