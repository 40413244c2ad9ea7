package io.cachesync.web.task;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.web.endpoint.TypedPlace;

/**
 * One end of a task for pages and programs, without its secret.
 *
 * @param endpointId id of the registered endpoint, or null for one that was typed in
 * @param endpoint where it is, or null while unknown
 * @param password whether there is one
 * @param sentinelPassword whether its sentinels have one of their own
 */
public record TaskEnd(
    String label,
    Long endpointId,
    RedisEndpoint endpoint,
    boolean password,
    boolean sentinelPassword) {
  private static final int LABEL_MAX = 300;

  /** What the pages call one that was typed in: its address, and how many more there are. */
  static String labelOf(RedisEndpoint endpoint) {
    int more = endpoint.addresses().size() - 1;
    String at = endpoint.addresses().get(0) + (more == 0 ? "" : " +" + more);
    String label = endpoint.masterName().isEmpty() ? at : endpoint.masterName() + " (" + at + ")";
    return label.length() > LABEL_MAX ? label.substring(0, LABEL_MAX) : label;
  }

  public String address() {
    return endpoint == null ? "" : String.join(", ", endpoint.addresses());
  }

  public Topology topology() {
    return endpoint == null ? Topology.STANDALONE : endpoint.topology();
  }

  public String masterName() {
    return endpoint == null ? "" : endpoint.masterName();
  }

  public String sentinelUser() {
    return endpoint == null ? "" : endpoint.sentinelUser();
  }

  public boolean sentinel() {
    return topology() == Topology.SENTINEL;
  }

  public boolean cluster() {
    return topology() == Topology.CLUSTER;
  }

  /** As people type it: {@code announced=reachable}, one a line. */
  public String addressMap() {
    return endpoint == null ? "" : TypedPlace.mapText(endpoint.addressMap());
  }

  /** As people type them: one a line. */
  public String addressLines() {
    return endpoint == null ? "" : String.join("\n", endpoint.addresses());
  }

  public String user() {
    return endpoint == null ? "" : endpoint.user();
  }

  public boolean tls() {
    return endpoint != null && endpoint.tls() != null;
  }

  public String ca() {
    return tls() ? endpoint.tls().caPem() : "";
  }
}
