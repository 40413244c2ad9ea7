package io.cachesync.agent.redis;

import io.cachesync.agent.resp.RespValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The modules that a server has loaded, or that all or any of some have. */
public final class Modules {
  /** Of servers that do not tell. */
  public static final Modules UNKNOWN = new Modules(false, Map.of());

  private static final Modules NONE = of(Map.of());

  /** What runs scripts in Valkey 9.1 and later calls itself a module; it keeps no data. */
  private static final String SCRIPT_ENGINE = "lua";

  /** Redis 8 has it within; the type of its values is the only one that is called as its module. */
  private static final String VECTOR_SETS = "vectorset";

  private static final long NO_VERSION = 0;

  private static final int ANSWERED_SINCE = 602;

  private final boolean known;
  private final Map<String, Long> versions;

  private Modules(boolean known, Map<String, Long> versions) {
    this.known = known;
    this.versions = new TreeMap<>(versions);
  }

  /**
   * @param versions by name, in the module's own counting
   */
  public static Modules of(Map<String, Long> versions) {
    return new Modules(true, versions);
  }

  /**
   * From INFO, which needs no further right, or below 6.0 from MODULE LIST.
   *
   * @param info the server's, with all the sections that it has by default
   * @return {@link #UNKNOWN} where it refuses
   */
  public static Modules of(RedisConnection connection, ServerInfo info) throws RedisException {
    if (info.version().atLeast(6, 0)) {
      Map<String, Long> versions = new TreeMap<>();
      info.modules().forEach(line -> add(List.of(line.split("[=,]")), versions));
      return of(versions);
    }
    if (!info.version().atLeast(4, 0)) {
      return NONE;
    }
    RespValue list = connection.tryCall("MODULE", "LIST");
    return list.isError() ? UNKNOWN : listed(list.elements());
  }

  private static Modules listed(List<RespValue> list) {
    Map<String, Long> versions = new TreeMap<>();
    for (RespValue module : list) {
      List<String> words = new ArrayList<>();
      module.elements().forEach(word -> words.add(word.text()));
      add(words, versions);
    }
    return of(versions);
  }

  /** Names and values in turn, of which only some are known. */
  private static void add(List<String> words, Map<String, Long> versions) {
    String name = "?";
    long version = NO_VERSION;
    for (int i = 0; i + 1 < words.size(); i += 2) {
      if (words.get(i).equals("name")) {
        name = words.get(i + 1);
      } else if (words.get(i).equals("ver")) {
        version = number(words.get(i + 1));
      }
    }
    versions.put(name, version);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return NO_VERSION;
    }
  }

  /**
   * Whether a server answers where it cannot load a module's value. Below 6.2 it ends itself
   * (rdb.c, rdbLoadObject: exit(1) where no module has the type, and where the module does not load
   * it).
   *
   * @param level the version of Redis whose commands it has, as major * 100 + minor
   */
  public static boolean areAnswered(int level) {
    return level >= ANSWERED_SINCE;
  }

  public boolean isKnown() {
    return known;
  }

  public boolean isEmpty() {
    return versions.isEmpty();
  }

  /** In their order. */
  public Set<String> names() {
    return versions.keySet();
  }

  /** What both have, in the lower version. */
  public Modules and(Modules other) {
    Map<String, Long> both = new TreeMap<>(versions);
    both.keySet().retainAll(other.versions.keySet());
    both.replaceAll((name, version) -> Math.min(version, other.versions.get(name)));
    return new Modules(known && other.known, both);
  }

  /** What any of the two has, in the higher version. */
  public Modules or(Modules other) {
    Map<String, Long> all = new TreeMap<>(versions);
    other.versions.forEach((name, version) -> all.merge(name, version, Math::max));
    return new Modules(known && other.known, all);
  }

  /** Those that keep data. */
  public Modules withData() {
    Map<String, Long> all = new TreeMap<>(versions);
    all.remove(SCRIPT_ENGINE);
    return new Modules(known, all);
  }

  /**
   * Those of which one made a value. The name of a type does not tell the module's, so it may have
   * been each.
   *
   * @param type the name of the value's type
   */
  public Modules makersOf(String type) {
    Map<String, Long> all = withData().versions;
    if (type.equals(VECTOR_SETS)) {
      all.keySet().retainAll(Set.of(VECTOR_SETS));
    } else {
      all.remove(VECTOR_SETS);
    }
    return new Modules(known, all);
  }

  /**
   * What another is short of, in words.
   *
   * @return a module each, with the version where the other has but an older one
   */
  public List<String> missingIn(Modules other) {
    List<String> missing = new ArrayList<>();
    versions.forEach(
        (name, version) -> {
          Long there = other.versions.get(name);
          if (there == null) {
            missing.add(name);
          } else if (there < version) {
            missing.add(name + " >= " + version);
          }
        });
    return missing;
  }
}
