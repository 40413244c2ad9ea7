package io.cachesync.bench;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Commands as Redis reads them, handed on a quarter of a megabyte at a time. */
final class CommandBytes implements Commands {
  static final int BUFFER = 1 << 18;

  private final Out out;
  private final byte[] buffer = new byte[BUFFER];
  private int used;
  private long written;

  /** Where full buffers go. The bytes are only lent. */
  interface Out {
    void write(byte[] bytes, int from, int length) throws IOException;
  }

  CommandBytes(Out out) {
    this.out = out;
  }

  /** Puts a command of these words into the buffer, and hands on what no longer fits. */
  @Override
  public void command(byte[]... words) {
    head('*', words.length);
    for (byte[] word : words) {
      head('$', word.length);
      append(word);
      end();
    }
    written++;
  }

  /** Commands so far. */
  long written() {
    return written;
  }

  void flush() {
    try {
      out.write(buffer, 0, used);
      used = 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void head(char kind, int number) {
    room(16);
    buffer[used++] = (byte) kind;
    int divisor = 1;
    while (number / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      buffer[used++] = (byte) ('0' + number / divisor % 10);
    }
    end();
  }

  private void end() {
    room(2);
    buffer[used++] = '\r';
    buffer[used++] = '\n';
  }

  private void append(byte[] bytes) {
    int from = 0;
    while (from < bytes.length) {
      room(1);
      int part = Math.min(bytes.length - from, BUFFER - used);
      System.arraycopy(bytes, from, buffer, used, part);
      used += part;
      from += part;
    }
  }

  private void room(int wanted) {
    if (BUFFER - used < wanted) {
      flush();
    }
  }
}
