package io.cachesync.agent.filter;

import io.cachesync.contract.KeyRename;

/** One rule in bytes. */
record Rename(byte[] from, byte[] to) {
  static Rename of(KeyRename rule) {
    return new Rename(PatternBytes.literal(rule.from()), PatternBytes.literal(rule.to()));
  }

  /** The name that a key with the first beginning gets with the second. */
  static byte[] swap(byte[] from, byte[] to, byte[] buffer, int offset, int length) {
    int rest = length - from.length;
    byte[] name = new byte[to.length + rest];
    System.arraycopy(to, 0, name, 0, to.length);
    System.arraycopy(buffer, offset + from.length, name, to.length, rest);
    return name;
  }

  static boolean begins(byte[] buffer, int offset, int length, byte[] beginning) {
    if (length < beginning.length) {
      return false;
    }
    for (int i = 0; i < beginning.length; i++) {
      if (buffer[offset + i] != beginning[i]) {
        return false;
      }
    }
    return true;
  }
}
