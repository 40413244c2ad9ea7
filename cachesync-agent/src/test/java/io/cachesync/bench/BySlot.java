package io.cachesync.bench;

import io.cachesync.testkit.ClusterServers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Gives each command to the node that has the hash slot of its key. */
final class BySlot<T extends Commands> implements Commands {
  private final List<T> nodes;

  /**
   * @param nodes by their slots, which they have in equal parts
   */
  BySlot(List<T> nodes) {
    this.nodes = nodes;
  }

  static int node(String key, int nodes) {
    int slot = ClusterServers.slot(key);
    int node = 0;
    while (slot >= ClusterServers.SLOTS * (node + 1) / nodes) {
      node++;
    }
    return node;
  }

  /** A name for each node, whose slot it has. */
  static List<String> names(String kind, int nodes) {
    List<String> names = new ArrayList<>();
    for (int i = 0; names.size() < nodes; i++) {
      String name = kind + ":" + i;
      if (node(name, nodes) == names.size()) {
        names.add(name);
      }
    }
    return names;
  }

  List<T> nodes() {
    return nodes;
  }

  @Override
  public void command(byte[]... words) {
    nodes.get(node(words[1])).command(words);
  }

  private int node(byte[] key) {
    int count = nodes.size();
    return count == 1 ? 0 : node(new String(key, StandardCharsets.ISO_8859_1), count);
  }
}
