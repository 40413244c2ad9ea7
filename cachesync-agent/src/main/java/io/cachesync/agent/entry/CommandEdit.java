package io.cachesync.agent.entry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a command of the stream anew with other arguments, at the same place of the stream.
 * Reused: what {@link #end} returns is valid until the next one begins. Does not allocate, but for
 * commands larger than any before.
 */
public final class CommandEdit {
  private static final int KEPT_BYTES = 1 << 20;

  private static final byte[] NOTHING = new byte[0];

  private final StreamCommand edited = new StreamCommand();
  private StreamCommand in;
  private byte[] buffer = new byte[1024];
  private int size;
  private int argument;

  /** Begins with as many arguments as a command has; each is then kept or put, in their order. */
  public void begin(StreamCommand newIn) {
    in = newIn;
    if (buffer.length > KEPT_BYTES) {
      buffer = new byte[1024];
    }
    size = 0;
    argument = 0;
    edited.begin(in.count());
    header('*', in.count());
  }

  /** The next argument stays as it is. */
  public void keep() {
    put(NOTHING, in.buffer(), in.offset(argument), in.length(argument));
  }

  /** In the place of the next argument come these bytes, one part behind the other. */
  public void put(byte[] head, byte[] tail, int offset, int length) {
    int bytes = head.length + length;
    header('$', bytes);
    edited.argument(argument++, size, bytes);
    reserve(bytes + 2);
    System.arraycopy(head, 0, buffer, size, head.length);
    System.arraycopy(tail, offset, buffer, size + head.length, length);
    size += bytes;
    buffer[size++] = '\r';
    buffer[size++] = '\n';
  }

  /** In the place of the next argument comes a number. */
  public void put(long number) {
    put(Long.toString(number).getBytes(StandardCharsets.US_ASCII), buffer, 0, 0);
  }

  public StreamCommand end() {
    edited.place(buffer, 0, size, in.endOffset());
    edited.comesAs(in);
    return edited;
  }

  private void header(char type, int number) {
    reserve(16);
    buffer[size++] = (byte) type;
    int from = size;
    int rest = number;
    do {
      buffer[size++] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    for (int i = from, j = size - 1; i < j; i++, j--) {
      byte digit = buffer[i];
      buffer[i] = buffer[j];
      buffer[j] = digit;
    }
    buffer[size++] = '\r';
    buffer[size++] = '\n';
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }
}
