package io.cachesync.web.check;

/** How often a schedule asks for its check. */
public enum Rhythm {
  DAILY,
  WEEKLY,
  /** As its expression says. */
  CRON
}
