package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.agent.writer.ModuleValues;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.SyncSpec;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Puts back what a target had before a repair. For one thread. */
public final class Undo implements Closeable {
  private static final int ABSOLUTE_TIMES = 500;
  private static final int REPLACES = 300;
  private static final int TRIES = 5;

  private static final String MODULE_VALUE =
      "a value of a module is not put back at a server below 6.2, which ends itself where it cannot"
          + " load it; it stands in the undo file";

  private final Masters target;
  private final int level;

  /** What the keys of tasks begin with whose claims are looked for. */
  private final Set<String> keyPrefixes = new TreeSet<>(Set.of(SyncSpec.DEFAULT_KEY_PREFIX));

  public Undo(RedisEndpoint target, EndpointSecrets secrets) throws RedisException {
    this.target = Masters.open(new RedisClient(target, secrets));
    try {
      this.level = this.target.lowest().commandLevel();
    } catch (RedisException e) {
      this.target.close();
      throw e;
    }
  }

  /**
   * Puts some back, each key once.
   *
   * @throws RedisException TARGET_TASK_CONFLICT where a task writes to a database of the keys
   */
  public void run(List<FormerValue> values, Consumer<RepairedKey> results) throws RedisException {
    Map<Long, List<FormerValue>> groups = new LinkedHashMap<>();
    for (FormerValue value : values) {
      keyPrefixes.add(value.keyPrefix());
      if (mayEndTarget(value)) {
        NotRepaired why = NotRepaired.refused(MODULE_VALUE);
        results.accept(NotRepaired.key(value.named(), RepairCourse.FAIL, why));
        continue;
      }
      long slot = target.isCluster() ? HashSlot.of(value.named().bytes()) : 0;
      groups.computeIfAbsent(slot << 32 | value.database(), none -> new ArrayList<>()).add(value);
    }
    for (List<FormerValue> group : groups.values()) {
      put(group, results);
    }
  }

  /** What it had loaded then is not known, nor whether it has it still. */
  private boolean mayEndTarget(FormerValue value) {
    return value.present()
        && !Modules.areAnswered(level)
        && ModuleValues.isOne(Base64.getDecoder().decode(value.dumpBase64()));
  }

  private void put(List<FormerValue> group, Consumer<RepairedKey> results) throws RedisException {
    RedisConnection connection = target.of(group.get(0).named().bytes());
    List<DatabaseKey> keys = new ArrayList<>();
    group.forEach(value -> keys.add(new DatabaseKey(value.database(), value.named().bytes())));
    long now = connection.timeMillis();
    Map<DatabaseKey, NotRepaired> errors = null;
    for (int tries = 0; errors == null && tries < TRIES; tries++) {
      errors = attempt(connection, group, keys, now);
    }
    for (int i = 0; i < group.size(); i++) {
      NamedKey key = group.get(i).named();
      NotRepaired why =
          errors == null
              ? NotRepaired.because(RepairReason.TASKS_ALL_THE_TIME)
              : errors.get(keys.get(i));
      boolean isThere = isThere(group.get(i), now);
      RepairCourse course = isThere ? RepairCourse.WRITE : RepairCourse.DELETE;
      results.accept(NotRepaired.key(key, why == null ? course : RepairCourse.FAIL, why));
    }
  }

  /** Returns null where nothing was done, since a claim has changed under it. */
  private Map<DatabaseKey, NotRepaired> attempt(
      RedisConnection connection, List<FormerValue> group, List<DatabaseKey> keys, long now)
      throws RedisException {
    int database = group.get(0).database();
    KeyTransaction transaction = KeyTransaction.at(connection, database);
    for (String keyPrefix : keyPrefixes) {
      target.watchClaimed(keyPrefix, database);
    }
    for (int i = 0; i < group.size(); i++) {
      int commands = commands(keys.get(i).key(), group.get(i), now, transaction.out());
      transaction.add(keys.get(i), commands);
    }
    return transaction.execute();
  }

  /** What has expired meanwhile is not there any more. */
  private static boolean isThere(FormerValue value, long now) {
    return value.present() && (value.expireAtMillis() < 0 || value.expireAtMillis() > now);
  }

  /** Below 5.0 RESTORE takes relative times only, below 3.0 it does not replace. */
  private int commands(byte[] key, FormerValue value, long now, RespWriter out) {
    boolean replaces = level >= REPLACES;
    int commands = 0;
    if (!isThere(value, now) || !replaces) {
      out.begin(2).arg("DEL").arg(key);
      commands++;
    }
    if (!isThere(value, now)) {
      return commands;
    }
    boolean expires = value.expireAtMillis() >= 0;
    boolean absolute = expires && level >= ABSOLUTE_TIMES;
    long left = expires ? Math.max(1, value.expireAtMillis() - now) : 0;
    out.begin(4 + (replaces ? 1 : 0) + (absolute ? 1 : 0)).arg("RESTORE").arg(key);
    out.arg(absolute ? value.expireAtMillis() : left);
    out.arg(Base64.getDecoder().decode(value.dumpBase64()));
    if (replaces) {
      out.arg("REPLACE");
    }
    if (absolute) {
      out.arg("ABSTTL");
    }
    return commands + 1;
  }

  @Override
  public void close() {
    target.close();
  }
}
