package io.cachesync.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A line to a server on which every byte is so long under way, and as many of them as one likes at
 * the same time: a long way, not a narrow one.
 */
final class DelayProxy implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 * 1024;

  /** Two gigabytes a second at a tenth of a second. */
  private static final int MOST_CHUNKS = 4096;

  private static final Chunk END = new Chunk(new byte[0], 0);

  private final int serverPort;
  private final long delayNanos;
  private final ServerSocket listener;
  private final Set<Closeable> sockets = ConcurrentHashMap.newKeySet();

  private record Chunk(byte[] bytes, long dueNanos) {}

  /**
   * @param roundTripMillis there and back
   */
  DelayProxy(int serverPort, double roundTripMillis) {
    this.serverPort = serverPort;
    this.delayNanos = (long) (roundTripMillis * 1e6 / 2);
    try {
      listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("accept", this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    quietly(listener);
    sockets.forEach(DelayProxy::quietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        sockets.add(client);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        lead(client, server);
        lead(server, client);
      } catch (IOException e) {
        continue; // It was closed, or the server is away.
      }
    }
  }

  private void lead(Socket from, Socket to) {
    BlockingQueue<Chunk> way = new ArrayBlockingQueue<>(MOST_CHUNKS);
    start("in", () -> read(from, way));
    start("out", () -> write(way, from, to));
  }

  private void read(Socket from, BlockingQueue<Chunk> way) {
    byte[] bytes = new byte[CHUNK_BYTES];
    try {
      try (InputStream in = from.getInputStream()) {
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          way.put(new Chunk(Arrays.copyOf(bytes, n), System.nanoTime() + delayNanos));
        }
      } catch (IOException e) {
        // The other side is told by the end.
      }
      way.put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(BlockingQueue<Chunk> way, Socket from, Socket to) {
    try {
      for (Chunk chunk = way.take(); chunk != END; chunk = way.take()) {
        for (long left = chunk.dueNanos() - System.nanoTime();
            left > 0;
            left = chunk.dueNanos() - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        to.getOutputStream().write(chunk.bytes());
      }
    } catch (IOException e) {
      // One side went away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    quietly(from);
    quietly(to);
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, "delay-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void quietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
