package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Who has which slots, as one node tells it in CLUSTER NODES (3.0 and later).
 *
 * <pre>
 * id ip:port[@bus][,hostname…] flags master|- ping pong epoch link [slot|first-last|[slot-&gt;-id]|[slot-&lt;-id]]…
 * </pre>
 */
public final class ClusterMap {
  private static final int SLOTS_FROM = 8;

  private final List<ClusterNode> nodes;
  private final ClusterNode[] owners = new ClusterNode[HashSlot.COUNT];

  private ClusterMap(List<ClusterNode> nodes) {
    this.nodes = List.copyOf(nodes);
    for (ClusterNode node : nodes) {
      for (int slot = node.slots().nextSetBit(0); slot >= 0; slot = next(node, slot)) {
        owners[slot] = node;
      }
    }
  }

  /**
   * The map as one node tells it.
   *
   * @throws RedisException CLUSTER_DOWN, retryable, where slots have no living owner
   */
  public static ClusterMap askWhole(RedisConnection connection, AddressMap addresses)
      throws RedisException {
    ClusterMap map = ask(connection, addresses);
    map.requireWhole(connection);
    return map;
  }

  /** The map as one node tells it. */
  public static ClusterMap ask(RedisConnection connection, AddressMap addresses)
      throws RedisException {
    String text = connection.call("CLUSTER", "NODES").text();
    try {
      return parse(text, connection.address(), addresses);
    } catch (IllegalArgumentException e) {
      throw new RedisException(
          Fault.fatal(FaultCode.PROTOCOL_ERROR, connection + " told " + e.getMessage()), e);
    }
  }

  /**
   * @param asked who told it: a node that does not know its own address is there
   * @throws IllegalArgumentException where the text has another form
   */
  static ClusterMap parse(String text, HostAndPort asked, AddressMap addresses) {
    List<ClusterNode> nodes = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank()) {
        nodes.add(node(line, asked, addresses));
      }
    }
    return new ClusterMap(nodes);
  }

  public List<ClusterNode> nodes() {
    return nodes;
  }

  /** Those that have slots, by their first slot. */
  public List<ClusterNode> masters() {
    return nodes.stream()
        .filter(node -> !node.slots().isEmpty())
        .sorted(Comparator.comparingInt(node -> node.slots().nextSetBit(0)))
        .toList();
  }

  /** The master that has a slot, or null. */
  public ClusterNode owner(int slot) {
    return owners[slot];
  }

  /** Slots that the node that was asked is moving away or taking over. */
  public List<Integer> openSlots() {
    return nodes.stream().flatMap(node -> node.open().stream()).toList();
  }

  /** Whether both tell the same of every slot. */
  public boolean sameOwners(ClusterMap other) {
    for (int slot = 0; slot < owners.length; slot++) {
      String mine = owners[slot] == null ? "" : owners[slot].id();
      String theirs = other.owners[slot] == null ? "" : other.owners[slot].id();
      if (!mine.equals(theirs)) {
        return false;
      }
    }
    return true;
  }

  private void requireWhole(RedisConnection told) throws RedisException {
    int without = 0;
    for (ClusterNode owner : owners) {
      without += owner == null || owner.failed() ? 1 : 0;
    }
    if (without > 0) {
      throw new RedisException(
          Fault.retryable(
              FaultCode.CLUSTER_DOWN,
              without + " slots have no living owner as " + told + " tells it"));
    }
  }

  private static int next(ClusterNode node, int slot) {
    return node.slots().nextSetBit(slot + 1);
  }

  private static ClusterNode node(String line, HostAndPort asked, AddressMap addresses) {
    String[] words = line.trim().split(" ", -1);
    if (words.length < SLOTS_FROM) {
      throw new IllegalArgumentException("a line of CLUSTER NODES that is not one: " + line);
    }
    List<String> flags = List.of(words[2].split(",", -1));
    boolean noAddress = flags.contains("noaddr");
    HostAndPort announced = noAddress ? asked : address(words[1], asked);
    HostAndPort address = noAddress ? asked : addresses.reach(announced);
    BitSet slots = new BitSet(HashSlot.COUNT);
    List<Integer> open = new ArrayList<>();
    for (int i = SLOTS_FROM; i < words.length; i++) {
      if (words[i].startsWith("[")) {
        open.add(Integer.valueOf(words[i].substring(1, words[i].indexOf('-'))));
      } else if (!words[i].isEmpty()) {
        addRange(words[i], slots);
      }
    }
    return new ClusterNode(
        words[0],
        address,
        announced,
        words[3].equals("-") ? "" : words[3],
        noAddress || flags.contains("fail"),
        slots,
        open);
  }

  private static void addRange(String range, BitSet slots) {
    int dash = range.indexOf('-');
    int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
    int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
    if (first < 0 || last >= HashSlot.COUNT || first > last) {
      throw new IllegalArgumentException("slots that are none: " + range);
    }
    slots.set(first, last + 1);
  }

  /** {@code ip:port}, behind it {@code @bus} from 4.0 and names from 7.0; the ip may be missing. */
  private static HostAndPort address(String text, HostAndPort asked) {
    String address = text.split(",", 2)[0];
    int at = address.indexOf('@');
    if (at >= 0) {
      address = address.substring(0, at);
    }
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("an address that is none: " + text);
    }
    String host = address.substring(0, colon);
    int port = Integer.parseInt(address.substring(colon + 1));
    return new HostAndPort(host.isEmpty() ? asked.host() : host, port);
  }
}
