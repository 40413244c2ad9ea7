package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.AddressMap;
import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotTags;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Topology;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * An end that is a cluster: every node that the one asked first knows of is asked itself, at the
 * address where it is reached from here.
 */
final class ClusterEnd implements End {
  private static final int AT_ONCE = 32;

  private static final String[] ASKING = {"ASKING"};

  /** Watermarks, and the flush of a part of a master's slots. */
  private static final List<List<String>> SENT =
      List.of(List.of("HSET", "KEY", "x", "x"), List.of("CLUSTER", "GETKEYSINSLOT", "0", "1"));

  private final Server front;
  private final ClusterMap map;
  private final List<PeerNode> peers;

  private ClusterEnd(Server front, ClusterMap map, List<PeerNode> peers) {
    this.front = front;
    this.map = map;
    this.peers = List.copyOf(peers);
  }

  /**
   * Asks every node.
   *
   * @param front a node of the cluster, closed with the end
   * @throws RedisException where it does not tell who has which slots
   */
  static ClusterEnd open(RedisClient client, Server front, AddressMap addresses)
      throws RedisException {
    ClusterMap map = front.clusterMap(addresses);
    List<ClusterNode> nodes = inOrder(map);
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(AT_ONCE, nodes.size())));
    try {
      // At once: each host that swallows packets costs its whole time limit.
      List<CompletableFuture<PeerNode>> opening =
          nodes.stream()
              .map(
                  node ->
                      CompletableFuture.supplyAsync(
                          () -> PeerNode.open(client, node, addresses), threads))
              .toList();
      return new ClusterEnd(front, map, opening.stream().map(CompletableFuture::join).toList());
    } finally {
      threads.shutdown();
    }
  }

  /** Masters by their first slot, each before its replicas; those without slots at the end. */
  private static List<ClusterNode> inOrder(ClusterMap map) {
    List<ClusterNode> nodes = new ArrayList<>();
    for (ClusterNode master : map.masters()) {
      nodes.add(master);
      map.nodes().stream().filter(node -> node.master().equals(master.id())).forEach(nodes::add);
    }
    map.nodes().stream().filter(node -> !nodes.contains(node)).forEach(nodes::add);
    return nodes;
  }

  /** Every node that the cluster knows of, masters by their first slot before their replicas. */
  List<PeerNode> peers() {
    return peers;
  }

  /** Who has which slots as the node that was asked first tells it. */
  ClusterMap map() {
    return map;
  }

  @Override
  public Topology given() {
    return Topology.CLUSTER;
  }

  @Override
  public Server front() {
    return front;
  }

  @Override
  public List<Server> masters() {
    List<Server> masters = answering().filter(PeerNode::hasSlots).map(PeerNode::server).toList();
    return masters.isEmpty() ? List.of(front) : masters;
  }

  @Override
  public List<Server> nodes() {
    List<Server> nodes = new ArrayList<>(masters());
    answering().filter(peer -> !peer.hasSlots()).map(PeerNode::server).forEach(nodes::add);
    return nodes;
  }

  @Override
  public OptionalInt databases() {
    return OptionalInt.of(1);
  }

  @Override
  public boolean hasOnlyDatabaseZero() {
    return true;
  }

  @Override
  public String keyAt(Server master, String name) {
    return peer(master)
        .map(peer -> name + ":{" + SlotTags.of(peer.settledSlot()) + '}')
        .orElse(name);
  }

  @Override
  public List<List<String>> sent() {
    return SENT;
  }

  @Override
  public double share(Server master) {
    return peer(master)
        .map(peer -> (double) peer.node().slots().cardinality() / HashSlot.COUNT)
        .orElse(1.0);
  }

  @Override
  public SortedMap<Integer, Claim> claims(OwnKeys keys) throws RedisException {
    SortedMap<Integer, Claim> claims = new TreeMap<>();
    ClusterNode owner =
        map.owner(HashSlot.of(keys.clusterClaim().getBytes(StandardCharsets.UTF_8)));
    for (PeerNode peer : peers) {
      if (peer.node().equals(owner) && peer.answers()) {
        RespValue claim = peer.server().call("GET", keys.clusterClaim());
        if (claim.isError()) {
          claim = movedClaim(peer, claim, keys.clusterClaim());
        }
        if (!claim.isNull() && !claim.isError()) {
          claims.put(0, TargetKeys.claim(claim.text()));
        }
      }
    }
    return claims;
  }

  /** While its slot is being moved the claim may be at the node already that takes it. */
  private RespValue movedClaim(PeerNode owner, RespValue refused, String claim)
      throws RedisException {
    RespValue told = refused;
    for (PeerNode peer : peers) {
      if (told.isError() && peer != owner && peer.answers()) {
        told = peer.server().pipeline(List.of(ASKING, new String[] {"GET", claim})).get(1);
      }
    }
    return told;
  }

  @Override
  public boolean isOwned(OwnKeys keys, Claim claim) {
    return claim.owned();
  }

  @Override
  public SortedMap<Integer, Long> ownKeys(OwnKeys keys, int links) throws RedisException {
    SortedMap<Integer, Long> own = new TreeMap<>();
    SortedMap<Integer, Claim> claims = claims(keys);
    long count = claims.size();
    // Tens of thousands of names are looked for only where there may be one.
    if (claims.values().stream().anyMatch(claim -> claim.task().equals(keys.task()))) {
      for (PeerNode peer : peers) {
        if (peer.answers()) {
          count += peer.count(keys, links);
        }
      }
    }
    own.put(0, count);
    return own;
  }

  @Override
  public int replicas() {
    return (int) map.nodes().stream().filter(ClusterEnd::isLivingReplica).count();
  }

  @Override
  public List<Server> mastersAlone() {
    return answering()
        .filter(PeerNode::hasSlots)
        .filter(
            peer ->
                map.nodes().stream()
                    .filter(ClusterEnd::isLivingReplica)
                    .noneMatch(node -> node.master().equals(peer.node().id())))
        .map(PeerNode::server)
        .toList();
  }

  @Override
  public List<PrecheckFinding> health() throws RedisException {
    return ClusterHealth.of(this);
  }

  @Override
  public List<PeerNode> away() {
    return peers.stream().filter(peer -> !peer.answers()).toList();
  }

  @Override
  public List<NodeFacts> nodeFacts() throws RedisException {
    List<NodeFacts> facts = new ArrayList<>();
    for (PeerNode peer : peers) {
      facts.add(peer.facts());
    }
    return facts;
  }

  @Override
  public void close() {
    front.close();
    answering().map(PeerNode::server).forEach(Server::close);
  }

  private static boolean isLivingReplica(ClusterNode node) {
    return !node.isMaster() && !node.failed();
  }

  private Stream<PeerNode> answering() {
    return peers.stream().filter(PeerNode::answers);
  }

  private Optional<PeerNode> peer(Server server) {
    return answering().filter(peer -> peer.server() == server).findFirst();
  }
}
