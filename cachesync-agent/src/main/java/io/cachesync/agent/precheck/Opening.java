package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;

/**
 * An end that was opened, or why it was not.
 *
 * @param end null where it was not
 * @param fault null where it was
 */
record Opening(End end, Fault fault) {

  /** What turns out not to be a cluster is a single server, whatever it was given as. */
  static Opening of(RedisEndpoint endpoint, EndpointSecrets secrets) {
    Server front = null;
    try {
      RedisClient client = Server.client(endpoint, secrets);
      front = front(client);
      boolean cluster = endpoint.topology() == Topology.CLUSTER && front.mode().equals("cluster");
      return new Opening(
          cluster
              ? ClusterEnd.open(client, front, client.addressMap())
              : new SingleEnd(endpoint.topology(), front),
          null);
    } catch (RedisException e) {
      if (front != null) {
        front.close();
      }
      return new Opening(null, e.fault());
    }
  }

  /** Of a cluster the first node that answers, otherwise the one to speak to. */
  private static Server front(RedisClient client) throws RedisException {
    if (client.endpoint().topology() != Topology.CLUSTER) {
      return Server.open(client, client.node());
    }
    RedisException last = null;
    for (HostAndPort address : client.addresses()) {
      try {
        return Server.open(client, address);
      } catch (RedisException e) {
        last = e;
      }
    }
    throw last == null
        ? new RedisException(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no address is given"))
        : last;
  }
}
