package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;

/** What a cluster can be used as: as what its master of the lowest version can. */
final class ClusterVersion {
  /** A server below this runs the rest of a transaction after it refused a part of it. */
  private static final int LOWEST_LEVEL = 600;

  private ClusterVersion() {}

  /**
   * What the master of the lowest version says of itself.
   *
   * @throws RedisException VERSION_TOO_OLD where that is no target
   */
  static ServerInfo of(ClusterConnections cluster) throws RedisException {
    ServerInfo info = null;
    for (RedisConnection master : cluster.masters()) {
      ServerInfo each = master.info();
      if (info == null || each.commandLevel() < info.commandLevel()) {
        info = each;
      }
    }
    if (info.commandLevel() < LOWEST_LEVEL) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.VERSION_TOO_OLD,
              "a cluster of version " + info.version() + " as a target: 6.0 is the lowest"));
    }
    return info;
  }
}
