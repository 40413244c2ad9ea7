package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Puts back what a target had before a repair. Of a key that was kept more than once the first
 * value counts: the others are of the repair itself. For one thread.
 */
public final class Undo implements Closeable {
  private static final int ABSOLUTE_TIMES = 500;
  private static final int REPLACES = 300;

  private final Masters target;
  private final String keyPrefix;
  private final int level;
  private final Set<DatabaseKey> seen = new HashSet<>();

  public Undo(RedisEndpoint target, EndpointSecrets secrets, String keyPrefix)
      throws RedisException {
    this.target = Masters.open(new RedisClient(target, secrets));
    this.keyPrefix = keyPrefix;
    try {
      this.level = this.target.info().commandLevel();
    } catch (RedisException e) {
      this.target.close();
      throw e;
    }
  }

  /**
   * Puts some back.
   *
   * @throws RedisException TARGET_TASK_CONFLICT where a task writes to a database of the keys
   */
  public void run(List<FormerValue> values, Consumer<RepairedKey> results) throws RedisException {
    Map<Long, List<FormerValue>> groups = new LinkedHashMap<>();
    TreeSet<Integer> databases = new TreeSet<>();
    for (FormerValue value : values) {
      byte[] key = value.named().bytes();
      if (seen.add(new DatabaseKey(value.database(), key))) {
        databases.add(value.database());
        long slot = target.isCluster() ? HashSlot.of(key) : 0;
        groups.computeIfAbsent(slot << 32 | value.database(), none -> new ArrayList<>()).add(value);
      }
    }
    target.refuseClaimed(keyPrefix, databases);
    for (List<FormerValue> group : groups.values()) {
      put(group, results);
    }
  }

  private void put(List<FormerValue> group, Consumer<RepairedKey> results) throws RedisException {
    RedisConnection connection = target.of(group.get(0).named().bytes());
    long now = connection.timeMillis();
    List<DatabaseKey> keys = new ArrayList<>();
    group.forEach(value -> keys.add(new DatabaseKey(value.database(), value.named().bytes())));
    KeyTransaction transaction = KeyTransaction.at(connection, group.get(0).database());
    for (int i = 0; i < group.size(); i++) {
      int commands = commands(keys.get(i).key(), group.get(i), now, transaction.out());
      transaction.add(keys.get(i), commands);
    }
    Map<DatabaseKey, String> errors = transaction.execute();
    for (int i = 0; i < group.size(); i++) {
      NamedKey key = group.get(i).named();
      String error = errors.get(keys.get(i));
      boolean isThere = isThere(group.get(i), now);
      RepairCourse course = isThere ? RepairCourse.WRITE : RepairCourse.DELETE;
      results.accept(new RepairedKey(key, error == null ? course : RepairCourse.FAIL, error));
    }
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
