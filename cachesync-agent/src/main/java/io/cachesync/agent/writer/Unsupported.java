package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;

/** Hears what of a snapshot has no place at the target. */
@FunctionalInterface
public interface Unsupported {
  /**
   * @param key of database -1 and empty for a function library
   * @param why in words
   */
  void add(DatabaseKey key, String why);
}
