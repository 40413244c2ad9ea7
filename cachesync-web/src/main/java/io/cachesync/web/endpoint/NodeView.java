package io.cachesync.web.endpoint;

import io.cachesync.contract.Fault;
import io.cachesync.contract.NodeFacts;
import java.util.List;
import java.util.Locale;

/**
 * One node of a cluster as pages show it; unknown figures are a dash.
 *
 * @param fault why it could not be asked, or null
 * @param announced where it says that it is, or empty where it is reached there
 * @param masterOf address of the master that it is a replica of, or empty
 * @param openSlots empty where none is being moved
 */
public record NodeView(
    Fault fault,
    String address,
    String announced,
    String role,
    String masterOf,
    String version,
    String slots,
    String openSlots,
    String keys,
    String memory,
    String policy) {

  static List<NodeView> of(List<NodeFacts> nodes, Locale locale) {
    FactTexts texts = new FactTexts(locale);
    return nodes.stream().map(node -> of(node, nodes, texts)).toList();
  }

  private static NodeView of(NodeFacts node, List<NodeFacts> nodes, FactTexts texts) {
    boolean replica = node.role().equals("slave");
    String used = texts.bytes(node.usedMemoryBytes());
    return new NodeView(
        node.fault(),
        node.address(),
        node.announced().equals(node.address()) ? "" : node.announced(),
        node.role().isEmpty() ? "UNKNOWN" : replica ? "REPLICA" : "MASTER",
        replica ? masterOf(node, nodes) : "",
        texts.text(node.version()),
        replica ? FactTexts.UNKNOWN : texts.count(node.slots()),
        node.openSlots() > 0 ? texts.count(node.openSlots()) : "",
        texts.count(node.keys()),
        node.maxMemoryBytes() <= 0 ? used : used + " / " + texts.bytes(node.maxMemoryBytes()),
        texts.text(node.maxMemoryPolicy()));
  }

  private static String masterOf(NodeFacts replica, List<NodeFacts> nodes) {
    return nodes.stream()
        .filter(node -> node.nodeId().equals(replica.masterId()))
        .map(NodeFacts::address)
        .findFirst()
        .orElse(replica.masterId());
  }
}
