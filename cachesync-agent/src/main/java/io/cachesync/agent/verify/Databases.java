package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which databases are compared with which: by the map, at a cluster with the only one. */
final class Databases {
  private final FilterSpec filter;
  private final List<Integer> source;
  private final boolean targetIsCluster;

  private Databases(FilterSpec filter, List<Integer> source, boolean targetIsCluster) {
    this.filter = filter;
    this.source = source;
    this.targetIsCluster = targetIsCluster;
  }

  /**
   * @throws RedisException where several would lie in the only database of a cluster
   */
  static Databases of(FilterSpec filter, Collection<Side> sources, Side target)
      throws RedisException {
    Set<Integer> all = new TreeSet<>(filter.databases());
    if (filter.databases().isEmpty()) {
      sources.forEach(source -> all.addAll(source.keysPerDatabase().keySet()));
      target.keysPerDatabase().keySet().forEach(database -> addOrigin(database, filter, all));
    }
    all.removeIf(database -> !filter.moves(database));
    for (Side source : sources) {
      if (source.isCluster()) {
        refuseOthers(source, source.keysPerDatabase().keySet(), filter);
      }
    }
    if (sources.stream().allMatch(Side::isCluster)) {
      // What a target has in others comes from nowhere.
      all.retainAll(Set.of(0));
    }
    if (target.isCluster() && all.size() > 1) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.TARGET_REFUSED,
              "a cluster has one database, and databases %s would be compared: choose one"
                  .formatted(all)));
    }
    return new Databases(filter, List.copyOf(all), target.isCluster());
  }

  /**
   * Asks each side whether it has them.
   *
   * @throws RedisException FILTER_INVALID, naming the side, where it does not
   */
  void mustExist(Collection<Side> sources, Side target) throws RedisException {
    for (Side one : sources) {
      one.mustHave(source);
      if (sources.stream().allMatch(Side::isCluster)) {
        refuseOthers(one, filter.databases(), filter);
      }
    }
    target.mustHave(source.stream().map(this::atTarget).toList());
  }

  /** Of a cluster the first one only is moved, whichever it has. */
  private static void refuseOthers(Side cluster, Collection<Integer> databases, FilterSpec filter)
      throws RedisException {
    for (int database : databases) {
      if (database > 0 && filter.moves(database)) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.FILTER_INVALID,
                "the %s, a cluster: database 0 only is compared, not database %d; leave the others"
                        .formatted(cluster.name(), database)
                    + " out (--include-db 0)"));
      }
    }
  }

  /** Those of all sources, ascending. */
  List<Integer> source() {
    return source;
  }

  /** Those that one of the sources can have. */
  List<Integer> of(Side one) {
    return one.isCluster() ? source.stream().filter(database -> database == 0).toList() : source;
  }

  /** Where the keys of a database of the source lie at the target. */
  int atTarget(int database) {
    return targetIsCluster ? 0 : filter.targetDatabase(database);
  }

  /**
   * Where keys of a database of the target would come from; from nowhere where it is moved away.
   */
  private static void addOrigin(int target, FilterSpec filter, Set<Integer> all) {
    filter
        .databaseMap()
        .forEach((from, to) -> all.addAll(to == target ? List.of(from) : List.of()));
    if (filter.targetDatabase(target) == target) {
      all.add(target);
    }
  }
}
