package io.cachesync.agent.job;

import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairOrder;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes in the repairs that a running task is asked for, one after the other, and gives their keys
 * to its links, some at a time. A task that is started again begins with the one that was cut.
 */
final class RepairDesk implements AutoCloseable {
  private static final long LOOK_MILLIS = 300;
  private static final long TELL_MILLIS = 500;
  private static final int KEYS_AT_ONCE = 1000;

  /** A link that is at a repair ends it first. */
  private static final long CLOSE_MILLIS = 10_000;

  private final Path workDirectory;
  private final String keyPrefix;
  private final Consumer<RepairPiece> links;
  private final JobLog log;
  private final Clock clock;
  private final Set<RepairFolder> givenUp = new HashSet<>();
  private final Thread thread = new Thread(this::run, "repairs");

  /**
   * @param keyPrefix of the task's own keys at the target
   * @param links take the piece that is next in the place of the one before
   */
  RepairDesk(
      Path workDirectory, String keyPrefix, Consumer<RepairPiece> links, JobLog log, Clock clock) {
    this.workDirectory = workDirectory;
    this.keyPrefix = keyPrefix;
    this.links = links;
    this.log = log;
    this.clock = clock;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** The links hear nothing more once this has returned. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        for (RepairFolder folder : RepairFolder.open(workDirectory)) {
          if (!givenUp.contains(folder)) {
            repairOrGiveUp(folder);
          }
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.log(LogLevel.WARN, -1, "No repairs are taken in any more: " + e);
    }
  }

  private void repairOrGiveUp(RepairFolder folder) throws InterruptedException {
    try {
      repair(folder);
    } catch (IOException e) {
      givenUp.add(folder);
      log.log(LogLevel.WARN, -1, "The folder of a repair cannot be written: " + e);
    }
  }

  private void repair(RepairFolder folder) throws IOException, InterruptedException {
    RepairCounts counts = new RepairCounts(clock);
    try {
      RepairOrder order = folder.order();
      List<NamedKey> keys = RepairKeys.read(folder.keys());
      counts.keys(keys.size());
      counts.phase(RepairPhase.WAITING);
      log.log(LogLevel.INFO, -1, "A repair of %d keys was asked for.".formatted(keys.size()));
      try (UndoFile undo = new UndoFile(Path.of(order.undoFile()), keyPrefix);
          JsonLines results = JsonLines.openPrivate(folder.results())) {
        RepairPhase end = repair(folder, order, keys, undo, results, counts);
        results.flush();
        counts.end(end, null);
      }
      RepairReport last = counts.report(null);
      log.log(
          LogLevel.INFO,
          -1,
          "The repair is %s: %d written, %d removed, %d failed, of %d keys."
              .formatted(
                  last.phase(),
                  last.keys(RepairCourse.WRITE),
                  last.keys(RepairCourse.DELETE),
                  last.keys(RepairCourse.FAIL),
                  last.keys()));
    } catch (FaultException e) {
      fail(counts, e.fault());
    } catch (IOException | UncheckedIOException e) {
      fail(counts, Fault.fatal(FaultCode.DISK_FULL, "the repair's files: " + e.getMessage()));
    }
    folder.status(counts.report(null));
  }

  private void fail(RepairCounts counts, Fault fault) {
    counts.end(RepairPhase.FAILED, fault);
    log.log(LogLevel.WARN, -1, "The repair failed: " + fault.code() + ": " + fault.message());
  }

  private RepairPhase repair(
      RepairFolder folder,
      RepairOrder order,
      List<NamedKey> keys,
      UndoFile undo,
      JsonLines results,
      RepairCounts counts)
      throws IOException, InterruptedException {
    if (order.parts().isEmpty()) {
      return repair(folder, order, order.source(), keys, undo, results, counts);
    }
    int done = 0;
    for (RepairOrder.Part part : order.parts()) {
      List<NamedKey> some = keys.subList(done, Math.min(keys.size(), done + part.keys()));
      done += some.size();
      if (repair(folder, order, part.source(), some, undo, results, counts)
          == RepairPhase.STOPPED) {
        return RepairPhase.STOPPED;
      }
    }
    return RepairPhase.DONE;
  }

  /** Keys of one source. */
  private RepairPhase repair(
      RepairFolder folder,
      RepairOrder order,
      List<String> source,
      List<NamedKey> keys,
      UndoFile undo,
      JsonLines results,
      RepairCounts counts)
      throws IOException, InterruptedException {
    for (int done = 0; done < keys.size(); done += KEYS_AT_ONCE) {
      if (folder.isStopped()) {
        return RepairPhase.STOPPED;
      }
      List<NamedKey> some = keys.subList(done, Math.min(keys.size(), done + KEYS_AT_ONCE));
      RepairPiece piece =
          new RepairPiece(
              source,
              some,
              order.deletesExtra(),
              undo,
              result -> {
                counts.phase(RepairPhase.REPAIRING);
                counts.add(result);
                results.write(result);
              });
      links.accept(piece);
      try {
        do {
          folder.status(counts.report(null));
          if (folder.isStopped()) {
            return RepairPhase.STOPPED;
          }
        } while (!piece.await(TELL_MILLIS));
      } finally {
        // A link may be at it, and must not find the files closed.
        piece.cancel();
        links.accept(piece.without());
      }
      if (piece.failure() != null) {
        throw piece.failure();
      }
    }
    return RepairPhase.DONE;
  }
}
