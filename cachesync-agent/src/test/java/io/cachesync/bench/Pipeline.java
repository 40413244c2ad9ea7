package io.cachesync.bench;

import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes commands to a server as fast as it takes them; a thread of its own counts the replies.
 * Only for commands whose reply is one line.
 */
final class Pipeline implements AutoCloseable {
  private static final int BUFFER = 1 << 18;

  private final Socket socket;
  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER];
  private final AtomicLong replies = new AtomicLong();
  private final Thread reader;
  private volatile String trouble;
  private volatile long lastReplyNanos;
  private int used;
  private long sent;

  Pipeline(RedisServer server) {
    this(server.port());
  }

  Pipeline(int port) {
    try {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader = new Thread(this::count, "replies");
    reader.setDaemon(true);
    reader.start();
  }

  /** Puts a command of these words into the buffer, and sends what no longer fits. */
  void command(byte[]... words) {
    head('*', words.length);
    for (byte[] word : words) {
      head('$', word.length);
      append(word, word.length);
      end();
    }
    sent++;
  }

  void flush() {
    try {
      out.write(buffer, 0, used);
      used = 0;
    } catch (IOException e) {
      throw new UncheckedIOException(trouble, e);
    }
  }

  /**
   * Sends the rest and waits for all replies.
   *
   * @return when the last one came, as {@link System#nanoTime}
   */
  long await() {
    flush();
    while (replies.get() < sent) {
      if (trouble != null) {
        throw new IllegalStateException(trouble);
      }
      Waiting.aMoment();
    }
    return lastReplyNanos;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
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

  private void append(byte[] bytes, int length) {
    int from = 0;
    while (from < length) {
      room(1);
      int part = Math.min(length - from, BUFFER - used);
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

  private void count() {
    byte[] read = new byte[BUFFER];
    boolean atStart = true;
    try (InputStream in = socket.getInputStream()) {
      for (int n = in.read(read); n >= 0; n = in.read(read)) {
        int lines = 0;
        for (int i = 0; i < n; i++) {
          if (atStart && read[i] == '-') {
            trouble = new String(read, i, n - i, StandardCharsets.ISO_8859_1);
            return;
          }
          atStart = read[i] == '\n';
          lines += atStart ? 1 : 0;
        }
        lastReplyNanos = System.nanoTime();
        replies.addAndGet(lines);
      }
      trouble = "the server closed the connection";
    } catch (IOException e) {
      trouble = e.toString();
    }
  }
}
