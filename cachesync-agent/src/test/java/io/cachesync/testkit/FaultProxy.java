package io.cachesync.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A TCP proxy in front of a server that cuts, stalls and slows on demand. */
public final class FaultProxy implements AutoCloseable {
  private static final int CHUNK_BYTES = 4096;

  /** So much of what has passed is kept, for a text that comes in two pieces. */
  private static final int KEPT = 128;

  private volatile int serverPort;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Socket> frozen = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesUntilCut = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean stalled;
  private volatile boolean refusing;
  private volatile long bytesPerSecond;
  private volatile long replyBytesPerSecond;
  private final Queue<String> awaited = new ConcurrentLinkedQueue<>();
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean holding;
  private volatile boolean awaitedSent;
  private volatile String garbled;

  public FaultProxy(int serverPort) {
    this.serverPort = serverPort;
    try {
      listener = new ServerSocket();
      // Small buffers, so that a slow proxy pushes back at once.
      listener.setReceiveBufferSize(1 << 16);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    startThread("accept", this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String uri() {
    return "redis://127.0.0.1:" + port();
  }

  /** Ends every connection once this many more bytes have passed, both directions together. */
  public void cutAfter(long bytes) {
    bytesUntilCut.set(bytes);
  }

  /** Ends every connection now; new ones are taken. */
  public void cut() {
    cuts.incrementAndGet();
    // Of this moment: who was cut off may connect again before the last one is closed.
    List.copyOf(sockets).forEach(FaultProxy::closeQuietly);
  }

  /** Ends every connection and takes no new ones until {@link #accept(boolean)}. */
  public void accept(boolean accepting) {
    refusing = !accepting;
    if (refusing) {
      cut();
    }
  }

  /** Takes no new connections until {@link #accept(boolean)}; those that are open stay. */
  public void refuseNew() {
    refusing = true;
  }

  /** Leads to another server from now on, and ends the connections to the former one. */
  public void leadTo(int otherPort) {
    serverPort = otherPort;
    cut();
  }

  /** How many connections were taken. */
  public int taken() {
    return taken.get();
  }

  /** How many connections were refused. */
  public int refused() {
    return refused.get();
  }

  /** Lets no byte pass, both ways, until {@link #resume}; connections stay open. */
  public void stall() {
    stalled = true;
  }

  public void resume() {
    stalled = false;
    awaited.clear();
    holding = false;
  }

  /**
   * Once bytes with these texts have passed towards the server, one after the other, no byte passes
   * back any more.
   */
  public void holdRepliesFrom(String... texts) {
    awaitedSent = false;
    awaited.addAll(List.of(texts));
  }

  /** Whether they are, and all of these texts were sent on. */
  public boolean repliesHeld() {
    return holding && awaitedSent;
  }

  /** Changes the first letter of this text to X wherever it passes towards the server; or not. */
  public void garble(String text) {
    garbled = text;
  }

  /** Lets nothing pass on the connections of now, not even their end, until {@link #thaw}. */
  public void freeze() {
    frozen.addAll(sockets);
  }

  public void thaw() {
    frozen.clear();
  }

  /** Limits each connection's bytes towards the server; 0 = no limit. */
  public void slow(long newBytesPerSecond) {
    bytesPerSecond = newBytesPerSecond;
  }

  /** As {@link #slow}, of the bytes that come back. */
  public void slowReplies(long newBytesPerSecond) {
    replyBytesPerSecond = newBytesPerSecond;
  }

  @Override
  public void close() {
    closeQuietly(listener);
    cut();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        int cutsBefore = cuts.get();
        if (refusing) {
          client.close();
          refused.incrementAndGet();
          continue;
        }
        Socket server = connect(client);
        server.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        if (cuts.get() != cutsBefore) {
          // Cut while it was being made: it may lead to where nobody is to be led any more.
          closeQuietly(client);
          closeQuietly(server);
        }
        taken.incrementAndGet();
        startThread("to-server", () -> pump(client, server, true));
        startThread("to-client", () -> pump(server, client, false));
      } catch (IOException e) {
        // The listener was closed, or the server is away: the next client finds out.
        continue;
      }
    }
  }

  private Socket connect(Socket client) throws IOException {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), serverPort);
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private void pump(Socket from, Socket to, boolean towardsServer) {
    byte[] chunk = new byte[CHUNK_BYTES];
    String passed = "";
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length = in.read(chunk);
      while (length >= 0) {
        holdBack(from, length, towardsServer);
        boolean isLast = false;
        if (towardsServer) {
          String text = new String(chunk, 0, length, StandardCharsets.ISO_8859_1);
          isLast = isLastAwaited(passed, text);
          passed = end(passed + text, KEPT);
          String spoilt = garbled;
          for (int at = spoilt == null ? -1 : text.indexOf(spoilt); at >= 0; ) {
            chunk[at] = 'X';
            at = text.indexOf(spoilt, at + 1);
          }
        }
        while (!towardsServer && holding && !from.isClosed()) {
          LockSupport.parkNanos(1_000_000);
        }
        if (from.isClosed()) {
          break;
        }
        long left = bytesUntilCut.getAndAdd(-length);
        out.write(chunk, 0, (int) Math.max(0, Math.min(length, left)));
        if (isLast) {
          awaitedSent = true;
        }
        if (left <= length) {
          bytesUntilCut.set(Long.MAX_VALUE);
          cut();
        }
        length = in.read(chunk);
      }
    } catch (IOException e) {
      // One side went away; the other is told by the close below.
    } finally {
      holdBack(from, 0, towardsServer);
      closeQuietly(from);
      closeQuietly(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  /** Nothing passes back from then on, though it has not been sent on yet. */
  private boolean isLastAwaited(String passed, String text) {
    String next = awaited.peek();
    if (next == null || !(end(passed, next.length() - 1) + text).contains(next)) {
      return false;
    }
    awaited.remove();
    holding = awaited.isEmpty();
    return holding;
  }

  private static String end(String text, int most) {
    return text.substring(Math.max(0, text.length() - most));
  }

  private void holdBack(Socket from, int length, boolean towardsServer) {
    while ((stalled || frozen.contains(from)) && !from.isClosed() && !listener.isClosed()) {
      LockSupport.parkNanos(1_000_000);
    }
    long rate = towardsServer ? bytesPerSecond : replyBytesPerSecond;
    if (rate > 0 && length > 0) {
      long until = System.nanoTime() + length * 1_000_000_000L / rate;
      while (System.nanoTime() < until
          && rate == (towardsServer ? bytesPerSecond : replyBytesPerSecond)) {
        LockSupport.parkNanos(Math.min(10_000_000, until - System.nanoTime()));
      }
    }
  }

  private static void startThread(String name, Runnable work) {
    Thread thread = new Thread(work, "fault-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
