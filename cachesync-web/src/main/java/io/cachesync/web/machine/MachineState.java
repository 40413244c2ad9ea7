package io.cachesync.web.machine;

/** Whether a machine takes jobs. */
public enum MachineState {
  /** Added; no agent was installed yet. */
  NEW,
  /** Takes jobs. */
  READY,
  /** Somebody does not want new jobs there; those that run go on. */
  DISABLED
}
