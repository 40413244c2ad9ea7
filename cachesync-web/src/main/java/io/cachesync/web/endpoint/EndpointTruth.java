package io.cachesync.web.endpoint;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.List;

/**
 * What an endpoint is in truth, where it was given as something else.
 *
 * @param masters of sentinels, the names that they watch; one of them has to be chosen
 * @param takeable whether nothing but its topology has to change
 */
public record EndpointTruth(
    Topology given, Topology topology, List<String> masters, boolean takeable) {
  private static final String CLUSTER_MODE = "cluster";
  private static final String STANDALONE_MODE = "standalone";
  private static final String SENTINEL_MODE = "sentinel";

  /** Or null where it is what it was given as, or where nobody can tell. */
  static EndpointTruth of(EndpointFacts facts, RedisEndpoint given) {
    FaultCode code = facts.fault() == null ? null : facts.fault().code();
    Topology as = given.topology();
    if (facts.mode().equals(SENTINEL_MODE)) {
      List<String> others =
          facts.watchedMasters().stream()
              .filter(name -> as != Topology.SENTINEL || !name.equals(given.masterName()))
              .toList();
      return new EndpointTruth(as, Topology.SENTINEL, others, !others.isEmpty());
    }
    // Sentinels that answered tell of their master, and that one is a server.
    boolean wrong = as != Topology.SENTINEL || facts.fault() != null;
    boolean cluster =
        facts.mode().equals(CLUSTER_MODE)
            || (code == FaultCode.NOT_STANDALONE && as == Topology.STANDALONE);
    if (cluster && wrong && as != Topology.CLUSTER) {
      return new EndpointTruth(as, Topology.CLUSTER, List.of(), true);
    }
    boolean standalone = facts.mode().equals(STANDALONE_MODE) || code == FaultCode.NOT_A_CLUSTER;
    if (standalone && wrong && as != Topology.STANDALONE) {
      boolean one = given.addresses().size() == 1 && given.addressMap().isEmpty();
      return new EndpointTruth(as, Topology.STANDALONE, List.of(), one);
    }
    return null;
  }
}
