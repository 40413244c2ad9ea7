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
 */
record DashboardView(
    List<TaskLine> running,
    List<TaskLine> failed,
    List<TaskLine> stopped,
    List<TaskLine> paused,
    List<TaskLine> ready,
    List<MachineLine> machines,
    List<AuditEvent> newest) {
  DashboardView {
    running = List.copyOf(running);
    failed = List.copyOf(failed);
    stopped = List.copyOf(stopped);
    paused = List.copyOf(paused);
    ready = List.copyOf(ready);
    machines = List.copyOf(machines);
    newest = List.copyOf(newest);
  }

  /** Running tasks whose target holds all that their source has. */
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

  public int attention() {
    return failed.size() + stopped.size() + paused.size() + ready.size() + troubled().size();
  }

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
