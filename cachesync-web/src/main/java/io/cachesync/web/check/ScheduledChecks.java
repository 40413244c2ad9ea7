package io.cachesync.web.check;

import io.cachesync.web.schedule.TimedTask;
import io.cachesync.web.schedule.Timetable;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Starts checks at their times. Each time is decided on once, whoever tells of it: it is late, the
 * former check still runs, the check cannot be done, or it is started.
 */
@Component
class ScheduledChecks implements TimedTask {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduledChecks.class);

  static final String NAME = "scheduled-checks";

  /** A check that was meant for the night is not begun in the morning. */
  static final Duration LATE = Duration.ofMinutes(10);

  /** The scheduler may tell of a time a moment before it has come. */
  private static final Duration EARLY = Duration.ofSeconds(1);

  private static final int AT_ONCE = 10_000;
  private static final int KEPT_RUNS = 200;
  private static final int TEXT_MAX = 300;

  private final ScheduleMapper schedules;
  private final ScheduleRunMapper runs;
  private final CheckService checks;
  private final Timetable timetable;
  private final TransactionTemplate transaction;
  private final JsonMapper json;
  private final Clock clock;

  ScheduledChecks(
      ScheduleMapper schedules,
      ScheduleRunMapper runs,
      CheckService checks,
      Timetable timetable,
      PlatformTransactionManager transactions,
      JsonMapper json,
      Clock clock) {
    this.schedules = schedules;
    this.runs = runs;
    this.checks = checks;
    this.timetable = timetable;
    this.transaction = new TransactionTemplate(transactions);
    // By itself, also where somebody calls from a transaction of their own.
    this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    this.json = json;
    this.clock = clock;
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * A schedule is due as it says, also where its entry in the timetable was given up or is gone. A
   * time that has come and was not told yet stays to be told.
   */
  @EventListener(ApplicationReadyEvent.class)
  void keepTimetable() {
    for (CheckSchedule schedule : schedules.all()) {
      if (!schedule.paused()) {
        keep(schedule);
      }
    }
  }

  private void keep(CheckSchedule schedule) {
    try {
      if (timetable.keep(NAME, schedule.id(), schedule.times())) {
        LOG.info("schedule {} is due again: the timetable did not have it", schedule.id());
      }
    } catch (IllegalStateException e) {
      // The others, and the console, go on without it.
      LOG.warn("schedule {} cannot be put into the timetable", schedule.id(), e);
    }
  }

  @Override
  public void due(long id) {
    CheckSchedule schedule = schedules.find(id).orElse(null);
    if (schedule == null) {
      // It went with its task.
      timetable.remove(NAME, id);
      return;
    }
    Instant now = clock.instant();
    List<Instant> times =
        schedule.times().between(schedule.accountedUntil(), now.plus(EARLY), AT_ONCE);
    if (schedule.paused() || times.isEmpty()) {
      return;
    }
    try {
      whole(() -> settle(schedule, times, now, last -> begin(schedule, last)));
    } catch (Refusal refusal) {
      whole(() -> settle(schedule, times, now, last -> refused(schedule, last, refusal)));
    }
    forget(schedule);
  }

  /** Starts its check, unless the former one still runs; tells what came of it. */
  ScheduleRun start(CheckSchedule schedule, Instant planned) {
    ScheduleRun run;
    try {
      run = whole(() -> begin(schedule, planned));
    } catch (Refusal refusal) {
      run = whole(() -> refused(schedule, planned, refusal));
    }
    forget(schedule);
    return run;
  }

  /**
   * All of it or nothing: where the console dies in the middle, or the check cannot be started for
   * now, the times are still to be decided on.
   */
  private <T> T whole(Supplier<T> work) {
    return transaction.execute(status -> work.get());
  }

  /** Decides what becomes of the times that have come; nothing, where another console has. */
  private ScheduleRun settle(
      CheckSchedule schedule,
      List<Instant> times,
      Instant now,
      Function<Instant, ScheduleRun> atLast) {
    long id = schedule.id();
    Instant last = times.get(times.size() - 1);
    if (schedules.account(id, schedule.accountedUntil(), last) == 0) {
      return null;
    }
    boolean late = last.plus(LATE).isBefore(now);
    int missed = late ? times.size() : times.size() - 1;
    ScheduleRun run = null;
    if (missed > 0) {
      String reason = missed == 1 ? "check.schedule.missed" : "check.schedule.missed.several";
      run = note(id, times.get(missed - 1), ScheduleRun.Outcome.MISSED, null, reason, missed);
    }
    return late ? run : atLast.apply(last);
  }

  private ScheduleRun begin(CheckSchedule schedule, Instant planned) {
    long id = schedule.id();
    Optional<Check> running =
        runs.checks(id).stream()
            .limit(1)
            .map(checks::get)
            .filter(check -> !check.state().ended())
            .findFirst();
    if (running.isPresent()) {
      Long former = running.get().id();
      return note(
          id, planned, ScheduleRun.Outcome.SKIPPED, former, "check.schedule.skipped", former);
    }
    Check started = checks.start(json.readValue(schedule.askJson(), CheckAsk.class));
    return note(id, planned, ScheduleRun.Outcome.STARTED, started.id(), null);
  }

  private ScheduleRun refused(CheckSchedule schedule, Instant planned, Refusal refusal) {
    return note(
        schedule.id(),
        planned,
        ScheduleRun.Outcome.REFUSED,
        null,
        refusal.key(),
        refusal.arguments());
  }

  /** Results beyond those that are to be kept; one that a repair needs goes another time. */
  private void forget(CheckSchedule schedule) {
    runs.checks(schedule.id()).stream()
        .skip(schedule.keepResults())
        .map(checks::get)
        .filter(check -> check.state().ended())
        .forEach(check -> forget(check.id()));
  }

  private void forget(long check) {
    try {
      whole(
          () -> {
            checks.delete(check);
            return null;
          });
    } catch (Refusal refusal) {
      if (!refusal.key().equals(CheckService.IN_REPAIR)) {
        throw refusal;
      }
    }
  }

  private ScheduleRun note(
      long id,
      Instant planned,
      ScheduleRun.Outcome outcome,
      Long checkId,
      String reason,
      Object... arguments) {
    List<String> texts =
        Arrays.stream(arguments)
            .map(String::valueOf)
            .map(text -> text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX))
            .toList();
    ScheduleRun run =
        new ScheduleRun(
            0,
            id,
            planned,
            outcome,
            checkId,
            reason,
            reason == null ? null : json.writeValueAsString(texts));
    runs.insert(run);
    List<ScheduleRun> newest = runs.newest(id, KEPT_RUNS);
    runs.deleteBefore(id, newest.get(newest.size() - 1).id());
    return run;
  }
}
