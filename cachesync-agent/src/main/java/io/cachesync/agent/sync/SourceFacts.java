package io.cachesync.agent.sync;

import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Clock;
import java.util.Set;

/**
 * What the source says of itself before a link begins. A source that permits nothing but
 * replication leaves it unknown.
 *
 * @param runId empty where unknown
 * @param keys keys in all databases, -1 where unknown
 * @param databases those that have keys
 * @param backlogBytes -1 where unknown
 * @param aheadMillis its clock less ours, 0 where unknown
 */
record SourceFacts(
    String runId, long keys, Set<Integer> databases, long backlogBytes, long aheadMillis) {

  /** Some answers are late, where the source or this process stands still for a moment. */
  private static final int LOOKS = 3;

  static final SourceFacts UNKNOWN = new SourceFacts("", -1, Set.of(), -1, 0);

  /**
   * @param isShard whether the source is the master of a shard of a cluster
   */
  static SourceFacts read(RedisClient client, boolean isShard, Clock clock) throws RedisException {
    try (RedisConnection connection = client.connect()) {
      ServerInfo info = connection.info();
      if ((info.mode().equals("cluster") && !isShard) || info.mode().equals("sentinel")) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.NOT_STANDALONE,
                "the source " + connection + " is a " + info.mode() + " node"));
      }
      long keys = info.keysPerDatabase().values().stream().mapToLong(Long::longValue).sum();
      return new SourceFacts(
          info.runId(),
          keys,
          Set.copyOf(info.keysPerDatabase().keySet()),
          info.backlogBytes(),
          aheadMillis(connection, clock));
    } catch (RedisException e) {
      if (e.fault().code() == FaultCode.NO_PERMISSION) {
        return UNKNOWN;
      }
      throw e;
    }
  }

  /**
   * A late answer makes a clock seem behind, and one that seems behind makes every time to live
   * longer at the target.
   */
  private static long aheadMillis(RedisConnection connection, Clock clock) throws RedisException {
    long ahead = Long.MIN_VALUE;
    for (int i = 0; i < LOOKS; i++) {
      ahead = Math.max(ahead, connection.timeMillis() - clock.millis());
    }
    return ahead;
  }

  /** What it has loaded at this moment. */
  static Modules modules(RedisClient client) throws RedisException {
    try (RedisConnection connection = client.connect()) {
      return Modules.of(connection, connection.info());
    } catch (RedisException e) {
      if (e.fault().code() == FaultCode.NO_PERMISSION) {
        return Modules.UNKNOWN;
      }
      throw e;
    }
  }
}
