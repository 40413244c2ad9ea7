package io.cachesync.agent.job;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairOrder;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Has a running task repair keys in its lanes, through its work directory, and waits for it. */
final class TaskRepair {
  private static final long LOOK_MILLIS = 200;

  private final JobDirectory task;
  private final String id;

  /**
   * @param id of the repair; one that was asked for before is waited for
   */
  TaskRepair(Path workDirectory, String id) throws FaultException {
    if (!Files.isDirectory(workDirectory)) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.JOB_DIRECTORY_INVALID,
              "the folder " + workDirectory + " is no task's work directory"));
    }
    this.task = JobDirectory.create(workDirectory);
    this.id = id;
  }

  /** The keys that it was asked for before, by a former start of this repair. */
  List<NamedKey> asked() throws FaultException {
    RepairFolder folder = RepairFolder.of(task.path(), id);
    return folder.isAsked() ? RepairKeys.read(folder.keys()) : List.of();
  }

  /**
   * Returns once all keys are dealt with.
   *
   * @throws FaultException AGENT_DIED where the task does not run, or ends before that
   */
  void run(
      List<NamedKey> keys, RepairOrder order, RepairCounts counts, Consumer<RepairedKey> results)
      throws IOException, InterruptedException {
    RepairFolder folder = RepairFolder.of(task.path(), id);
    if (!folder.isAsked()) {
      requireAlive();
      folder.ask(keys, order);
    }
    counts.phase(RepairPhase.WAITING);
    try {
      Optional<RepairReport> status = folder.status();
      while (status.isEmpty() || !status.get().phase().ended()) {
        status.ifPresent(counts::follow);
        status.map(RepairReport::phase).ifPresent(counts::phase);
        Thread.sleep(LOOK_MILLIS);
        boolean isAlive = task.isAlive();
        status = folder.status();
        if (!isAlive && (status.isEmpty() || !status.get().phase().ended())) {
          requireAlive();
        }
      }
      end(status.get(), counts);
      tell(folder, results);
      folder.remove();
    } catch (InterruptedException e) {
      folder.stop();
      throw e;
    }
  }

  private static void end(RepairReport last, RepairCounts counts)
      throws FaultException, InterruptedException {
    counts.follow(last);
    if (last.phase() == RepairPhase.STOPPED) {
      throw new InterruptedException();
    }
    if (last.fault() != null) {
      throw new FaultException(last.fault());
    }
  }

  private static void tell(RepairFolder folder, Consumer<RepairedKey> results) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(folder.results())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        results.accept(ContractJson.read(line, RepairedKey.class));
      }
    }
  }

  private void requireAlive() throws FaultException {
    if (!task.isAlive()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.AGENT_DIED,
              "no task runs in %s: start it again, or finish it and repair without it"
                  .formatted(task.path())));
    }
  }
}
