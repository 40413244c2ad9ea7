package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How fast a server is written to: the advance of its replication offset over about a second. A
 * server that keeps no backlog does not count that offset; there all bytes that clients send stand
 * for it, reads included, which errs on the safe side.
 */
final class WriteRate {
  /** A command's size where a server counts commands only. */
  private static final long BYTES_PER_COMMAND = 200;

  /** What the checks themselves send to the source meanwhile, rounded up. */
  private static final long OWN_BYTES = 1024;

  /** Bytes of dataset that a full sync moves per second, taken low. */
  private static final long FULL_SYNC_BYTES_PER_SECOND = 40L << 20;

  private final Server server;
  private final ServerInfo first;
  private final long firstNanos;
  private final long sampleNanos;
  private long bytesPerSecond = -1;

  private WriteRate(Server server, ServerInfo first, long firstNanos, long sampleNanos) {
    this.server = server;
    this.first = first;
    this.firstNanos = firstNanos;
    this.sampleNanos = sampleNanos;
  }

  static WriteRate from(Server server, Duration sample) {
    return new WriteRate(server, server.info(), server.infoNanos(), sample.toNanos());
  }

  /** Bytes per second; the first call waits until the sample is long enough. */
  long bytesPerSecond() throws IOException {
    if (bytesPerSecond < 0) {
      long left = sampleNanos - (System.nanoTime() - firstNanos);
      try {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while sampling the write rate", e);
      }
      ServerInfo second = server.readInfo();
      bytesPerSecond = between(first, second, System.nanoTime() - firstNanos);
    }
    return bytesPerSecond;
  }

  /** Seconds that a full sync of so many bytes takes, the source's own snapshot included. */
  long fullSyncSeconds(long bytes) {
    long snapshot = Math.max(0, first.number("rdb_last_bgsave_time_sec"));
    return 1 + snapshot + bytes / FULL_SYNC_BYTES_PER_SECOND;
  }

  static long between(ServerInfo first, ServerInfo second, long nanos) {
    long delta;
    if (first.backlogActive()) {
      delta = delta(first, second, "master_repl_offset");
    } else if (!first.text("total_net_input_bytes").isEmpty()) {
      delta = delta(first, second, "total_net_input_bytes") - OWN_BYTES;
    } else {
      delta = delta(first, second, "total_commands_processed") * BYTES_PER_COMMAND;
    }
    return (long) (Math.max(0, delta) * 1e9 / Math.max(1, nanos));
  }

  private static long delta(ServerInfo first, ServerInfo second, String field) {
    return second.number(field) - first.number(field);
  }
}
