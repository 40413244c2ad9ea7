package io.cachesync.web.dashboard;

import io.cachesync.web.audit.AuditEvent;
import io.cachesync.web.audit.AuditFilter;
import io.cachesync.web.audit.AuditLog;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.sync.SyncService;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.task.TaskFilter;
import io.cachesync.web.task.TaskLists;
import io.cachesync.web.task.TaskRow;
import io.cachesync.web.task.TaskViews;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Service;

/** Gathers what the first page shows. */
@Service
class DashboardService {
  private static final String SHOWN = "10";
  private static final Duration RUNS_OUT = Duration.ofDays(1);

  private final TaskLists lists;
  private final TaskViews views;
  private final MachineService machines;
  private final AuditLog audit;
  private final SyncService syncs;
  private final Clock clock;

  DashboardService(
      TaskLists lists,
      TaskViews views,
      MachineService machines,
      AuditLog audit,
      SyncService syncs,
      Clock clock) {
    this.lists = lists;
    this.views = views;
    this.machines = machines;
    this.audit = audit;
    this.syncs = syncs;
    this.clock = clock;
  }

  @RequiresViewer
  DashboardView view(Locale locale) {
    List<DashboardView.TaskLine> running = tasks("running", locale);
    Map<Long, Integer> jobs = machines.openJobCounts();
    List<Machine> all = machines.all();
    List<AuditEvent> newest =
        audit
            .find(new AuditFilter(null, null, null, null, null), new PageRequest("1", SHOWN, null))
            .items();
    return new DashboardView(
        running,
        tasks("FAILED", locale),
        tasks("STOPPED", locale).stream().filter(this::runsOut).toList(),
        tasks("PAUSED", locale).stream().filter(line -> line.clock() != null).toList(),
        tasks("READY", locale),
        all.stream()
            .map(
                machine ->
                    new DashboardView.MachineLine(machine, jobs.getOrDefault(machine.id(), 0)))
            .toList(),
        newest);
  }

  private List<DashboardView.TaskLine> tasks(String state, Locale locale) {
    TaskFilter filter = new TaskFilter(state, null, null, null, null, null, null, null, null);
    List<TaskRow> rows = lists.search(filter, new PageRequest("1", SHOWN, null)).items();
    return rows.stream()
        .map(
            row ->
                new DashboardView.TaskLine(
                    row, views.of(row, locale), syncs.survivalClock(row.id()).orElse(null)))
        .toList();
  }

  /** Whoever stopped it for longer than this has other plans, or none that are urgent. */
  private boolean runsOut(DashboardView.TaskLine line) {
    return line.clock() != null && line.clock().runsOutWithin(RUNS_OUT, clock.instant());
  }
}
