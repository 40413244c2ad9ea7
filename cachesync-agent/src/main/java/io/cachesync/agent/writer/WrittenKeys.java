package io.cachesync.agent.writer;

/** Hears which keys a snapshot has put at the target, or has removed there. */
@FunctionalInterface
public interface WrittenKeys {
  /** Nobody hears. */
  WrittenKeys NOBODY = (database, buffer, offset, length) -> {};

  /**
   * @param database of the source
   * @param buffer of the key's name at the source
   */
  void add(int database, byte[] buffer, int offset, int length);
}
