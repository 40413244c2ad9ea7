package io.cachesync.agent.redis;

import java.time.Duration;

/**
 * How long to wait for a server.
 *
 * @param connect for the connection, TLS included
 * @param read for the next byte of a reply
 */
public record RedisTimeouts(Duration connect, Duration read) {
  public static final RedisTimeouts DEFAULT =
      new RedisTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(30));

  /** For a question that takes no time, to one of several that can answer it. */
  static final RedisTimeouts ONE_OF_SEVERAL =
      new RedisTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2));

  public RedisTimeouts {
    if (connect.isNegative() || connect.isZero() || read.isNegative() || read.isZero()) {
      throw new IllegalArgumentException("time limits must be positive");
    }
  }
}
