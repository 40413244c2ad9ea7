package io.cachesync.contract;

/** How the nodes of an endpoint belong together. */
public enum Topology {
  /** One server. */
  STANDALONE,
  /** A Redis Cluster: its addresses are any of its nodes, the others are asked for. */
  CLUSTER,
  /** A master and its replicas, watched by sentinels: the addresses are those of sentinels. */
  SENTINEL,
  UNKNOWN
}
