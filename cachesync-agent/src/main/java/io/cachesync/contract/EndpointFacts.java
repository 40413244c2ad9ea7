package io.cachesync.contract;

import java.util.List;
import java.util.Map;

/**
 * What an endpoint says of itself, as seen from one machine. Unknown numbers are -1, unknown texts
 * empty.
 *
 * @param fault why nothing could be seen, otherwise null
 * @param product {@code redis} or {@code valkey}
 * @param role {@code master} or {@code slave}, as INFO says it
 * @param keysPerDatabase database number to number of keys
 * @param usedMemoryBytes used_memory
 * @param maxMemoryBytes maxmemory, 0 = no limit
 * @param clockSkewMillis the server's clock less the machine's
 * @param nodes masters and replicas of a cluster, masters by their first slot; elsewhere empty. Of
 *     a cluster the sums and the gravest stand in the fields before: keys and memory of all
 *     masters, the lowest version
 * @param watchedMasters names of the masters that a sentinel watches, where one answered as that;
 *     elsewhere empty
 */
public record EndpointFacts(
    Fault fault,
    String address,
    String product,
    String version,
    String mode,
    String role,
    String runId,
    String replId,
    long replOffset,
    int connectedReplicas,
    Map<Integer, Long> keysPerDatabase,
    long usedMemoryBytes,
    long maxMemoryBytes,
    String maxMemoryPolicy,
    long backlogBytes,
    List<String> modules,
    long commandsPerSecond,
    long clockSkewMillis,
    long connectMillis,
    List<NodeFacts> nodes,
    List<String> watchedMasters) {
  public EndpointFacts {
    keysPerDatabase = keysPerDatabase == null ? Map.of() : Map.copyOf(keysPerDatabase);
    modules = modules == null ? List.of() : List.copyOf(modules);
    nodes = nodes == null ? List.of() : List.copyOf(nodes);
    watchedMasters = watchedMasters == null ? List.of() : List.copyOf(watchedMasters);
  }

  /** Of what is no sentinel. */
  public EndpointFacts(
      Fault fault,
      String address,
      String product,
      String version,
      String mode,
      String role,
      String runId,
      String replId,
      long replOffset,
      int connectedReplicas,
      Map<Integer, Long> keysPerDatabase,
      long usedMemoryBytes,
      long maxMemoryBytes,
      String maxMemoryPolicy,
      long backlogBytes,
      List<String> modules,
      long commandsPerSecond,
      long clockSkewMillis,
      long connectMillis,
      List<NodeFacts> nodes) {
    this(
        fault,
        address,
        product,
        version,
        mode,
        role,
        runId,
        replId,
        replOffset,
        connectedReplicas,
        keysPerDatabase,
        usedMemoryBytes,
        maxMemoryBytes,
        maxMemoryPolicy,
        backlogBytes,
        modules,
        commandsPerSecond,
        clockSkewMillis,
        connectMillis,
        nodes,
        List.of());
  }
}
