package io.cachesync.contract;

/** See docs/development.md for what belongs to which level. */
public enum LogLevel {
  DEBUG,
  INFO,
  WARN,
  ERROR,
  UNKNOWN
}
