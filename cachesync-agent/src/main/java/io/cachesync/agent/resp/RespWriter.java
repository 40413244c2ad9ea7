package io.cachesync.agent.resp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds commands in a growing buffer. A command is {@link #begin} followed by exactly as many
 * arguments.
 */
public final class RespWriter {
  /** A buffer that one huge argument has grown is given back at the next {@link #clear()}. */
  private static final int KEPT_BYTES = 4 * 1024 * 1024;

  /** Little: a job with a large cluster has thousands. */
  private static final int INITIAL_BYTES = 4 * 1024;

  /** Below it lengths have at most three digits. */
  private static final int SHORT_BYTES = 1000;

  private final int initialBytes;
  private byte[] buffer;
  private int length;

  // Bytes that are not copied, and where between the others they belong.
  private byte[] slice;
  private int sliceOffset;
  private int sliceLength;
  private int sliceAt;

  public RespWriter() {
    this(INITIAL_BYTES);
  }

  public RespWriter(int initialBytes) {
    this.initialBytes = Math.max(64, initialBytes);
    this.buffer = new byte[this.initialBytes];
  }

  /** Starts a command of so many words, its name included. */
  public RespWriter begin(int words) {
    return header((byte) '*', words);
  }

  public RespWriter arg(byte[] bytes) {
    return arg(bytes, 0, bytes.length);
  }

  public RespWriter arg(byte[] bytes, int offset, int count) {
    if (count >= SHORT_BYTES) {
      return beginArg(count).raw(bytes, offset, count).endArg();
    }
    // Nearly all are short: at once, without asking for room again and again.
    reserve(SHORT_BYTES + 16);
    byte[] into = buffer;
    int at = length;
    into[at++] = '$';
    if (count >= 100) {
      into[at++] = (byte) ('0' + count / 100);
    }
    if (count >= 10) {
      into[at++] = (byte) ('0' + count / 10 % 10);
    }
    into[at++] = (byte) ('0' + count % 10);
    into[at++] = '\r';
    into[at++] = '\n';
    System.arraycopy(bytes, offset, into, at, count);
    at += count;
    into[at++] = '\r';
    into[at++] = '\n';
    length = at;
    return this;
  }

  public RespWriter arg(String text) {
    return arg(text.getBytes(StandardCharsets.UTF_8));
  }

  public RespWriter arg(long number) {
    beginArg(digits(number));
    number(number);
    return endArg();
  }

  /**
   * Starts an argument whose bytes follow by {@link #raw}, so many in all; then {@link #endArg}.
   */
  public RespWriter beginArg(int count) {
    return header((byte) '$', count);
  }

  public RespWriter endArg() {
    reserve(2);
    buffer[length++] = '\r';
    buffer[length++] = '\n';
    return this;
  }

  /** Appends bytes as they are: part of an argument, or whole commands. */
  public RespWriter raw(byte[] bytes, int offset, int count) {
    reserve(count);
    System.arraycopy(bytes, offset, buffer, length, count);
    length += count;
    return this;
  }

  /**
   * Appends bytes as they are without copying them: they must stay as they are until {@link
   * #writeTo}. One such piece at a time; {@link #buffer()} and {@link #length()} are without it.
   */
  public RespWriter slice(byte[] bytes, int offset, int count) {
    if (slice != null) {
      throw new IllegalStateException("a second piece that is not copied");
    }
    slice = bytes;
    sliceOffset = offset;
    sliceLength = count;
    sliceAt = length;
    return this;
  }

  /** Length of the piece that is not copied, 0 where there is none. */
  public int sliceLength() {
    return sliceLength;
  }

  /** A whole command. */
  public RespWriter command(String... words) {
    begin(words.length);
    for (String word : words) {
      arg(word);
    }
    return this;
  }

  /** A whole command. */
  public RespWriter command(byte[]... words) {
    begin(words.length);
    for (byte[] word : words) {
      arg(word);
    }
    return this;
  }

  public byte[] buffer() {
    return buffer;
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** Forgets everything from this length on. */
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException("length " + newLength + " of " + length);
    }
    length = newLength;
  }

  public void clear() {
    length = 0;
    slice = null;
    sliceLength = 0;
    if (buffer.length > KEPT_BYTES && buffer.length > initialBytes) {
      buffer = new byte[initialBytes];
    }
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, length);
  }

  /** Writes everything and is empty afterwards. Does not flush. */
  public void writeTo(OutputStream out) throws IOException {
    if (slice == null) {
      out.write(buffer, 0, length);
    } else {
      out.write(buffer, 0, sliceAt);
      out.write(slice, sliceOffset, sliceLength);
      out.write(buffer, sliceAt, length - sliceAt);
    }
    clear();
  }

  private RespWriter header(byte type, int number) {
    reserve(14);
    buffer[length++] = type;
    number(number);
    return endArg();
  }

  private void number(long value) {
    if (value >= 0 && value < 100) {
      reserve(2);
      if (value >= 10) {
        buffer[length++] = (byte) ('0' + (int) value / 10);
      }
      buffer[length++] = (byte) ('0' + (int) value % 10);
      return;
    }
    int digits = digits(value);
    reserve(digits);
    int at = length + digits;
    length = at;
    // Counting on the negative side: it alone holds Long.MIN_VALUE.
    long rest = value < 0 ? value : -value;
    do {
      buffer[--at] = (byte) ('0' - rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      buffer[--at] = '-';
    }
  }

  private static int digits(long value) {
    int digits = value < 0 ? 2 : 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private void reserve(int more) {
    if (buffer.length - length < more) {
      long wanted = Math.max((long) length + more, buffer.length * 2L);
      if ((long) length + more > Integer.MAX_VALUE - 8) {
        throw new OutOfMemoryError("a command of more than 2 GB");
      }
      buffer = Arrays.copyOf(buffer, (int) Math.min(Integer.MAX_VALUE - 8, wanted));
    }
  }
}
