package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.MasterOfReplica;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.agent.source.ValuesAtOffset.State;
import io.cachesync.agent.source.ValuesAtOffset.Value;
import io.cachesync.agent.source.ValuesAtOffset.Values;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Keys that the source, a replica, hides as expired: what becomes of them only its master knows.
 * From 4.0 on both count the same offsets, so what the master tells can be used as it is. Below
 * that being asked is what makes the master delete a key that has expired, which then comes to the
 * replica. For one thread, but {@link #close} may be called by any.
 */
final class HiddenKeys implements Closeable {
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final RedisClient master;
  private volatile ValuesAtOffset values;
  private String refusal = "";

  /** Who was asked may not be the master. */
  private boolean elsewhere;

  private long refusedNanos;

  HiddenKeys(RedisClient source) {
    master = source.following(new MasterOfReplica());
  }

  static boolean areIn(Values values) {
    return values.values().stream().anyMatch(HiddenKeys::isHidden);
  }

  /** The same values, those that the master tells in place of those that are hidden. */
  Values askedFor(Values found) {
    List<DatabaseKey> hidden =
        found.values().stream().filter(HiddenKeys::isHidden).map(Value::key).toList();
    if (!refusal.isEmpty() && System.nanoTime() - refusedNanos < AGAIN_NANOS) {
      return found;
    }
    try {
      Values told = master().read(hidden);
      refusal = "";
      elsewhere = !told.replId().equals(found.replId());
      return elsewhere ? found : with(found, told);
    } catch (RedisException e) {
      refusal = e.fault().message();
      refusedNanos = System.nanoTime();
      return found;
    }
  }

  /**
   * Of these keys from the first on, those before the first that is still hidden; all where none
   * is.
   */
  static Values decided(Values found, List<DatabaseKey> keys) {
    Map<DatabaseKey, Value> byKey = new HashMap<>();
    found.values().forEach(value -> byKey.put(value.key(), value));
    List<Value> decided = new ArrayList<>();
    for (DatabaseKey key : keys) {
      Value value = byKey.get(key);
      if (value == null || isHidden(value)) {
        break;
      }
      decided.add(value);
    }
    return decided.size() == found.values().size()
        ? found
        : new Values(found.replId(), found.offset(), decided);
  }

  /** Why the master does not decide. */
  String why() {
    if (!refusal.isEmpty()) {
      return "its master could not be asked: " + refusal;
    }
    String asked =
        elsewhere
            ? "who answers at its master's address goes by another history, as each does below 4.0;"
                + " it was asked, and they were"
            : "its master was asked, and they were";
    return asked + " neither deleted nor renewed";
  }

  @Override
  public void close() {
    ValuesAtOffset current = values;
    values = null;
    if (current != null) {
      current.close();
    }
  }

  private ValuesAtOffset master() {
    ValuesAtOffset current = values;
    if (current == null) {
      current = new ValuesAtOffset(master);
      values = current;
    }
    return current;
  }

  private static boolean isHidden(Value value) {
    return value.state() == State.UNDECIDED;
  }

  private static Values with(Values found, Values told) {
    Map<DatabaseKey, Value> byKey = new HashMap<>();
    told.values().forEach(value -> byKey.put(value.key(), value));
    List<Value> all =
        found.values().stream().map(value -> byKey.getOrDefault(value.key(), value)).toList();
    return new Values(found.replId(), Math.min(found.offset(), told.offset()), all);
  }
}
