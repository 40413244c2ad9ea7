package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.AddressMap;
import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.NodeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A node of a cluster, as another one tells of it and as it is itself.
 *
 * @param node as the one that was asked first tells of it
 * @param server null where it does not answer
 * @param view who has which slots as it tells it itself; null where it does not answer
 * @param fault why it does not answer, otherwise null
 */
record PeerNode(ClusterNode node, Server server, ClusterMap view, Fault fault) {
  private static final long UNKNOWN = -1;

  /** Connects and asks; what goes wrong is its fault. */
  static PeerNode open(RedisClient client, ClusterNode node, AddressMap addresses) {
    Server server = null;
    try {
      server = Server.open(client, node.address());
      return new PeerNode(node, server, server.clusterMap(addresses), null);
    } catch (RedisException e) {
      if (server != null) {
        server.close();
      }
      return new PeerNode(node, null, null, e.fault());
    }
  }

  boolean answers() {
    return server != null;
  }

  boolean hasSlots() {
    return !node.slots().isEmpty();
  }

  /** One of its slots, one that is not being moved if there is such a one. */
  int settledSlot() {
    List<Integer> open = view.openSlots();
    return node.slots().stream()
        .filter(slot -> !open.contains(slot))
        .findFirst()
        .orElse(node.slots().nextSetBit(0));
  }

  /** How many of a task's own keys lie in its slots. */
  long count(OwnKeys keys, int links) throws RedisException {
    List<String[]> commands = new ArrayList<>();
    for (int slot = node.slots().nextSetBit(0);
        slot >= 0;
        slot = node.slots().nextSetBit(slot + 1)) {
      List<String> words = new ArrayList<>(List.of("EXISTS"));
      for (int link = 0; link < links; link++) {
        OwnKeys of = keys.ofLink(link);
        words.addAll(List.of(of.checkpoint(slot), of.heal(slot), of.node(slot)));
      }
      commands.add(words.toArray(String[]::new));
    }
    long count = 0;
    for (RespValue reply : server.pipeline(commands)) {
      count += reply.isError() ? 0 : Long.parseLong(reply.text());
    }
    return count;
  }

  NodeFacts facts() throws RedisException {
    int slots = node.slots().cardinality();
    String ranges = slots == 0 ? "" : SlotRanges.of(node.slots()).toString();
    String role = node.isMaster() ? "master" : "slave";
    if (!answers()) {
      return new NodeFacts(
          fault,
          node.address().toString(),
          node.announced().toString(),
          node.id(),
          role,
          node.master(),
          "",
          slots,
          -1,
          UNKNOWN,
          UNKNOWN,
          UNKNOWN,
          "",
          UNKNOWN,
          ranges);
    }
    OptionalLong limit = server.maxMemoryBytes();
    return new NodeFacts(
        null,
        node.address().toString(),
        node.announced().toString(),
        node.id(),
        role,
        node.master(),
        server.version().toString(),
        slots,
        view.openSlots().size(),
        server.info().keysPerDatabase().values().stream().mapToLong(Long::longValue).sum(),
        server.info().usedMemoryBytes(),
        limit.orElse(UNKNOWN),
        server.maxMemoryPolicy(),
        server.info().replOffset(),
        ranges);
  }
}
