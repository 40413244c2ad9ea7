package io.cachesync.agent.writer;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.RdbType;
import java.util.BitSet;

/**
 * Which keys may ever have had a time to live, of their own or of a field: all others need no
 * check. A fixed bitmap of hashed names without their databases; that two names meet on a bit costs
 * checks, no more. For one thread.
 */
public final class ExpiringKeys {
  private static final int KEY_BITS = 1 << 24;
  private static final int FIELD_BITS = 1 << 20;

  private final BitSet keys = new BitSet();
  private final BitSet fields = new BitSet();
  private final BitSet bareFields = new BitSet();

  /** Nothing is known of what was before. */
  private boolean all = true;

  /** An empty target: from here on everything is seen. */
  void begin() {
    keys.clear();
    fields.clear();
    bareFields.clear();
    all = false;
  }

  /** There may be some that are not seen. */
  void all() {
    all = true;
  }

  /** The key has been given a time. */
  void key(byte[] buffer, int offset, int length) {
    keys.set(hash(buffer, offset, length) & (KEY_BITS - 1));
  }

  /**
   * Fields of the key have been given times.
   *
   * @param bare whether without a grace, as in a payload
   */
  void fields(byte[] buffer, int offset, int length, boolean bare) {
    int hash = hash(buffer, offset, length);
    keys.set(hash & (KEY_BITS - 1));
    fields.set(hash & (FIELD_BITS - 1));
    if (bare) {
      bareFields.set(hash & (FIELD_BITS - 1));
    }
  }

  /** A value is written as the source holds it. */
  void value(KeyValue value) {
    if (ExpiryWatch.hasFieldTimes(value.type())) {
      // Release candidates' forms are passed on as they are, all others with the grace.
      boolean bare = value.type() < RdbType.HASH_METADATA;
      fields(value.keyBuffer(), value.keyOffset(), value.keyLength(), bare);
    } else if (value.expireAtMillis() != KeyValue.NO_EXPIRY) {
      key(value.keyBuffer(), value.keyOffset(), value.keyLength());
    }
  }

  /** A key has got the value of another one. */
  void copied(byte[] buffer, int from, int fromLength, int to, int toLength) {
    int hash = hash(buffer, from, fromLength);
    int copy = hash(buffer, to, toLength);
    copy(keys, hash & (KEY_BITS - 1), copy & (KEY_BITS - 1));
    copy(fields, hash & (FIELD_BITS - 1), copy & (FIELD_BITS - 1));
    copy(bareFields, hash & (FIELD_BITS - 1), copy & (FIELD_BITS - 1));
  }

  public boolean mayExpire(byte[] buffer, int offset, int length) {
    return all || (!keys.isEmpty() && keys.get(hash(buffer, offset, length) & (KEY_BITS - 1)));
  }

  boolean fieldsMayExpire(byte[] buffer, int offset, int length) {
    return all || fields.get(hash(buffer, offset, length) & (FIELD_BITS - 1));
  }

  /**
   * Whether a field may go before the source has said so although the target is not late. What came
   * before this start is not counted: a hash without such fields would be fetched with every field
   * that is new.
   */
  boolean fieldsMayExpireEarly(byte[] buffer, int offset, int length) {
    return bareFields.get(hash(buffer, offset, length) & (FIELD_BITS - 1));
  }

  private static void copy(BitSet bits, int from, int to) {
    if (bits.get(from)) {
      bits.set(to);
    }
  }

  private static int hash(byte[] buffer, int offset, int length) {
    int hash = 0x811c9dc5;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ buffer[i]) * 0x01000193;
    }
    hash ^= hash >>> 16;
    hash *= 0x85ebca6b;
    return hash ^ (hash >>> 13);
  }
}
