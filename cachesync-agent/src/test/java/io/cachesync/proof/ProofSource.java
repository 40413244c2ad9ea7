package io.cachesync.proof;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the engines of a seed read from: one server, several with different keys, a replica, or a
 * cluster.
 */
interface ProofSource extends AutoCloseable {
  /** Every server that links may read from, also those that hold no keys of their own. */
  List<RedisServer> nodes();

  /** Those that hold the keys now. */
  List<RedisServer> masters();

  /** Of these, in the same order, those that links read from now. */
  default List<RedisServer> read() {
    return masters();
  }

  /** Waits until what links read from has what the masters hold. */
  default void settle() {}

  /** Every server there is. */
  default List<RedisServer> servers() {
    return nodes();
  }

  /** How many write there, each to keys of its own. */
  int writers();

  /** Where one of them writes now. */
  RedisServer master(int writer);

  /** As if it had just been started. */
  default void reset() {
    masters().forEach(RedisServer::flush);
  }

  /** How its sources are reached by these wires. */
  List<RedisEndpoint> endpoints(Wires wires);

  /** What all keys of one of them begin with. */
  default String prefix(int writer) {
    return "";
  }

  /** The hash tags of the keys of one of them; none where it does not matter. */
  default List<String> tags(int writer) {
    return List.of();
  }

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
    public int writers() {
      return nodes.size();
    }

    @Override
    public RedisServer master(int writer) {
      return nodes.get(writer);
    }

    @Override
    public String prefix(int writer) {
      return NAMES.get(writer);
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

  /**
   * A cluster, with a wire to each of its nodes. Who writes, writes to one hash slot.
   *
   * @param shards a slot of each shard that never moves
   * @param tags of the slots that are written to, as many of each shard
   * @param drained all slots of the last node, which may give them away; empty where none may
   */
  record Cluster(
      ClusterServers cluster, List<Integer> shards, List<String> tags, List<Integer> drained)
      implements ProofSource {
    private static final int TAGS = 2;

    /** Few, so that they are soon gone; enough for more than half of them to go more than once. */
    private static final int SLOTS_TO_DRAIN = 16;

    static Cluster of(ClusterServers cluster) {
      return of(cluster, List.of());
    }

    /** One more master, with few slots. */
    static Cluster withOneToDrain(ClusterServers cluster) {
      RedisServer joined = cluster.join();
      List<Integer> slots = new ArrayList<>();
      for (int i = 0; i < SLOTS_TO_DRAIN; i++) {
        slots.add(ClusterServers.slot("{t" + i + "}"));
      }
      cluster.giveEmptySlots(slots, joined);
      return of(cluster, slots);
    }

    private static Cluster of(ClusterServers cluster, List<Integer> drained) {
      List<RedisServer> masters = cluster.masters();
      List<RedisServer> owners = Arrays.asList(cluster.owners());
      List<Integer> shards = masters.stream().map(owners::indexOf).toList();
      List<String> tags = new ArrayList<>();
      for (RedisServer master : masters) {
        for (int i = 0, found = 0; found < TAGS; i++) {
          int slot = ClusterServers.slot("{t" + i + "}");
          if (owners.get(slot) == master && !shards.contains(slot)) {
            tags.add("{t" + i + "}");
            found++;
          }
        }
      }
      return new Cluster(cluster, shards, tags, drained);
    }

    @Override
    public List<RedisServer> nodes() {
      return cluster.nodes();
    }

    @Override
    public List<RedisServer> masters() {
      return drained.isEmpty() ? byShard() : cluster.masters();
    }

    private List<RedisServer> byShard() {
      RedisServer[] owners = cluster.owners();
      return shards.stream().map(slot -> owners[slot]).toList();
    }

    /** Who may give all its slots away, whether it has any or not. */
    RedisServer nodeToDrain() {
      return nodes().get(nodes().size() - 1);
    }

    /** Whether something is ever written to a slot. */
    boolean isWritten(int slot) {
      return tags.stream().anyMatch(tag -> ClusterServers.slot(tag) == slot);
    }

    /** Moves slots with what they hold. */
    void move(List<Integer> slots, RedisServer to) {
      cluster.giveEmptySlots(slots.stream().filter(slot -> !isWritten(slot)).toList(), to);
      slots.stream().filter(this::isWritten).forEach(slot -> cluster.moveSlot(slot, to));
    }

    @Override
    public int writers() {
      return tags.size();
    }

    @Override
    public RedisServer master(int writer) {
      return cluster.ownerOf(slot(writer));
    }

    int slot(int writer) {
      return ClusterServers.slot(tags.get(writer));
    }

    @Override
    public List<String> tags(int writer) {
      return List.of(tags.get(writer));
    }

    /** The slots are back in their shards, too. */
    @Override
    public void reset() {
      cluster.awaitAgreement();
      masters().forEach(RedisServer::flush);
      takeBack();
      List<RedisServer> masters = byShard();
      for (int writer = 0; writer < writers(); writer++) {
        cluster.close(slot(writer));
        RedisServer home = masters.get(writer / TAGS);
        if (master(writer) != home) {
          cluster.moveSlot(slot(writer), home);
        }
      }
    }

    private void takeBack() {
      if (drained.isEmpty()) {
        return;
      }
      RedisServer node = nodeToDrain();
      cluster.joinAgain(node);
      drained.forEach(cluster::close);
      RedisServer[] owners = cluster.owners();
      move(drained.stream().filter(slot -> owners[slot] != node).toList(), node);
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
