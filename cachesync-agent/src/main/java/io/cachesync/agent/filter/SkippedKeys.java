package io.cachesync.agent.filter;

import java.util.Arrays;
import java.util.function.ObjIntConsumer;

/**
 * Keys of the source that the target had before they were copied, and that are left alone. Added to
 * by several threads while a snapshot is written, asked by one afterwards; asking does not
 * allocate.
 */
public final class SkippedKeys {
  private final int most;
  private byte[][] keys = new byte[64][];
  private int[] databases = new int[64];
  private volatile int size;

  /**
   * @param most more than these are not remembered
   */
  public SkippedKeys(int most) {
    this.most = most;
  }

  public int most() {
    return most;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public int size() {
    return size;
  }

  public synchronized void clear() {
    keys = new byte[64][];
    databases = new int[64];
    size = 0;
  }

  /**
   * @param key by its name at the source, not copied
   * @return false where there are too many
   */
  public synchronized boolean add(int database, byte[] key) {
    int slot = find(database, key, 0, key.length);
    if (keys[slot] != null) {
      return true;
    }
    if (size == most) {
      return false;
    }
    keys[slot] = key;
    databases[slot] = database;
    size++;
    if (size * 2 > keys.length) {
      grow();
    }
    return true;
  }

  /** Tells each key and its database. */
  public synchronized void forEach(ObjIntConsumer<byte[]> visitor) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != null) {
        visitor.accept(keys[i], databases[i]);
      }
    }
  }

  boolean contains(int database, byte[] buffer, int offset, int length) {
    return size > 0 && keys[find(database, buffer, offset, length)] != null;
  }

  /** Where it is, or would be. */
  private int find(int database, byte[] buffer, int offset, int length) {
    int hash = database;
    for (int i = offset; i < offset + length; i++) {
      hash = hash * 31 + buffer[i];
    }
    int slot = (hash * 0x9E3779B9 >>> 7) & (keys.length - 1);
    while (keys[slot] != null
        && (databases[slot] != database
            || !Arrays.equals(keys[slot], 0, keys[slot].length, buffer, offset, offset + length))) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    byte[][] oldKeys = keys;
    int[] oldDatabases = databases;
    keys = new byte[oldKeys.length * 2][];
    databases = new int[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != null) {
        int slot = find(oldDatabases[i], oldKeys[i], 0, oldKeys[i].length);
        keys[slot] = oldKeys[i];
        databases[slot] = oldDatabases[i];
      }
    }
  }
}
