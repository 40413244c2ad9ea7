package io.cachesync.agent.sync;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Asks the target how many keys each of its servers has evicted. A policy that may take any key may
 * take the checkpoint, and ends the link unless a person accepted that; one that takes only keys
 * with a time to live, which ours have not, is told in the log.
 */
final class EvictionReading implements Sampler.Reading {
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final long WARNING_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Which servers hold the target's keys now. */
  @FunctionalInterface
  interface Servers {
    /**
     * By names of their own that stay.
     *
     * @param opened the connection that is at hand
     */
    Map<String, RedisConnection> of(RedisConnection opened) throws RedisException;

    /** The connection to one of them is of no more use. */
    default void lost(String name) {}

    default void close() {}
  }

  private final Servers servers;
  private final boolean accepted;
  private final LinkState state;

  private final Map<String, Evictions> byServer = new HashMap<>();
  private long toldNanos = System.nanoTime() - WARNING_NANOS;

  /**
   * @param accepted whether the link goes on whatever the policy
   */
  EvictionReading(Servers servers, boolean accepted, LinkState state) {
    this.servers = servers;
    this.accepted = accepted;
    this.state = state;
  }

  @Override
  public void take(RedisConnection opened) throws RedisException {
    for (Map.Entry<String, RedisConnection> server : servers.of(opened).entrySet()) {
      try {
        count(server.getKey(), server.getValue());
      } catch (RedisException e) {
        servers.lost(server.getKey());
        throw e;
      }
    }
  }

  @Override
  public void end() {
    servers.close();
  }

  private void count(String server, RedisConnection connection) throws RedisException {
    long count = connection.info("stats").evictedKeys();
    if (count < 0) {
      return;
    }
    Evictions evictions = byServer.computeIfAbsent(server, name -> new Evictions());
    evictions.counted(count);
    if (evictions.untold > 0) {
      tell(evictions, connection.toString(), policy(connection));
    }
  }

  private void tell(Evictions evictions, String server, String policy) {
    String what =
        "the target %s has evicted %d keys, its maxmemory-policy is %s"
            .formatted(server, evictions.untold, policy.isEmpty() ? "not known" : policy);
    if (!accepted && !sparesOurKeys(policy)) {
      state.control().fail(Fault.fatal(FaultCode.TARGET_EVICTS, what));
    } else if (System.nanoTime() - toldNanos >= WARNING_NANOS) {
      state.log(LogLevel.WARN, what);
      toldNanos = System.nanoTime();
      evictions.untold = 0;
    }
  }

  /**
   * By {@code noeviction} keys were evicted before it was set; the checkpoint is checked anyway.
   */
  private static boolean sparesOurKeys(String policy) {
    return policy.startsWith("volatile-") || policy.equals("noeviction");
  }

  /** Below 3.2 INFO does not tell it, and CONFIG may not be permitted: then empty. */
  private static String policy(RedisConnection opened) throws RedisException {
    String told = opened.info("memory").maxMemoryPolicy();
    if (!told.isEmpty()) {
      return told;
    }
    List<RespValue> reply = opened.tryCall("CONFIG", "GET", "maxmemory-policy").elements();
    return reply.size() == 2 ? reply.get(1).text() : "";
  }

  /** Of one server; what it has evicted before it was first asked does not matter. */
  private static final class Evictions {
    private long seen = -1;
    private long untold;

    void counted(long count) {
      if (seen >= 0) {
        // A server that was started again counts from 0.
        untold += count < seen ? count : count - seen;
      }
      seen = count;
    }
  }
}
