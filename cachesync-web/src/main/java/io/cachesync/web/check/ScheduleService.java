package io.cachesync.web.check;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.schedule.Timetable;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** What people do with schedules of checks, and what everybody reads of them. */
@Service
class ScheduleService {
  private static final int SHOWN = 50;

  private final ScheduleMapper schedules;
  private final ScheduleRunMapper runs;
  private final ScheduledChecks scheduled;
  private final Timetable timetable;
  private final CheckEnds ends;
  private final MachineService machines;
  private final AuditService audit;
  private final JsonMapper json;
  private final Clock clock;

  ScheduleService(
      ScheduleMapper schedules,
      ScheduleRunMapper runs,
      ScheduledChecks scheduled,
      Timetable timetable,
      CheckEnds ends,
      MachineService machines,
      AuditService audit,
      JsonMapper json,
      Clock clock) {
    this.schedules = schedules;
    this.runs = runs;
    this.scheduled = scheduled;
    this.timetable = timetable;
    this.ends = ends;
    this.machines = machines;
    this.audit = audit;
    this.json = json;
    this.clock = clock;
  }

  /** The schedule, or a refusal that says that there is none. */
  @RequiresViewer
  CheckSchedule get(long id) {
    return schedules
        .find(id)
        .orElseThrow(() -> Refusal.notFound("check.schedule.refused.unknown", id));
  }

  /** All of them, or those of a task. */
  @RequiresViewer
  List<CheckSchedule> all(Long taskId) {
    return taskId == null ? schedules.all() : schedules.ofTask(taskId);
  }

  /** What is asked for each time. */
  @RequiresViewer
  CheckAsk asked(CheckSchedule schedule) {
    return json.readValue(schedule.askJson(), CheckAsk.class);
  }

  /** What its times came to, newest first. */
  @RequiresViewer
  List<ScheduleRun> runs(long id) {
    return runs.newest(id, SHOWN);
  }

  /** What its last time came to. */
  @RequiresViewer
  Optional<ScheduleRun> lastRun(long id) {
    return runs.newest(id, 1).stream().findFirst();
  }

  /** The schedule that started a check. */
  @RequiresViewer
  Optional<CheckSchedule> ofCheck(long checkId) {
    return runs.scheduleOf(checkId).flatMap(schedules::find);
  }

  /** When it is due next, or nothing where it is paused or has no more times. */
  @RequiresViewer
  Optional<Instant> next(CheckSchedule schedule) {
    return schedule.paused() ? Optional.empty() : schedule.times().after(clock.instant());
  }

  @RequiresOperator
  @Transactional
  CheckSchedule add(CheckAsk ask, ScheduleForm form) {
    CheckSchedule row =
        form.row(
            made(
                new CheckSchedule(
                    null,
                    "",
                    null,
                    "",
                    "",
                    Rhythm.CRON,
                    "",
                    "",
                    "",
                    "",
                    0,
                    false,
                    now(),
                    actor(),
                    now()),
                ask),
            ZoneId.systemDefault());
    CheckMapper.NewId id = new CheckMapper.NewId();
    schedules.insert(row, id);
    timetable.set(ScheduledChecks.NAME, id.getId(), row.times());
    CheckSchedule added = get(id.getId());
    audit.record("check.schedule.add", subject(added), added.times().cron());
    return added;
  }

  /** Other times, other ends, or another way to check; what was before now is settled. */
  @RequiresOperator
  @Transactional
  CheckSchedule change(long id, CheckAsk ask, ScheduleForm form) {
    CheckSchedule changed =
        form.row(made(get(id), ask), ZoneId.systemDefault()).accountedUntil(now());
    schedules.update(changed);
    if (!changed.paused()) {
      timetable.set(ScheduledChecks.NAME, id, changed.times());
    }
    audit.record("check.schedule.change", subject(changed), changed.times().cron());
    return get(id);
  }

  /** Not due any more, until it is resumed. */
  @RequiresOperator
  @Transactional
  CheckSchedule pause(long id) {
    CheckSchedule schedule = get(id);
    if (!schedule.paused()) {
      schedules.update(schedule.paused(true));
      timetable.remove(ScheduledChecks.NAME, id);
      audit.record("check.schedule.pause", subject(schedule));
    }
    return get(id);
  }

  /** Due again from now on. */
  @RequiresOperator
  @Transactional
  CheckSchedule resume(long id) {
    CheckSchedule schedule = get(id);
    if (schedule.paused()) {
      if (schedule.times().after(now()).isEmpty()) {
        throw Refusal.conflict("check.schedule.invalid.never");
      }
      schedules.update(schedule.paused(false).accountedUntil(now()));
      timetable.set(ScheduledChecks.NAME, id, schedule.times());
      audit.record("check.schedule.resume", subject(schedule));
    }
    return get(id);
  }

  /** Its check at once, besides its times. */
  @RequiresOperator
  ScheduleRun start(long id) {
    CheckSchedule schedule = get(id);
    audit.record("check.schedule.start", subject(schedule));
    return scheduled.start(schedule, now());
  }

  /** The checks that it started stay. */
  @RequiresOperator
  @Transactional
  void delete(long id) {
    CheckSchedule schedule = get(id);
    timetable.remove(ScheduledChecks.NAME, id);
    schedules.delete(id);
    audit.record("check.schedule.delete", subject(schedule));
  }

  /** With what is asked for, or a refusal where it cannot be done as things are. */
  private CheckSchedule made(CheckSchedule row, CheckAsk ask) {
    CheckEnds.Pair pair = ends.pair(ask);
    if (ask.machineId() == null || machines.find(ask.machineId()).isEmpty()) {
      throw Refusal.invalid("machineId", "check.invalid.choose");
    }
    String label = pair.sourceLabel() + " → " + pair.targetLabel();
    return new CheckSchedule(
        row.id(),
        cut(label),
        ask.taskId(),
        label,
        json.writeValueAsString(ask),
        row.rhythm(),
        row.atTime(),
        row.weekDays(),
        row.cron(),
        row.zone(),
        row.keepResults(),
        row.paused(),
        row.accountedUntil(),
        row.createdBy(),
        row.createdAt());
  }

  private static String cut(String label) {
    int most = ScheduleForm.NAME_MAX;
    return label.codePointCount(0, label.length()) <= most
        ? label
        : label.substring(0, label.offsetByCodePoints(0, most - 1)) + "…";
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String subject(CheckSchedule schedule) {
    return schedule.name() + " (" + schedule.id() + ")";
  }

  private static String actor() {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    return user == null ? "system" : user.getName();
  }
}
