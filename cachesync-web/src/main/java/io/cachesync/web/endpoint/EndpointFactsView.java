package io.cachesync.web.endpoint;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.Fault;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an endpoint said of itself, as pages show it; unknown figures are a dash.
 *
 * @param fault why it could not be asked, or null
 * @param is what it is in truth, where it was given as something else, otherwise null
 * @param movable whether it runs in a mode that can be moved at all
 * @param master where the master is that the sentinels tell, elsewhere null
 * @param cluster whether it answered as a cluster
 * @param masters of a cluster
 * @param replicasOfCluster of all its masters
 * @param openSlots whether slots of it are just being moved
 * @param faulty how many of its nodes could not be asked
 * @param databases one line per database, {@code 0: 1,000}
 * @param maxMemory the limit, or null where there is none
 * @param replica whether it is a replica
 */
public record EndpointFactsView(
    Fault fault,
    EndpointTruth is,
    boolean movable,
    String master,
    boolean cluster,
    String address,
    String server,
    String mode,
    String runId,
    boolean replica,
    String replicas,
    String keys,
    List<String> databases,
    String memory,
    String maxMemory,
    String policy,
    String backlog,
    List<String> modules,
    String commandsPerSecond,
    String clockSkew,
    String connectMillis,
    String masters,
    String replicasOfCluster,
    boolean openSlots,
    int faulty,
    List<NodeView> nodes) {
  private static final String CLUSTER = "cluster";
  private static final Set<String> MOVABLE = Set.of("standalone", CLUSTER);

  /**
   * As pages show it.
   *
   * @param given what it was taken for
   */
  public static EndpointFactsView of(EndpointFacts facts, RedisEndpoint given, Locale locale) {
    FactTexts texts = new FactTexts(locale);
    long keys = facts.keysPerDatabase().values().stream().mapToLong(Long::longValue).sum();
    List<NodeFacts> nodes = facts.nodes();
    long replicas = nodes.stream().filter(node -> node.role().equals("slave")).count();
    long masters = nodes.stream().filter(EndpointFactsView::isMaster).count();
    return new EndpointFactsView(
        facts.fault(),
        EndpointTruth.of(facts, given),
        MOVABLE.contains(facts.mode()),
        given.topology() == Topology.SENTINEL && facts.fault() == null ? facts.address() : null,
        facts.mode().equals(CLUSTER),
        facts.address(),
        facts.fault() == null ? name(facts.product()) + " " + facts.version() : FactTexts.UNKNOWN,
        facts.mode(),
        facts.runId(),
        "slave".equals(facts.role()),
        texts.count(facts.connectedReplicas()),
        texts.number(keys),
        new TreeMap<>(facts.keysPerDatabase())
            .entrySet().stream()
                .map(entry -> entry.getKey() + ": " + texts.number(entry.getValue()))
                .toList(),
        texts.bytes(facts.usedMemoryBytes()),
        facts.maxMemoryBytes() == 0 ? null : texts.bytes(facts.maxMemoryBytes()),
        texts.text(facts.maxMemoryPolicy()),
        texts.bytes(facts.backlogBytes()),
        facts.modules(),
        texts.count(facts.commandsPerSecond()),
        texts.number(facts.clockSkewMillis()) + " ms",
        texts.count(facts.connectMillis()) + " ms",
        texts.number(masters),
        texts.number(replicas),
        nodes.stream().anyMatch(node -> node.openSlots() > 0),
        (int) nodes.stream().filter(node -> node.fault() != null).count(),
        NodeView.of(nodes, locale));
  }

  /** Whether the fault says no more than that it is something else. */
  public boolean mistaken() {
    return is != null && is.takeable();
  }

  /** A sentinel has none. */
  public boolean holdsData() {
    return !mode.equals("sentinel");
  }

  private static boolean isMaster(NodeFacts node) {
    return node.role().equals("master") && node.slots() != 0;
  }

  private static String name(String product) {
    return product.equals("valkey") ? "Valkey" : "Redis";
  }
}
