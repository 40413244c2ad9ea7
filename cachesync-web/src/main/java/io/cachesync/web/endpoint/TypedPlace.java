package io.cachesync.web.endpoint;

import io.cachesync.contract.Topology;
import io.cachesync.web.system.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a deployment is, read from what people type: each wrong line is refused with what was found
 * there and what to write instead.
 *
 * @param addresses {@code host:port}, one for a standalone server, one or more of a cluster's nodes
 *     or of sentinels
 * @param addressMap announced to reachable address of a cluster's nodes, or of what sentinels tell,
 *     in the order typed
 * @param masterName what the sentinels call the master, elsewhere empty
 * @param user of the first URI, or empty
 * @param password of the first URI, or empty
 */
public record TypedPlace(
    Topology topology,
    List<String> addresses,
    Map<String, String> addressMap,
    String masterName,
    boolean tls,
    String user,
    String password) {

  private static final List<Topology> CHOICES =
      List.of(Topology.STANDALONE, Topology.CLUSTER, Topology.SENTINEL);

  /** More nodes than the largest cluster needs to be found by. */
  static final int MAX_ADDRESSES = 100;

  static final int MAX_ADDRESS_CHARACTERS = 4000;

  /** Of one: names of hosts end at 253. */
  static final int MAX_ADDRESS_LENGTH = 280;

  static final int MAX_MAPPED = 1000;
  static final int MAX_MAP_CHARACTERS = 30_000;
  static final int MAX_MASTER_NAME = 200;

  /** Refusals name the field that they are of by these. */
  public static final String TOPOLOGY = "topology";

  public static final String ADDRESSES = "addresses";
  public static final String ADDRESS_MAP = "addressMap";
  public static final String MASTER_NAME = "masterName";

  /**
   * Reads it.
   *
   * @param topology STANDALONE, CLUSTER or SENTINEL
   * @param addresses one a line, or separated by commas
   * @param addressMap {@code announced=reachable}, one a line, or separated by commas
   * @param masterName what the sentinels call the master
   * @throws Refusal for the first thing that is wrong, with the field it is in
   */
  public static TypedPlace read(
      String topology, String addresses, String addressMap, String masterName) {
    Topology as =
        CHOICES.stream()
            .filter(each -> each.name().equals(topology))
            .findFirst()
            .orElseThrow(() -> Refusal.invalid(TOPOLOGY, "endpoint.invalid.topology"));
    Map<String, ServerAddress> typed = addresses(TypedLine.of(addresses), as);
    if (as == Topology.STANDALONE && !addressMap.isBlank()) {
      throw Refusal.invalid(ADDRESS_MAP, "endpoint.invalid.mapOfStandalone");
    }
    check(masterName, as);
    ServerAddress first = typed.values().iterator().next();
    return new TypedPlace(
        as,
        List.copyOf(typed.keySet()),
        addressMap(TypedLine.of(addressMap)),
        masterName,
        first.tls(),
        first.user(),
        first.password());
  }

  private static void check(String masterName, Topology topology) {
    if (topology != Topology.SENTINEL) {
      if (!masterName.isEmpty()) {
        throw Refusal.invalid(MASTER_NAME, "endpoint.invalid.masterOfOther");
      }
      return;
    }
    if (masterName.isEmpty()) {
      throw Refusal.invalid(MASTER_NAME, "endpoint.invalid.masterName");
    }
    if (masterName.length() > MAX_MASTER_NAME) {
      throw Refusal.invalid(MASTER_NAME, "common.field.tooLong", MAX_MASTER_NAME);
    }
    if (masterName.chars().anyMatch(Character::isISOControl)) {
      throw Refusal.invalid(MASTER_NAME, "endpoint.invalid.masterName");
    }
  }

  private static Map<String, ServerAddress> addresses(List<TypedLine> lines, Topology topology) {
    if (lines.isEmpty()) {
      throw Refusal.invalid(ADDRESSES, "common.field.required");
    }
    if (topology == Topology.STANDALONE && lines.size() > 1) {
      throw Refusal.invalid(ADDRESSES, "endpoint.invalid.oneAddress", lines.size());
    }
    if (lines.size() > MAX_ADDRESSES) {
      throw Refusal.invalid(
          ADDRESSES, "endpoint.invalid.manyAddresses", MAX_ADDRESSES, lines.size());
    }
    Map<String, ServerAddress> found = new LinkedHashMap<>();
    Map<String, Integer> lineOf = new LinkedHashMap<>();
    ServerAddress first = null;
    for (TypedLine line : lines) {
      ServerAddress address = address(line, topology);
      first = first == null ? address : first;
      if (!address.hasLoginOf(first)) {
        throw Refusal.invalid(ADDRESSES, "endpoint.invalid.otherLogin", line.number());
      }
      Integer before = lineOf.putIfAbsent(address.hostPort(), line.number());
      if (before != null) {
        throw Refusal.invalid(
            ADDRESSES, "endpoint.invalid.twice", line.number(), address.hostPort(), before);
      }
      found.put(address.hostPort(), address);
    }
    if (String.join("\n", found.keySet()).length() > MAX_ADDRESS_CHARACTERS) {
      throw Refusal.invalid(ADDRESSES, "common.field.tooLong", MAX_ADDRESS_CHARACTERS);
    }
    return found;
  }

  private static Map<String, String> addressMap(List<TypedLine> lines) {
    if (lines.size() > MAX_MAPPED) {
      throw Refusal.invalid(ADDRESS_MAP, "endpoint.invalid.manyMapped", MAX_MAPPED, lines.size());
    }
    Map<String, String> map = new LinkedHashMap<>();
    Map<String, Integer> lineOf = new LinkedHashMap<>();
    int characters = 0;
    for (TypedLine line : lines) {
      String[] sides = line.text().split("=", -1);
      if (sides.length != 2) {
        throw Refusal.invalid(ADDRESS_MAP, "endpoint.invalid.mapLine", line.number(), line.shown());
      }
      String announced = mapped(line, sides[0].strip());
      String reachable = mapped(line, sides[1].strip());
      Integer before = lineOf.putIfAbsent(announced, line.number());
      if (before != null) {
        throw Refusal.invalid(
            ADDRESS_MAP, "endpoint.invalid.twice", line.number(), announced, before);
      }
      map.put(announced, reachable);
      characters += announced.length() + reachable.length() + 2;
    }
    if (characters > MAX_MAP_CHARACTERS) {
      throw Refusal.invalid(ADDRESS_MAP, "common.field.tooLong", MAX_MAP_CHARACTERS);
    }
    return map;
  }

  /** One side of a mapping: the port belongs to it, for a wrong guess would lead elsewhere. */
  private static String mapped(TypedLine line, String side) {
    Optional<ServerAddress> address = ServerAddress.parse(side);
    boolean plain = !side.contains("/") && side.matches(".*:[0-9]+");
    if (address.isEmpty() || !plain) {
      throw wrong(ADDRESS_MAP, line.number(), new TypedLine(line.number(), side), address);
    }
    return address.get().hostPort();
  }

  private static ServerAddress address(TypedLine line, Topology topology) {
    int port =
        topology == Topology.SENTINEL ? ServerAddress.SENTINEL_PORT : ServerAddress.DEFAULT_PORT;
    Optional<ServerAddress> address = ServerAddress.parse(line.text(), port);
    if (address.isPresent() && address.get().hostPort().length() > MAX_ADDRESS_LENGTH) {
      throw Refusal.invalid(ADDRESSES, "common.field.tooLong", MAX_ADDRESS_LENGTH);
    }
    return address.orElseThrow(() -> wrong(ADDRESSES, line.number(), line, address));
  }

  private static Refusal wrong(
      String field, int number, TypedLine found, Optional<ServerAddress> address) {
    if (address.isEmpty() && found.hasPortOutOfRange()) {
      return Refusal.invalid(field, "endpoint.invalid.port", number, found.shown());
    }
    if (address.isEmpty() && found.hasDatabase()) {
      return Refusal.invalid(field, "endpoint.invalid.database", number, found.shown());
    }
    if (address.isEmpty() && found.isBareIpv6()) {
      return Refusal.invalid(field, "endpoint.invalid.ipv6", number, found.shown());
    }
    return field.equals(ADDRESS_MAP)
        ? Refusal.invalid(field, "endpoint.invalid.mapAddress", number, found.shown())
        : Refusal.invalid(field, "endpoint.invalid.address", number, found.shown());
  }

  /** As its column holds it: {@code announced=reachable}, one a line. */
  String mapText() {
    return mapText(addressMap);
  }

  /** As people type it. */
  public static String mapText(Map<String, String> map) {
    StringBuilder text = new StringBuilder();
    map.forEach((from, to) -> text.append(from).append('=').append(to).append('\n'));
    return text.toString().strip();
  }

  /** Of a column that {@link #mapText} filled. */
  static Map<String, String> mapOf(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    text.lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              map.put(line.substring(0, equals), line.substring(equals + 1));
            });
    return map;
  }

  /** Never with the password. */
  @Override
  public String toString() {
    return "TypedPlace[" + topology + ", " + addresses + "]";
  }
}
