package io.cachesync.contract;

/**
 * What one node of a cluster says of itself. Unknown numbers are -1, unknown texts empty.
 *
 * @param fault why nothing could be seen of it, otherwise null
 * @param address where it is reached
 * @param announced {@code host:port} where it says that it is
 * @param nodeId its name in the cluster
 * @param role {@code master} or {@code slave}
 * @param masterId the node that it is a replica of, empty for a master
 * @param slots number of hash slots that it owns
 * @param openSlots slots that are being moved from or to it
 * @param slotRanges which slots it owns, such as {@code 0-5460,10923}; empty for none
 */
public record NodeFacts(
    Fault fault,
    String address,
    String announced,
    String nodeId,
    String role,
    String masterId,
    String version,
    int slots,
    int openSlots,
    long keys,
    long usedMemoryBytes,
    long maxMemoryBytes,
    String maxMemoryPolicy,
    long replOffset,
    String slotRanges) {
  public NodeFacts {
    slotRanges = slotRanges == null ? "" : slotRanges;
  }
}
