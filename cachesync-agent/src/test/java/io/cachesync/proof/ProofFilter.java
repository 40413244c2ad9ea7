package io.cachesync.proof;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.testkit.DatasetComparer.Naming;
import io.cachesync.testkit.DatasetComparer.Place;
import java.util.List;
import java.util.Map;

/**
 * A filter, and what it means, said twice: as the agent is told, and in the plainest words of this
 * language.
 *
 * @param naming where each key of the source should be
 */
record ProofFilter(FilterSpec spec, Naming naming) {
  private static final List<String> LISTS_AND_SORTED_SETS = List.of("list", "zset");

  /** One of several for one server, by the seed. */
  static ProofFilter ofServer(long seed) {
    return switch ((int) Math.floorMod(seed, 5)) {
      case 0 ->
          new ProofFilter(
              spec(null, null, List.of("*1", "geo*"), null, null),
              (key, type) -> key.key().endsWith("1") || key.key().startsWith("geo") ? null : key);
      case 1 ->
          new ProofFilter(
              spec(
                  null,
                  null,
                  null,
                  null,
                  List.of(
                      new KeyRename("s", "\\x00\\xfe:"),
                      new KeyRename("list\\x00", "L"),
                      new KeyRename("counter", "a longer beginning than before:"))),
              (key, type) -> renamed(key));
      case 2 ->
          new ProofFilter(
              spec(null, null, null, LISTS_AND_SORTED_SETS, null),
              (key, type) -> LISTS_AND_SORTED_SETS.contains(type) ? null : key);
      case 3 ->
          new ProofFilter(
              spec(List.of(1), Map.of(0, 2, 2, 0), null, null, null),
              (key, type) -> key.database() == 1 ? null : in(2 - key.database(), key.key()));
      default ->
          new ProofFilter(
              spec(
                  List.of(2, 5),
                  Map.of(0, 5),
                  List.of("hash0"),
                  List.of("stream", "set"),
                  List.of(new KeyRename("s", "\\x00\\xfe:"))),
              (key, type) ->
                  key.database() == 2
                          || key.key().equals("hash0")
                          || type.equals("stream")
                          || type.equals("set")
                      ? null
                      : in(
                          key.database() == 0 ? 5 : key.database(),
                          key.key().startsWith("s")
                              ? "\u0000\u00fe:" + key.key().substring(1)
                              : key.key()));
    };
  }

  /** For a cluster, which has one database. */
  static ProofFilter ofCluster() {
    return new ProofFilter(
        new FilterSpec(
            List.of(1),
            null,
            Map.of(1, 0),
            null,
            List.of("*2"),
            null,
            List.of("zset"),
            null,
            List.of(new KeyRename("s", "t"), new KeyRename("replaced", "r{a}")),
            false),
        (key, type) -> {
          if (key.database() != 1 || key.key().endsWith("2") || type.equals("zset")) {
            return null;
          }
          if (key.key().startsWith("s")) {
            return in(0, "t" + key.key().substring(1));
          }
          return key.key().startsWith("replaced")
              ? in(0, "r{a}" + key.key().substring("replaced".length()))
              : in(0, key.key());
        });
  }

  private static Place renamed(Place key) {
    String name = key.key();
    if (name.startsWith("s")) {
      return in(key.database(), "\u0000\u00fe:" + name.substring(1));
    }
    if (name.startsWith("list\u0000")) {
      return in(key.database(), "L" + name.substring(5));
    }
    return name.startsWith("counter")
        ? in(key.database(), "a longer beginning than before:" + name.substring(7))
        : key;
  }

  private static Place in(int database, String key) {
    return new Place(database, key);
  }

  private static FilterSpec spec(
      List<Integer> databasesLeftOut,
      Map<Integer, Integer> map,
      List<String> keysLeftOut,
      List<String> typesLeftOut,
      List<KeyRename> renames) {
    return new FilterSpec(
        null, databasesLeftOut, map, null, keysLeftOut, null, typesLeftOut, null, renames, false);
  }
}
