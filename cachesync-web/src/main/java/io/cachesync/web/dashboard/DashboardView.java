package io.cachesync.web.dashboard;

import io.cachesync.web.audit.AuditEvent;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.sync.SurvivalClock;
import io.cachesync.web.task.TaskRow;
import io.cachesync.web.task.TaskView;
import java.util.List;

/**
 * The first page.
 *
 * @param failed tasks that wait for a person since they failed
 * @param stopped tasks whose time for a start without a new full sync runs out within a day
 * @param paused tasks that have little time left, or none, should their machine be lost
 * @param ready tasks that are checked and wait to be started
 * @param newest changes, newest first
 * @param counts of all tasks, of which the lists show the newest
 */
record DashboardView(
    List<TaskLine> running,
    List<TaskLine> failed,
    List<TaskLine> stopped,
    List<TaskLine> paused,
    List<TaskLine> ready,
    List<MachineLine> machines,
    List<AuditEvent> newest,
    Counts counts) {
  DashboardView {
    running = List.copyOf(running);
    failed = List.copyOf(failed);
    stopped = List.copyOf(stopped);
    paused = List.copyOf(paused);
    ready = List.copyOf(ready);
    machines = List.copyOf(machines);
    newest = List.copyOf(newest);
  }

  /** Of the running tasks that are shown those whose target holds all that their source has. */
  public long inSync() {
    return running.stream().filter(line -> line.view().inSync()).count();
  }

  public long usableMachines() {
    return machines.stream().filter(line -> line.machine().usable()).count();
  }

  /** Machines that were in use and cannot be used now. */
  public List<MachineLine> troubled() {
    return machines.stream().filter(line -> line.machine().fault() != null).toList();
  }

  public long attention() {
    return counts.failed + stopped.size() + paused.size() + counts.ready + troubled().size();
  }

  public long moreRunning() {
    return counts.running - running.size();
  }

  public long moreFailed() {
    return counts.failed - failed.size();
  }

  public long moreReady() {
    return counts.ready - ready.size();
  }

  /** How many tasks there are of a kind. */
  record Counts(long running, long failed, long ready) {}

  /**
   * One task, as it is and as lists show it.
   *
   * @param clock what its survival clock comes to while it stands still, or null
   */
  record TaskLine(TaskRow row, TaskView view, SurvivalClock clock) {}

  /** One machine and the jobs on it. */
  record MachineLine(Machine machine, int jobs) {
    public int free() {
      return Math.max(0, machine.capacity() - jobs);
    }
  }
}
