package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.List;

/** Tells which node of an endpoint is the one to speak to now. Any thread may ask. */
@FunctionalInterface
public interface NodeFinder {
  /** The first address that was given. */
  NodeFinder FIRST =
      client -> {
        List<HostAndPort> addresses = client.addresses();
        if (addresses.isEmpty()) {
          throw new RedisException(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no address is given"));
        }
        return addresses.get(0);
      };

  /** As the topology of the endpoint asks for. */
  static NodeFinder of(RedisEndpoint endpoint) {
    return endpoint.topology() == Topology.SENTINEL
        ? new SentinelFinder(endpoint.masterName())
        : FIRST;
  }

  HostAndPort find(RedisClient client) throws RedisException;
}
