package io.cachesync.agent.entry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One command of a replication stream, as a view into its reader's buffer. Reused: valid until the
 * reader is asked for the next one or given more bytes.
 */
public final class StreamCommand {
  private byte[] buffer = new byte[0];
  private int start;
  private int length;
  private long endOffset;
  private long receivedMillis;
  private int sourceLevel;
  private int count;
  // Relative to start, so that they survive a move inside the buffer.
  private int[] offsets = new int[16];
  private int[] lengths = new int[16];

  /** Holds all arguments. */
  public byte[] buffer() {
    return buffer;
  }

  /** Where the command's own bytes begin, the {@code *} included. */
  public int start() {
    return start;
  }

  /** Number of the command's own bytes. */
  public int length() {
    return length;
  }

  /** The source's offset of the last byte of this command. */
  public long endOffset() {
    return endOffset;
  }

  /** When the source's bytes were received, Unix time in milliseconds. */
  public long receivedMillis() {
    return Math.abs(receivedMillis);
  }

  /** Whether the source may have executed it long before: a relative time says little then. */
  public boolean isTimeUncertain() {
    return receivedMillis < 0;
  }

  /**
   * The version of Redis that has written it, as major * 100 + minor; 0 where it is not known. What
   * it means may hang on that.
   */
  public int sourceLevel() {
    return sourceLevel;
  }

  /** Number of arguments, the name included. */
  public int count() {
    return count;
  }

  public int offset(int argument) {
    return start + offsets[argument];
  }

  public int length(int argument) {
    return lengths[argument];
  }

  /** A copy of an argument. */
  public byte[] bytes(int argument) {
    int from = offset(argument);
    return Arrays.copyOfRange(buffer, from, from + lengths[argument]);
  }

  /** An argument as text, for messages. */
  public String text(int argument) {
    return new String(buffer, offset(argument), lengths[argument], StandardCharsets.UTF_8);
  }

  /** Whether an argument is this word, in any mixture of case. */
  public boolean is(int argument, String upperCaseWord) {
    int size = lengths[argument];
    if (size != upperCaseWord.length()) {
      return false;
    }
    int from = offset(argument);
    for (int i = 0; i < size; i++) {
      int b = buffer[from + i];
      if ((b >= 'a' && b <= 'z' ? b - ('a' - 'A') : b) != upperCaseWord.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether an argument is a decimal integer that fits a long. */
  public boolean isNumber(int argument) {
    int size = lengths[argument];
    int from = offset(argument);
    int digits = size > 0 && buffer[from] == '-' ? 1 : 0;
    if (size == digits || size - digits > 18) {
      return size - digits == 19 && isLong(argument);
    }
    for (int i = digits; i < size; i++) {
      if (buffer[from + i] < '0' || buffer[from + i] > '9') {
        return false;
      }
    }
    return true;
  }

  /** The integer that an argument spells; ask {@link #isNumber} first. */
  public long number(int argument) {
    int size = lengths[argument];
    int from = offset(argument);
    boolean negative = size > 0 && buffer[from] == '-';
    long value = 0;
    for (int i = negative ? 1 : 0; i < size; i++) {
      value = value * 10 - (buffer[from + i] - '0');
    }
    return negative ? value : -value;
  }

  private boolean isLong(int argument) {
    try {
      Long.parseLong(text(argument));
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  void begin(int argumentCount) {
    count = argumentCount;
    if (argumentCount > offsets.length) {
      int size = Math.max(argumentCount, offsets.length * 2);
      offsets = Arrays.copyOf(offsets, size);
      lengths = Arrays.copyOf(lengths, size);
    }
  }

  void argument(int argument, int relativeOffset, int size) {
    offsets[argument] = relativeOffset;
    lengths[argument] = size;
  }

  /** Of the same source as another, at the same moment. */
  void comesAs(StreamCommand other) {
    receivedMillis = other.receivedMillis;
    sourceLevel = other.sourceLevel;
  }

  void comes(long millis, int level) {
    receivedMillis = millis;
    sourceLevel = level;
  }

  void place(byte[] newBuffer, int newStart, int newLength, long newEndOffset) {
    buffer = newBuffer;
    start = newStart;
    length = newLength;
    endOffset = newEndOffset;
  }
}
