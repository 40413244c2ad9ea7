package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.RateLimiter;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.agent.writer.ValueWrite;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Repairs keys where no task writes to the target. What the target has of some keys is watched and
 * kept, then the source is read, then both happen or nothing: what anybody else writes meanwhile is
 * not written over unseen. For one thread; {@link #limits} may come from any.
 */
public final class DirectRepair implements Closeable {
  private static final int KEYS_AT_ONCE = 100;
  private static final int TRIES = 5;

  private final CheckSpec spec;
  private final Clock clock;
  private final Selection selection;
  private final RedisClient sourceClient;
  private final RedisClient targetClient;
  private final EndValues values;
  private final FormerValues former;
  private final RateLimiter limiter;
  private final JobSecrets secrets;
  private final List<Masters> others = new ArrayList<>();
  private Masters target;
  private ValueWrite write;

  /**
   * @param spec values come from its first source; a key that a further one has is neither written
   *     nor removed
   */
  public DirectRepair(CheckSpec spec, JobSecrets secrets, Clock clock) throws FaultException {
    this.spec = spec;
    this.secrets = secrets;
    this.clock = clock;
    this.selection = Selection.of(spec.filter(), spec.keyPrefix());
    this.sourceClient = new RedisClient(spec.source(), secrets.source(0));
    this.targetClient = new RedisClient(spec.target(), secrets.target());
    this.values = new EndValues(sourceClient);
    this.former = new FormerValues(targetClient);
    this.limiter = new RateLimiter(spec.targetLimits(), System::nanoTime);
  }

  /**
   * Repairs all keys of a piece.
   *
   * @throws RedisException TARGET_TASK_CONFLICT where a task writes to a database of the keys, or
   *     what an end answered; the piece tells which keys were done
   */
  public void run(RepairPiece piece) throws IOException, InterruptedException {
    List<DatabaseKey> keys = movedOf(piece);
    if (keys.isEmpty()) {
      return;
    }
    connect();
    target.refuseClaimed(spec.keyPrefix(), databases(keys));
    for (List<DatabaseKey> group : groups(keys)) {
      for (int done = 0; done < group.size(); done += KEYS_AT_ONCE) {
        int end = Math.min(group.size(), done + KEYS_AT_ONCE);
        repair(piece, new ArrayList<>(group.subList(done, end)));
      }
    }
  }

  @Override
  public void close() {
    values.close();
    former.close();
    others.forEach(Masters::close);
    if (target != null) {
      target.close();
    }
  }

  private void connect() throws RedisException {
    if (target != null) {
      return;
    }
    long sourceAhead;
    Modules sourceModules;
    try (Masters source = Masters.open(sourceClient)) {
      target = Masters.open(targetClient);
      if (!Collections.disjoint(source.runIds(), target.runIds())) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.SOURCE_IS_TARGET,
                "source and target are the same server, by its run id"));
      }
      sourceAhead = source.aheadMillis(clock.millis());
      sourceModules = source.modules();
    }
    for (RedisEndpoint end : spec.moreSources()) {
      others.add(Masters.open(new RedisClient(end, secrets.source(others.size() + 1))));
    }
    long later = Math.max(0, target.aheadMillis(clock.millis()) - sourceAhead);
    write = new ValueWrite(target.info(), later, target.moduleValues(sourceModules));
  }

  private List<DatabaseKey> movedOf(RepairPiece piece) {
    List<DatabaseKey> moved = new ArrayList<>();
    for (DatabaseKey key : piece.open(any -> true, Integer.MAX_VALUE)) {
      byte[] name = key.key();
      if (selection.moves(key.database(), name, 0, name.length) && !selection.isOwn(name)) {
        moved.add(key);
      } else {
        piece.settle(key, RepairCourse.NOT_MOVED);
      }
    }
    return moved;
  }

  private TreeSet<Integer> databases(List<DatabaseKey> keys) {
    TreeSet<Integer> databases = new TreeSet<>();
    keys.forEach(key -> databases.add(selection.targetDatabase(key.database())));
    return databases;
  }

  private DatabaseKey named(DatabaseKey key) {
    return new DatabaseKey(
        selection.targetDatabase(key.database()), selection.targetKey(key.key()));
  }

  /** Keys that one transaction of the target may write together. */
  private Iterable<List<DatabaseKey>> groups(List<DatabaseKey> keys) {
    Map<Long, List<DatabaseKey>> groups = new LinkedHashMap<>();
    for (DatabaseKey key : keys) {
      DatabaseKey name = named(key);
      long slot = target.isCluster() ? HashSlot.of(name.key()) : 0;
      groups.computeIfAbsent(slot << 32 | name.database(), none -> new ArrayList<>()).add(key);
    }
    return groups.values();
  }

  /** Some keys of a group; of large values a part at a time. */
  private void repair(RepairPiece piece, List<DatabaseKey> keys)
      throws IOException, InterruptedException {
    int misses = 0;
    while (!keys.isEmpty()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      int before = keys.size();
      boolean done = attempt(piece, keys);
      misses = done || keys.size() < before ? 0 : misses + 1;
      if (misses == TRIES) {
        piece.fail(keys, NotRepaired.because(RepairReason.WRITTEN_ALL_THE_TIME));
        return;
      }
    }
  }

  /** Takes out of the keys those that it has dealt with; returns false where it was for nothing. */
  private boolean attempt(RepairPiece piece, List<DatabaseKey> keys)
      throws IOException, InterruptedException {
    List<DatabaseKey> names = keys.stream().map(this::named).toList();
    KeyTransaction transaction = KeyTransaction.watch(target.of(names.get(0).key()), names);
    target.watchClaimed(spec.keyPrefix(), names.get(0).database());
    FormerValues.Kept kept = former.keep(names, piece.undo());
    // Behind the watch: what a source gets later, somebody has yet to write here, and that breaks
    // it.
    Set<DatabaseKey> elsewhere = elsewhere(keys);
    Map<DatabaseKey, RepairCourse> courses = new LinkedHashMap<>();
    for (ValuesAtOffset.Value value : values.first(keys)) {
      DatabaseKey key = value.key();
      NotRepaired why = kept.refused().get(named(key));
      if (why != null) {
        piece.settle(key, RepairCourse.FAIL, why);
      } else if (elsewhere.contains(key)) {
        piece.settle(key, RepairCourse.LEAVE, NotRepaired.because(RepairReason.OTHER_SOURCE));
      } else if (put(piece, value, kept, transaction)) {
        boolean absent = value.state() == ValuesAtOffset.State.ABSENT;
        courses.put(key, absent ? RepairCourse.DELETE : RepairCourse.WRITE);
        continue;
      }
      keys.remove(key);
    }
    limit(transaction.length(), courses.size());
    Map<DatabaseKey, NotRepaired> errors = transaction.execute();
    Set<DatabaseKey> unwritten = new LinkedHashSet<>(names);
    unwritten.removeAll(kept.refused().keySet());
    if (errors != null) {
      courses.keySet().forEach(key -> unwritten.remove(named(key)));
    }
    FormerValues.takeBack(unwritten, piece.undo());
    if (errors == null) {
      return false;
    }
    courses.forEach(
        (key, course) -> {
          NotRepaired why = errors.get(named(key));
          piece.settle(key, why == null ? course : RepairCourse.FAIL, why);
          keys.remove(key);
        });
    return true;
  }

  private Set<DatabaseKey> elsewhere(List<DatabaseKey> keys) throws RedisException {
    Set<DatabaseKey> elsewhere = new HashSet<>();
    for (Masters other : others) {
      List<String> types = other.types(keys);
      for (int i = 0; i < keys.size(); i++) {
        if (!types.get(i).equals(Masters.NONE)) {
          elsewhere.add(keys.get(i));
        }
      }
    }
    return elsewhere;
  }

  /** Returns whether the value is to be written; otherwise the key is settled. */
  private boolean put(
      RepairPiece piece,
      ValuesAtOffset.Value value,
      FormerValues.Kept kept,
      KeyTransaction transaction)
      throws IOException {
    DatabaseKey key = value.key();
    DatabaseKey name = named(key);
    switch (value.state()) {
      case TOO_LARGE, UNDECIDED -> {
        piece.settle(key, RepairCourse.FAIL, NotRepaired.read(value.state()));
        return false;
      }
      case ABSENT -> {
        if (kept.absent().contains(name) || !piece.deletesExtra()) {
          boolean gone = kept.absent().contains(name);
          piece.settle(key, gone ? RepairCourse.GONE : RepairCourse.LEAVE);
          return false;
        }
        transaction.out().begin(2).arg("DEL").arg(name.key());
        transaction.add(name, 1);
        return true;
      }
      default -> {
        return putValue(piece, value, name, transaction);
      }
    }
  }

  private boolean putValue(
      RepairPiece piece, ValuesAtOffset.Value value, DatabaseKey name, KeyTransaction transaction)
      throws IOException {
    byte[] dump = value.dump();
    if (!selection.movesType(dump[0] & 0xff, dump, 1, dump.length - 1)) {
      piece.settle(value.key(), RepairCourse.NOT_MOVED);
      return false;
    }
    int before = transaction.length();
    try {
      int commands = write.put(name, dump, value.expireAtMillis(), transaction.out());
      transaction.add(name, commands);
      return true;
    } catch (FaultException e) {
      transaction.drop(before);
      piece.settle(value.key(), RepairCourse.FAIL, NotRepaired.refused(e.fault().message()));
      return false;
    }
  }

  private void limit(long bytes, long commands) throws InterruptedException {
    limiter.take(bytes, commands);
    for (long wait = limiter.waitMillis(); wait > 0; wait = limiter.waitMillis()) {
      TimeUnit.MILLISECONDS.sleep(wait);
    }
  }
}
