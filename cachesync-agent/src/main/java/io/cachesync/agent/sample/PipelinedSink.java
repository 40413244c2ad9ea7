package io.cachesync.agent.sample;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import java.io.UncheckedIOException;
import java.util.Set;

/** Sends commands in batches and reads every reply; the first error ends the work. */
final class PipelinedSink implements SampleSink {
  private static final int BATCH_BYTES = 128 << 10;

  /** Prefixes of replies that say only that something is there already. */
  private static final Set<String> HARMLESS = Set.of("BUSYGROUP");

  private final RedisConnection connection;
  private int waiting;
  private long acknowledged;

  PipelinedSink(RedisConnection connection) {
    this.connection = connection;
  }

  /**
   * @throws UncheckedIOException with a {@link RedisException}
   */
  @Override
  public void send(byte[]... command) {
    connection.out().command(command);
    waiting++;
    if (connection.out().length() >= BATCH_BYTES) {
      flush();
    }
  }

  @Override
  public void flush() {
    try {
      connection.flush();
      while (waiting > 0) {
        check(connection.read());
        waiting--;
        acknowledged++;
      }
    } catch (RedisException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long acknowledged() {
    return acknowledged;
  }

  private void check(RespValue reply) throws RedisException {
    if (reply.isError() && !HARMLESS.contains(reply.errorPrefix())) {
      connection.successOf(reply);
    }
    if (reply.isArray()) {
      for (RespValue element : reply.elements()) {
        check(element);
      }
    }
  }
}
