package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.Topology;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.web.endpoint.TypedPlace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A task as {@code POST /api/v1/tasks} takes it. docs/rest-api.md has the fields; what is left out
 * has the wizard's default.
 *
 * @param machine name of a machine; left out, the least loaded ready one
 * @param startAt when to start by itself once started, or left out for at once
 * @param onUnsupported what becomes of what the target's version has no place for
 * @param filter what of the databases is moved, and under which names; left out, all of them
 * @param moreSources names of registered endpoints that are sources besides
 * @param sources all sources, in place of {@code source} and {@code moreSources}
 * @param machines names of machines over which the shards of the source are spread, in place of
 *     {@code machine}
 * @param stayOnMachine whether it waits for its machine instead of being taken over by another
 * @param parallelFullSyncs how many shards or sources each agent copies at once; left out, 4
 */
record TaskRequest(
    String name,
    String machine,
    End source,
    List<End> sources,
    End target,
    SyncMode mode,
    List<Integer> databases,
    ConflictPolicy onExists,
    Long bytesPerSecond,
    Long commandsPerSecond,
    Long lagBoundMillis,
    Integer restartLimit,
    Instant startAt,
    List<String> tags,
    String notes,
    Boolean stayOnMachine,
    Filter filter,
    List<String> moreSources,
    UnsupportedPolicy onUnsupported,
    List<String> machines,
    Integer parallelFullSyncs) {

  /**
   * One end: a registered endpoint by its name, or where it is.
   *
   * @param address of a server, of one node of a cluster, or of one sentinel
   * @param addresses of nodes of a cluster or of sentinels; they and {@code address} count together
   * @param addressMap where nodes are reached that announce another address
   * @param masterName what the sentinels call the master
   * @param password never in an answer
   * @param sentinelUser of sentinels that have a login of their own
   * @param sentinelPassword never in an answer
   */
  record End(
      String endpoint,
      String address,
      String user,
      String password,
      Boolean tls,
      String caPem,
      String topology,
      List<String> addresses,
      Map<String, String> addressMap,
      String masterName,
      String sentinelUser,
      String sentinelPassword) {
    static End none() {
      return of(null);
    }

    static End of(String endpoint) {
      return new End(endpoint, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** As the wizard has it; its registered endpoint by id, or empty. */
    EndForm form(String endpointId) {
      return new EndForm(
          endpointId,
          addressText(),
          user,
          password,
          false,
          tls,
          caPem,
          topology,
          mapText(),
          masterName,
          sentinelUser,
          sentinelPassword,
          false);
    }

    /** As people type them. */
    String addressText() {
      List<String> all = new ArrayList<>();
      if (address != null) {
        all.add(address);
      }
      if (addresses != null) {
        addresses.forEach(each -> all.add(String.valueOf(each)));
      }
      return String.join("\n", all);
    }

    /** As people type it. */
    String mapText() {
      return addressMap == null ? "" : TypedPlace.mapText(addressMap);
    }

    @Override
    public String toString() {
      return "End[" + endpoint + ", " + address + "]";
    }
  }

  /** As {@link FilterSpec}, whose databases are a field of the request. */
  record Filter(
      List<Integer> excludeDatabases,
      Map<Integer, Integer> databaseMap,
      List<String> includeKeys,
      List<String> excludeKeys,
      List<String> includeTypes,
      List<String> excludeTypes,
      List<String> excludeCommands,
      List<KeyRename> renames) {
    static Filter of(FilterSpec filter) {
      return new Filter(
          filter.excludeDatabases(),
          filter.databaseMap(),
          filter.includeKeys(),
          filter.excludeKeys(),
          filter.includeTypes(),
          filter.excludeTypes(),
          filter.excludeCommands(),
          filter.renames());
    }

    FilterSpec spec() {
      return new FilterSpec(
          null,
          known(excludeDatabases),
          databaseMap,
          known(includeKeys),
          known(excludeKeys),
          known(includeTypes),
          known(excludeTypes),
          known(excludeCommands),
          known(renames),
          false);
    }

    private static <T> List<T> known(List<T> list) {
      return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }
  }

  static TaskRequest of(Task task, TaskSpec spec, List<String> machines, TaskEnds ends) {
    List<End> sources = new ArrayList<>();
    sources.add(end(ends.source(spec)));
    ends.moreSources(spec).forEach(each -> sources.add(end(each)));
    boolean several = sources.size() > 1;
    return new TaskRequest(
        task.name(),
        machines.isEmpty() ? spec.machineName() : null,
        several ? null : sources.get(0),
        several ? sources : null,
        end(ends.target(spec)),
        spec.what().syncMode(),
        spec.what().databases(),
        spec.what().onExists(),
        spec.how().bytesPerSecond(),
        spec.how().commandsPerSecond(),
        spec.how().lagBoundMillis(),
        spec.how().restartLimit(),
        spec.how().startAt(),
        task.tagList(),
        task.notes(),
        spec.how().stayOnMachine(),
        spec.what().filterJson() == null ? null : Filter.of(ends.filter(spec)),
        null,
        spec.what().onUnsupported(),
        machines.isEmpty() ? null : machines,
        spec.how().parallelFullSyncs() == 0 ? null : spec.how().parallelFullSyncs());
  }

  private static End end(TaskEnd end) {
    if (end.endpointId() != null) {
      return End.of(end.label());
    }
    boolean several = end.topology() != Topology.STANDALONE;
    return new End(
        null,
        several ? null : end.address(),
        end.user().isEmpty() ? null : end.user(),
        null,
        end.tls() ? true : null,
        end.ca().isEmpty() ? null : end.ca(),
        several ? end.topology().name() : null,
        several ? end.endpoint().addresses() : null,
        end.addressMap().isEmpty() ? null : end.endpoint().addressMap(),
        end.masterName().isEmpty() ? null : end.masterName(),
        end.sentinelUser().isEmpty() ? null : end.sentinelUser(),
        null);
  }
}
