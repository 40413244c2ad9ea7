package io.cachesync.agent.verify;

import java.util.Arrays;
import java.util.List;

/** A key of the source that the stream has touched. */
final class TouchedKey {
  private final int database;
  private final byte[] bytes;
  private final int hash;

  TouchedKey(int database, byte[] bytes) {
    this.database = database;
    this.bytes = bytes;
    this.hash = 31 * database + (int) Hash64.of(bytes);
  }

  /** Some of one database, to be looked at together. */
  static KeyBatch batch(List<TouchedKey> keys) {
    List<byte[]> names = keys.stream().map(TouchedKey::bytes).toList();
    return new KeyBatch(keys.get(0).database, false, 0, names, null);
  }

  int database() {
    return database;
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TouchedKey key
        && key.database == database
        && Arrays.equals(key.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
