package io.cachesync.proof;

import io.cachesync.agent.redis.AddressMap;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.sync.LinkWith;
import io.cachesync.contract.FilterSpec;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A cluster, with a wire to each of its nodes. */
record ClusterTarget(ClusterServers cluster) implements ProofTarget {
  @Override
  public List<RedisServer> nodes() {
    return cluster.nodes();
  }

  @Override
  public List<RedisServer> masters() {
    cluster.awaitAgreement();
    return cluster.masters();
  }

  @Override
  public void reset() {
    nodes().forEach(node -> node.config("maxmemory", "0"));
    masters().forEach(RedisServer::flush);
  }

  @Override
  public List<String> differences(RedisServer source) {
    return DatasetComparer.compare(source, cluster);
  }

  /** A cluster has one database. */
  @Override
  public FilterSpec filter() {
    return new FilterSpec(List.of(0), false);
  }

  @Override
  public LinkEngine.Maker links(Wires wires) {
    Map<HostAndPort, HostAndPort> byProxy = new HashMap<>();
    List<FaultProxy> targets = wires.targets();
    for (int i = 0; i < targets.size(); i++) {
      byProxy.put(
          new HostAndPort("127.0.0.1", nodes().get(i).port()),
          new HostAndPort("127.0.0.1", targets.get(i).port()));
    }
    AddressMap addresses = AddressMap.of(byProxy);
    return (rules, spec, listener) -> LinkWith.toCluster(addresses, rules, spec, listener);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
