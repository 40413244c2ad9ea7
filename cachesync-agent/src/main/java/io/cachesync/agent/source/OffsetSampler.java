package io.cachesync.agent.source;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks the source ten times a second for its offset, on a connection of its own. Reconnects by
 * itself and is silent meanwhile: without samples the lag in time is unknown, which is no fault.
 */
public final class OffsetSampler implements Closeable {
  public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(100);

  private static final long RECONNECT_MILLIS = 1000;

  private final RedisClient client;
  private final HostAndPort node;
  private final Duration interval;
  private final OffsetListener listener;
  private final Clock clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile RedisConnection connection;

  public OffsetSampler(
      RedisClient client,
      HostAndPort node,
      Duration interval,
      OffsetListener listener,
      Clock clock) {
    this.client = client;
    this.node = node;
    this.interval = interval;
    this.listener = listener;
    this.clock = clock;
  }

  /** Starts its thread; once. */
  public void start() {
    Thread thread = new Thread(this::run, "offsets-" + node);
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
    }
  }

  private void sampleUntilLost() throws InterruptedException {
    try (RedisConnection opened = client.connect(node)) {
      connection = opened;
      do {
        // The clock first: the offset is then at least as new as the time that goes with it.
        long before = clock.millis();
        ServerInfo info = opened.info("replication");
        long offset = info.replOffset();
        if (offset >= 0) {
          listener.sampled(before, info.text("master_replid"), offset);
        }
      } while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (RedisException e) {
      // The link's own connection tells what is wrong with the source; here it is tried again.
      return;
    }
  }
}
