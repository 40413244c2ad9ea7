package io.cachesync.proof;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One server. */
record ServerTarget(RedisServer server) implements ProofTarget {
  @Override
  public List<RedisServer> nodes() {
    return List.of(server);
  }

  @Override
  public List<RedisServer> masters() {
    return nodes();
  }

  @Override
  public void reset() {
    try (RespClient client = server.client()) {
      client.call("SLAVEOF", "NO", "ONE");
      client.call("CONFIG", "SET", "maxmemory", "0");
    }
    server.flush();
  }

  @Override
  public List<String> differences(ProofSource from) {
    if (from.nodes().size() > 1) {
      return from.compareTo(server);
    }
    RedisServer source = from.masters().get(0);
    List<String> differences =
        new ArrayList<>(DatasetComparer.compare(source, server, Duration.ofSeconds(10)));
    // Of one version only: another counts its values otherwise.
    boolean alike = source.version() == server.version();
    if (alike && differences.isEmpty() && !source.digest().equals(server.digest())) {
      differences.add("the digests differ, though what can be read is the same");
    }
    return differences;
  }

  @Override
  public RedisServer owner(String key) {
    return server;
  }

  @Override
  public FilterSpec filter() {
    return FilterSpec.everything();
  }

  @Override
  public RedisEndpoint endpoint(Wires wires) {
    return new RedisEndpoint(Topology.STANDALONE, wires.targetAddresses(), "", null);
  }

  @Override
  public void close() {
    server.close();
  }
}
