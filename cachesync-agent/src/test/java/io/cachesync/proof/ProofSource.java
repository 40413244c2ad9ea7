package io.cachesync.proof;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the engines of a seed read from: one server, several with different keys, or a cluster. */
interface ProofSource extends AutoCloseable {
  /** Every server, also those that hold no keys of their own. */
  List<RedisServer> nodes();

  /** Those that hold the keys now, by the numbers of their links. */
  List<RedisServer> masters();

  /** As if it had just been started. */
  default void reset() {
    masters().forEach(RedisServer::flush);
  }

  /** How its sources are reached by these wires. */
  List<RedisEndpoint> endpoints(Wires wires);

  /** The hash tags of the keys that are written at one of its masters; an empty one is none. */
  List<String> tags(int master);

  List<String> compareTo(RedisServer target);

  List<String> compareTo(ClusterServers target);

  @Override
  void close();

  /** Servers, each with keys of its own. */
  record Servers(List<RedisServer> nodes) implements ProofSource {
    private static final List<String> NAMES = List.of("", "other:");

    @Override
    public List<RedisServer> masters() {
      return nodes;
    }

    @Override
    public List<RedisEndpoint> endpoints(Wires wires) {
      return wires.sourceAddresses().stream()
          .map(at -> new RedisEndpoint(Topology.STANDALONE, List.of(at), "", null))
          .toList();
    }

    @Override
    public List<String> tags(int master) {
      return List.of();
    }

    static String prefix(int server) {
      return NAMES.get(server);
    }

    @Override
    public List<String> compareTo(RedisServer target) {
      return DatasetComparer.compareUnion(nodes, target);
    }

    @Override
    public List<String> compareTo(ClusterServers target) {
      return DatasetComparer.compareUnion(nodes, target);
    }

    @Override
    public void close() {
      nodes.forEach(RedisServer::close);
    }
  }

  /** A cluster, with a wire to each of its nodes. */
  record Cluster(ClusterServers cluster, List<List<String>> tagsByMaster) implements ProofSource {
    private static final int TAGS = 2;

    static Cluster of(ClusterServers cluster) {
      List<RedisServer> masters = cluster.masters();
      List<List<String>> tags = new ArrayList<>();
      masters.forEach(master -> tags.add(new ArrayList<>()));
      for (int i = 0; tags.stream().anyMatch(some -> some.size() < TAGS); i++) {
        String tag = "{t" + i + "}";
        List<String> some = tags.get(masters.indexOf(cluster.ownerOf(ClusterServers.slot(tag))));
        if (some.size() < TAGS) {
          some.add(tag);
        }
      }
      return new Cluster(cluster, tags);
    }

    @Override
    public List<RedisServer> nodes() {
      return cluster.nodes();
    }

    /** By their first slots, whichever node has them now. */
    @Override
    public List<RedisServer> masters() {
      return tagsByMaster.stream()
          .map(tags -> cluster.ownerOf(ClusterServers.slot(tags.get(0))))
          .toList();
    }

    @Override
    public void reset() {
      cluster.awaitAgreement();
      masters().forEach(RedisServer::flush);
    }

    @Override
    public List<RedisEndpoint> endpoints(Wires wires) {
      List<String> reachable = wires.sourceAddresses();
      Map<String, String> byNode = new HashMap<>();
      for (int i = 0; i < reachable.size(); i++) {
        byNode.put(nodes().get(i).address(), reachable.get(i));
      }
      return List.of(new RedisEndpoint(Topology.CLUSTER, reachable, "", null, byNode));
    }

    @Override
    public List<String> tags(int master) {
      return tagsByMaster.get(master);
    }

    @Override
    public List<String> compareTo(RedisServer target) {
      return DatasetComparer.compare(cluster, target);
    }

    @Override
    public List<String> compareTo(ClusterServers target) {
      return DatasetComparer.compare(cluster, target);
    }

    @Override
    public void close() {
      cluster.close();
    }
  }
}
