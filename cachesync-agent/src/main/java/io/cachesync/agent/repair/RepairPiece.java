package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Keys that are to be repaired next, as many as fit in memory, under their names at the source. A
 * link that begins again finds those that it has not settled. Thread-safe.
 */
public final class RepairPiece {
  private final List<String> source;
  private final boolean deletesExtra;
  private final UndoSink undo;
  private final Consumer<RepairedKey> results;

  // Guarded by this.
  private final Set<DatabaseKey> open;
  private int turns;
  private RuntimeException failure;

  /**
   * @param source addresses of the source that the keys are of
   * @param results hears of each key once, from the thread that settles it
   */
  public RepairPiece(
      List<String> source,
      Collection<NamedKey> keys,
      boolean deletesExtra,
      UndoSink undo,
      Consumer<RepairedKey> results) {
    this.source = List.copyOf(source);
    this.deletesExtra = deletesExtra;
    this.undo = undo;
    this.results = results;
    this.open = new LinkedHashSet<>();
    keys.forEach(key -> open.add(new DatabaseKey(key.database(), key.bytes())));
  }

  /** Whether the keys are of a source that has one of these addresses. */
  public boolean isOf(List<String> addresses) {
    return source.stream().anyMatch(addresses::contains);
  }

  /** Whether keys that only the target has are removed. */
  public boolean deletesExtra() {
    return deletesExtra;
  }

  public UndoSink undo() {
    return undo;
  }

  /** Some of the keys that are not settled yet. */
  public synchronized List<DatabaseKey> open(Predicate<DatabaseKey> mine, int most) {
    List<DatabaseKey> some = new ArrayList<>();
    for (DatabaseKey key : open) {
      if (some.size() == most) {
        break;
      }
      if (mine.test(key)) {
        some.add(key);
      }
    }
    return some;
  }

  public void settle(DatabaseKey key, RepairCourse course) {
    settle(key, course, null);
  }

  /**
   * Tells what became of a key; the first word counts. Where it cannot be told nothing more is
   * done: that is the matter of who asked, not of the link that repairs.
   *
   * @param why it was not repaired, or null
   */
  public synchronized void settle(DatabaseKey key, RepairCourse course, NotRepaired why) {
    if (open.remove(key)) {
      try {
        results.accept(NotRepaired.key(NamedKey.of(key.database(), key.key()), course, why));
      } catch (UncheckedIOException e) {
        failure = e;
        open.clear();
      }
      notifyAll();
    }
  }

  /** A link begins to repair some; each is followed by {@link #leave}. */
  public synchronized boolean enter() {
    if (open.isEmpty()) {
      return false;
    }
    turns++;
    return true;
  }

  public synchronized void leave() {
    turns--;
    notifyAll();
  }

  /**
   * Nothing more is begun, and nothing more is told. Returns once no link is at it any more, so
   * that what takes the former values and the results may be closed.
   */
  public synchronized void cancel() {
    open.clear();
    boolean interrupted = false;
    while (turns > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Why results could not be told, or null. */
  public synchronized RuntimeException failure() {
    return failure;
  }

  public void fail(Collection<DatabaseKey> keys, NotRepaired why) {
    keys.forEach(key -> settle(key, RepairCourse.FAIL, why));
  }

  public synchronized boolean isDone() {
    return open.isEmpty();
  }

  /** One that asks for nothing more. */
  public RepairPiece without() {
    return new RepairPiece(source, List.of(), deletesExtra, undo, results);
  }

  /** Waits until all are settled, or so long. */
  public synchronized boolean await(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis; !open.isEmpty() && left > 0; ) {
      TimeUnit.MILLISECONDS.timedWait(this, left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
    return open.isEmpty();
  }
}
