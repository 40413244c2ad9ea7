package io.cachesync.agent.repair;

import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Tells what a repair would do; nothing is written. For one thread. */
public final class RepairPlan implements Closeable {
  private static final int KEYS_AT_ONCE = 500;
  private static final String NONE = "none";

  private final Selection selection;
  private final boolean deletesExtra;
  private final Masters source;
  private final Masters target;

  /**
   * @param deletesExtra whether keys that only the target has are removed
   */
  public RepairPlan(CheckSpec spec, JobSecrets secrets, boolean deletesExtra)
      throws FaultException {
    this.selection = Selection.of(spec.filter(), spec.keyPrefix());
    this.deletesExtra = deletesExtra;
    this.source = Masters.open(new RedisClient(spec.source(), secrets.source(0)));
    try {
      this.target = Masters.open(new RedisClient(spec.target(), secrets.target()));
    } catch (RedisException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  public void run(List<NamedKey> keys, Consumer<RepairedKey> plan) throws RedisException {
    for (int done = 0; done < keys.size(); done += KEYS_AT_ONCE) {
      some(keys.subList(done, Math.min(keys.size(), done + KEYS_AT_ONCE)), plan);
    }
  }

  private void some(List<NamedKey> keys, Consumer<RepairedKey> plan) throws RedisException {
    List<NamedKey> moved = new ArrayList<>();
    for (NamedKey key : keys) {
      byte[] name = key.bytes();
      if (selection.moves(key.database(), name, 0, name.length) && !selection.isOwn(name)) {
        moved.add(key);
      } else {
        plan.accept(new RepairedKey(key, RepairCourse.NOT_MOVED, ""));
      }
    }
    List<String> here = types(source, moved, false);
    List<String> there = types(target, moved, true);
    for (int i = 0; i < moved.size(); i++) {
      NamedKey key = moved.get(i);
      plan.accept(
          new RepairedKey(
              key.database(),
              key.key(),
              key.keyBase64(),
              course(here.get(i), there.get(i)),
              here.get(i),
              there.get(i),
              ""));
    }
  }

  private RepairCourse course(String here, String there) {
    if (!here.equals(NONE)) {
      return selection.selectsTypes() && !selection.movesType(here)
          ? RepairCourse.NOT_MOVED
          : RepairCourse.WRITE;
    }
    if (there.equals(NONE)) {
      return RepairCourse.GONE;
    }
    return deletesExtra ? RepairCourse.DELETE : RepairCourse.LEAVE;
  }

  private List<String> types(Masters end, List<NamedKey> keys, boolean atTarget)
      throws RedisException {
    List<RedisConnection> asked = new ArrayList<>();
    for (NamedKey key : keys) {
      byte[] name = atTarget ? selection.targetKey(key.bytes()) : key.bytes();
      int database = atTarget ? selection.targetDatabase(key.database()) : key.database();
      RedisConnection connection = end.of(name);
      if (!end.isCluster()) {
        connection.out().begin(2).arg("SELECT").arg(database);
      }
      connection.out().begin(2).arg("TYPE").arg(name);
      asked.add(connection);
    }
    for (RedisConnection connection : asked.stream().distinct().toList()) {
      connection.flush();
    }
    List<String> types = new ArrayList<>();
    for (RedisConnection connection : asked) {
      if (!end.isCluster()) {
        connection.successOf(connection.read());
      }
      types.add(connection.successOf(connection.read()).text());
    }
    return types;
  }

  @Override
  public void close() {
    source.close();
    target.close();
  }
}
