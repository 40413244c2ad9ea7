package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
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

  HostAndPort find(RedisClient client) throws RedisException;
}
