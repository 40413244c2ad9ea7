package io.cachesync.agent.redis;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Takes a reading of a server again and again, on a connection and a thread of its own. Connects
 * again by itself and is silent meanwhile: without readings nothing is known, which is no fault.
 */
public final class Sampler implements Closeable {
  /** What is asked each time; always by the same thread. */
  @FunctionalInterface
  public interface Reading {
    void take(RedisConnection connection) throws RedisException;

    /** After the last one, by the same thread. */
    default void end() {}
  }

  private static final long RECONNECT_MILLIS = 1000;

  private final RedisClient client;
  private final Duration interval;
  private final Reading reading;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile RedisConnection connection;

  /**
   * @param client to whose first address it connects
   */
  public Sampler(RedisClient client, Duration interval, Reading reading) {
    this.client = client;
    this.interval = interval;
    this.reading = reading;
  }

  /**
   * Starts its thread; once.
   *
   * @param name of the thread
   */
  public void start(String name) {
    Thread thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    closed.countDown();
    RedisConnection open = connection;
    if (open != null) {
      open.close();
    }
  }

  private void run() {
    try {
      do {
        sampleUntilLost();
      } while (!closed.await(RECONNECT_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      reading.end();
    }
  }

  private void sampleUntilLost() throws InterruptedException {
    try (RedisConnection opened = client.connect()) {
      connection = opened;
      do {
        reading.take(opened);
      } while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (RedisException e) {
      // The link's own connection tells what is wrong with the server; here it is tried again.
      return;
    }
  }
}
