package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a server answers to us: its version says less, for a provider or an ACL may take commands
 * away. Asked of a key that does not exist.
 *
 * @param expireTime PEXPIRETIME (7.0)
 * @param dump DUMP
 * @param memoryUsage MEMORY USAGE (4.0)
 * @param manyExist EXISTS of several keys (3.0.3)
 * @param manyMembers SMISMEMBER and ZMSCORE (6.2)
 * @param fieldExpiry HPEXPIRETIME (7.4)
 * @param noTouch CLIENT NO-TOUCH (7.2): our reading does not keep keys from being evicted
 * @param elements types of which all elements can be asked for with one command
 */
record Features(
    boolean expireTime,
    boolean dump,
    boolean memoryUsage,
    boolean manyExist,
    boolean manyMembers,
    boolean fieldExpiry,
    boolean noTouch,
    Set<ValueType> elements) {

  /**
   * @param absent a key that does not exist
   */
  static Features of(RedisConnection connection, String absent) throws RedisException {
    return new Features(
        has(connection, "PEXPIRETIME", absent),
        has(connection, "DUMP", absent),
        has(connection, "MEMORY", "USAGE", absent),
        has(connection, "EXISTS", absent, absent),
        has(connection, "SMISMEMBER", absent, "a") && has(connection, "ZMSCORE", absent, "a"),
        has(connection, "HPEXPIRETIME", absent, "FIELDS", "1", "a"),
        has(connection, "CLIENT", "NO-TOUCH", "ON"),
        elements(connection, absent));
  }

  /** What both have. */
  Features and(Features other) {
    return new Features(
        expireTime && other.expireTime,
        dump && other.dump,
        memoryUsage && other.memoryUsage,
        manyExist && other.manyExist,
        manyMembers && other.manyMembers,
        fieldExpiry && other.fieldExpiry,
        noTouch && other.noTouch,
        both(elements, other.elements));
  }

  private static Set<ValueType> elements(RedisConnection connection, String absent)
      throws RedisException {
    Set<ValueType> elements = EnumSet.noneOf(ValueType.class);
    for (ValueType type : ValueType.values()) {
      if (MembersComparer.knows(type)) {
        MembersComparer.write(connection.out(), absent.getBytes(StandardCharsets.UTF_8), type);
        connection.flush();
        if (!connection.read().isError()) {
          elements.add(type);
        }
      }
    }
    return elements;
  }

  private static Set<ValueType> both(Set<ValueType> one, Set<ValueType> other) {
    Set<ValueType> both = EnumSet.noneOf(ValueType.class);
    both.addAll(one);
    both.retainAll(other);
    return both;
  }

  private static boolean has(RedisConnection connection, String... words) throws RedisException {
    RespValue reply = connection.tryCall(words);
    return !reply.isError();
  }
}
