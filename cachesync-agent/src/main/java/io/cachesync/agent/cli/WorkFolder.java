package io.cachesync.agent.cli;

import io.cachesync.agent.job.DirectoryLock;
import io.cachesync.contract.FaultException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The work directory of a sync, in which one process works at a time on one host. */
final class WorkFolder {
  /** Longer than a sync that was asked to end takes at most ({@link StopSignal}). */
  private static final long PATIENCE_MILLIS = 15_000;

  private static final long LOOK_MILLIS = 50;

  private final Path folder;
  private final PrintWriter err;

  WorkFolder(Path folder, PrintWriter err) {
    this.folder = folder;
    this.err = err;
  }

  /**
   * Makes it this process's own.
   *
   * @param takeOver whether a process that has it is ended first
   * @return empty where it stays that of another one, which was told then
   */
  Optional<DirectoryLock> take(boolean takeOver) throws FaultException, InterruptedException {
    Optional<DirectoryLock> free = DirectoryLock.take(folder);
    if (free.isPresent()) {
      return free;
    }
    OptionalLong holder = DirectoryLock.holder(folder);
    if (!takeOver) {
      refuse(holder);
      return Optional.empty();
    }
    Optional<DirectoryLock> taken = holder.isPresent() ? end(holder.getAsLong()) : Optional.empty();
    if (taken.isEmpty()) {
      err.println(
          holder.isPresent()
              ? "Process %d does not end. Nothing was started.".formatted(holder.getAsLong())
              : "The process that runs in %s cannot be seen from here. End it where it runs."
                  .formatted(folder.toAbsolutePath()));
      err.flush();
    }
    return taken;
  }

  /** It keeps its checkpoint; one that stands still is ended by force, which loses nothing. */
  private Optional<DirectoryLock> end(long holder) throws FaultException, InterruptedException {
    err.println("Ending process " + holder + ", which runs in " + folder.toAbsolutePath() + " …");
    err.flush();
    ProcessHandle.of(holder).ifPresent(ProcessHandle::destroy);
    Optional<DirectoryLock> taken = await();
    if (taken.isEmpty() && DirectoryLock.holder(folder).equals(OptionalLong.of(holder))) {
      ProcessHandle.of(holder).ifPresent(ProcessHandle::destroyForcibly);
      taken = await();
    }
    return taken;
  }

  private Optional<DirectoryLock> await() throws FaultException, InterruptedException {
    long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    Optional<DirectoryLock> taken = DirectoryLock.take(folder);
    while (taken.isEmpty() && System.nanoTime() < until) {
      Thread.sleep(LOOK_MILLIS);
      taken = DirectoryLock.take(folder);
    }
    return taken;
  }

  private void refuse(OptionalLong holder) {
    Path shown = folder.toAbsolutePath();
    if (holder.isPresent()) {
      long pid = holder.getAsLong();
      err.println("Process " + pid + " runs a sync in " + shown + " already.");
      err.println(
          "Nothing was started. Stop that one (kill %d; it keeps its place), or give --take-over:"
                  .formatted(pid)
              + " it is stopped then, and this one goes on from there. Another task needs another"
              + " --task or --work-dir.");
    } else {
      err.println("Another process, not seen from here, runs a sync in " + shown + " already.");
      err.println(
          "Nothing was started. Stop that one where it runs. Another task needs another --task or"
              + " --work-dir.");
    }
    err.flush();
  }
}
