package io.cachesync.agent.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A key and the database it lies in. */
public final class DatabaseKey {
  private final int database;
  private final byte[] key;

  /**
   * @param key not copied
   */
  public DatabaseKey(int database, byte[] key) {
    this.database = database;
    this.key = key;
  }

  public int database() {
    return database;
  }

  /** The bytes themselves, not to be changed. */
  public byte[] key() {
    return key;
  }

  public DatabaseKey in(int otherDatabase) {
    return new DatabaseKey(otherDatabase, key);
  }

  /** The key as text, what is not printable as {@code \xHH}. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (byte b : key) {
      if (b >= ' ' && b < 127) {
        text.append((char) b);
      } else {
        text.append("\\x%02X".formatted(b & 0xff));
      }
    }
    return text.toString();
  }

  /** Whether {@link #text} tells the bytes without doubt. */
  public boolean isPrintable() {
    for (byte b : key) {
      if (b < ' ' || b >= 127 || b == '\\') {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatabaseKey that
        && database == that.database
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + database;
  }

  @Override
  public String toString() {
    return text() + " of database " + database;
  }

  /** The form of a field's name: {@code DATABASE:KEY}. */
  byte[] field(char kind) {
    byte[] prefix = (kind + ":" + database + ":").getBytes(StandardCharsets.US_ASCII);
    byte[] field = Arrays.copyOf(prefix, prefix.length + key.length);
    System.arraycopy(key, 0, field, prefix.length, key.length);
    return field;
  }

  /**
   * @throws IllegalArgumentException where it is none of ours
   */
  static DatabaseKey ofField(byte[] field) {
    int colon = 2;
    while (colon < field.length && field[colon] != ':') {
      colon++;
    }
    if (colon >= field.length) {
      throw new IllegalArgumentException("not a key that is ahead");
    }
    String database = new String(field, 2, colon - 2, StandardCharsets.US_ASCII);
    return new DatabaseKey(
        Integer.parseInt(database), Arrays.copyOfRange(field, colon + 1, field.length));
  }
}
