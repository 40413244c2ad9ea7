package io.cachesync.proof;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
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
  public List<String> differences(ProofSource source) {
    return source.compareTo(cluster);
  }

  @Override
  public RedisServer owner(String key) {
    return cluster.ownerOf(ClusterServers.slot(key));
  }

  /** A cluster has one database. */
  @Override
  public FilterSpec filter() {
    return new FilterSpec(List.of(0), false);
  }

  @Override
  public RedisEndpoint endpoint(Wires wires) {
    List<String> reachable = wires.targetAddresses();
    Map<String, String> byNode = new HashMap<>();
    for (int i = 0; i < reachable.size(); i++) {
      byNode.put(nodes().get(i).address(), reachable.get(i));
    }
    return new RedisEndpoint(Topology.CLUSTER, reachable, "", null, byNode);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
