package io.cachesync.contract;

/** How the nodes of an endpoint belong together. */
public enum Topology {
  STANDALONE,
  UNKNOWN
}
