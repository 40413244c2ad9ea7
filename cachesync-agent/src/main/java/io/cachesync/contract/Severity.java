package io.cachesync.contract;

/** Weight of a precheck's finding. */
public enum Severity {
  PASS,
  /** May start once a person has acknowledged it by name. */
  WARNING,
  /** Must not start. */
  BLOCK,
  UNKNOWN
}
