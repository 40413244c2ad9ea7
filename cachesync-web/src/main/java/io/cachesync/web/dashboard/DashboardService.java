package io.cachesync.web.dashboard;

import io.cachesync.web.audit.AuditEvent;
import io.cachesync.web.audit.AuditFilter;
import io.cachesync.web.audit.AuditLog;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.sync.SurvivalClock;
import io.cachesync.web.sync.SyncService;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.task.TaskFilter;
import io.cachesync.web.task.TaskLists;
import io.cachesync.web.task.TaskRow;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskViews;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
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
    Map<Long, SurvivalClock> clocks = syncs.survivalClocks();
    List<DashboardView.TaskLine> pressing = pressing(clocks, locale);
    Map<Long, Integer> jobs = machines.openJobCounts();
    List<Machine> all = machines.all();
    List<AuditEvent> newest =
        audit
            .find(new AuditFilter(null, null, null, null, null), new PageRequest("1", SHOWN, null))
            .items();
    Page<TaskRow> running = newest("running");
    Page<TaskRow> failed = newest("FAILED");
    Page<TaskRow> ready = newest("READY");
    return new DashboardView(
        lines(running.items(), clocks, locale),
        failed(pressing, lines(failed.items(), clocks, locale)),
        in(TaskState.STOPPED, pressing),
        in(TaskState.PAUSED, pressing),
        lines(ready.items(), clocks, locale),
        all.stream()
            .map(
                machine ->
                    new DashboardView.MachineLine(machine, jobs.getOrDefault(machine.id(), 0)))
            .toList(),
        newest,
        new DashboardView.Counts(running.total(), failed.total(), ready.total()));
  }

  private Page<TaskRow> newest(String state) {
    TaskFilter filter = new TaskFilter(state, null, null, null, null, null, null, null, null);
    return lists.search(filter, new PageRequest("1", SHOWN, null));
  }

  /** All tasks whose clock presses, however old they are, those to be started soonest first. */
  private List<DashboardView.TaskLine> pressing(Map<Long, SurvivalClock> clocks, Locale locale) {
    Instant now = clock.instant();
    List<Long> ids =
        clocks.entrySet().stream()
            .filter(each -> presses(each.getValue(), now))
            .map(Map.Entry::getKey)
            .toList();
    return lines(lists.rows(ids), clocks, locale).stream()
        .sorted(
            Comparator.comparing(
                    (DashboardView.TaskLine line) -> line.clock().until(),
                    Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(line -> line.clock().kind() != SurvivalClock.Kind.PAUSED_NONE))
        .toList();
  }

  /** Whoever stopped it for longer than this has other plans, or none that are urgent. */
  private static boolean presses(SurvivalClock survival, Instant now) {
    return !survival.standing() || survival.runsOutWithin(RUNS_OUT, now);
  }

  private static List<DashboardView.TaskLine> in(
      TaskState state, List<DashboardView.TaskLine> lines) {
    return lines.stream().filter(line -> line.row().state() == state).toList();
  }

  /** Those whose clock presses, then the newest of the others. */
  private static List<DashboardView.TaskLine> failed(
      List<DashboardView.TaskLine> pressing, List<DashboardView.TaskLine> newest) {
    Map<Long, DashboardView.TaskLine> lines = new LinkedHashMap<>();
    Stream.concat(in(TaskState.FAILED, pressing).stream(), newest.stream())
        .forEach(line -> lines.putIfAbsent(line.row().id(), line));
    return List.copyOf(lines.values());
  }

  private List<DashboardView.TaskLine> lines(
      List<TaskRow> rows, Map<Long, SurvivalClock> clocks, Locale locale) {
    return rows.stream()
        .map(row -> new DashboardView.TaskLine(row, views.of(row, locale), clocks.get(row.id())))
        .toList();
  }
}
