package io.cachesync.web.machine;

/** How agents of a machine reach the console. */
public enum ReportRoute {
  /** Not found out yet: a port forward, which always works. */
  UNKNOWN,
  /** By the console's own address for machines. */
  DIRECT,
  /** Through a port on the machine that the console's SSH connection forwards. */
  FORWARD
}
