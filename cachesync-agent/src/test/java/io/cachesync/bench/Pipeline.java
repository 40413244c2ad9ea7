package io.cachesync.bench;

import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes commands to a server as fast as it takes them; a thread of its own counts the replies.
 * Only for commands whose reply is one line.
 */
final class Pipeline implements Commands, AutoCloseable {
  private final Socket socket;
  private final CommandBytes bytes;
  private final AtomicLong replies = new AtomicLong();
  private final Thread reader;
  private volatile String trouble;
  private volatile long lastReplyNanos;
  private long ready;

  Pipeline(RedisServer server) {
    this(server.port());
  }

  Pipeline(int port) {
    try {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      bytes = new CommandBytes(socket.getOutputStream()::write);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader = new Thread(this::count, "replies");
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public void command(byte[]... words) {
    bytes.command(words);
  }

  /** Sends commands that were made ready before. */
  void send(ReadyCommands commands) {
    try {
      for (byte[] chunk : commands.chunks()) {
        socket.getOutputStream().write(chunk);
      }
      ready += commands.count();
    } catch (IOException e) {
      throw new UncheckedIOException(trouble, e);
    }
  }

  void flush() {
    bytes.flush();
  }

  /**
   * Sends the rest and waits for all replies.
   *
   * @return when the last one came, as {@link System#nanoTime}
   */
  long await() {
    flush();
    while (replies.get() < bytes.written() + ready) {
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

  private void count() {
    byte[] read = new byte[CommandBytes.BUFFER];
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
