package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Tells what a repair would do, and of several sources from which one it would fetch each key: the
 * only one that has it. Nothing is written. For one thread.
 */
public final class RepairPlan implements Closeable {
  private static final int KEYS_AT_ONCE = 500;

  private final RepairSpec spec;
  private final Selection selection;
  private final List<Masters> sources = new ArrayList<>();
  private final Masters target;

  /** Takes what would become of each key. */
  @FunctionalInterface
  public interface Taker {
    /**
     * @param source which one it would be fetched from, from 0; {@link CheckDifference#NO_SOURCE}
     *     where from none
     */
    void take(RepairedKey key, int source);
  }

  public RepairPlan(RepairSpec spec, JobSecrets secrets) throws FaultException {
    this.spec = spec;
    this.selection = Selection.of(spec.check().filter(), spec.check().keyPrefix());
    try {
      for (RedisEndpoint end : spec.check().allSources()) {
        sources.add(Masters.open(new RedisClient(end, secrets.source(sources.size()))));
      }
      this.target = Masters.open(new RedisClient(spec.check().target(), secrets.target()));
    } catch (RedisException | RuntimeException e) {
      sources.forEach(Masters::close);
      throw e;
    }
  }

  /**
   * Refuses what a repair without a task would refuse.
   *
   * @throws RedisException TARGET_TASK_CONFLICT where a task writes to a database of the keys
   */
  public void refuseClaimed(List<NamedKey> keys) throws RedisException {
    TreeSet<Integer> databases = new TreeSet<>();
    for (NamedKey key : keys) {
      byte[] name = key.bytes();
      if (selection.moves(key.database(), name, 0, name.length) && !selection.isOwn(name)) {
        databases.add(selection.targetDatabase(key.database()));
      }
    }
    if (!databases.isEmpty()) {
      target.refuseClaimed(spec.check().keyPrefix(), databases);
    }
  }

  public void run(List<NamedKey> keys, Consumer<RepairedKey> plan) throws RedisException {
    run(keys, (key, source) -> plan.accept(key));
  }

  public void run(List<NamedKey> keys, Taker plan) throws RedisException {
    for (int done = 0; done < keys.size(); done += KEYS_AT_ONCE) {
      some(keys.subList(done, Math.min(keys.size(), done + KEYS_AT_ONCE)), plan);
    }
  }

  private void some(List<NamedKey> keys, Taker plan) throws RedisException {
    List<NamedKey> moved = new ArrayList<>();
    List<DatabaseKey> names = new ArrayList<>();
    List<DatabaseKey> namesAtTarget = new ArrayList<>();
    for (NamedKey key : keys) {
      byte[] name = key.bytes();
      if (selection.moves(key.database(), name, 0, name.length) && !selection.isOwn(name)) {
        moved.add(key);
        names.add(new DatabaseKey(key.database(), name));
        namesAtTarget.add(
            new DatabaseKey(selection.targetDatabase(key.database()), selection.targetKey(name)));
      } else {
        RepairedKey left = new RepairedKey(key, RepairCourse.NOT_MOVED);
        plan.take(left, CheckDifference.NO_SOURCE);
      }
    }
    List<List<String>> here = new ArrayList<>();
    for (Masters source : sources) {
      here.add(source.types(names));
    }
    List<String> there = target.types(namesAtTarget);
    for (int i = 0; i < moved.size(); i++) {
      List<String> types = new ArrayList<>();
      for (List<String> ofSource : here) {
        types.add(ofSource.get(i));
      }
      tell(moved.get(i), types, there.get(i), plan);
    }
  }

  /**
   * @param here its type at each source
   */
  private void tell(NamedKey key, List<String> here, String there, Taker plan) {
    List<Integer> having = new ArrayList<>();
    for (int i = 0; i < here.size(); i++) {
      if (!here.get(i).equals(Masters.NONE)) {
        having.add(i);
      }
    }
    int source = having.size() == 1 ? having.get(0) : CheckDifference.NO_SOURCE;
    String type = having.isEmpty() ? Masters.NONE : here.get(having.get(0));
    RepairCourse course =
        having.size() > 1 ? RepairCourse.FAIL : having.isEmpty() ? gone(there) : write(type);
    NotRepaired why = null;
    if (having.size() > 1) {
      why = severalHaveIt(having);
    } else if (course == RepairCourse.LEAVE && spec.deletesExtra()) {
      why = NotRepaired.because(RepairReason.NOT_WITHIN_TASK);
    }
    plan.take(
        new RepairedKey(
            key.database(),
            key.key(),
            key.keyBase64(),
            course,
            type,
            there,
            why == null ? "" : why.error(),
            why == null ? null : why.reason(),
            why == null ? "" : why.detail()),
        course == RepairCourse.WRITE ? source : CheckDifference.NO_SOURCE);
  }

  private RepairCourse write(String type) {
    return selection.selectsTypes() && !selection.movesType(type)
        ? RepairCourse.NOT_MOVED
        : RepairCourse.WRITE;
  }

  /** Of what no source has. */
  private RepairCourse gone(String there) {
    if (there.equals(Masters.NONE)) {
      return RepairCourse.GONE;
    }
    boolean removes = spec.deletesExtra() && (sources.size() == 1 || spec.within().isEmpty());
    return removes ? RepairCourse.DELETE : RepairCourse.LEAVE;
  }

  private NotRepaired severalHaveIt(List<Integer> having) {
    return NotRepaired.ofSeveral(
        having.stream()
            .map(number -> spec.check().allSources().get(number).addresses().get(0))
            .toList());
  }

  @Override
  public void close() {
    sources.forEach(Masters::close);
    target.close();
  }
}
