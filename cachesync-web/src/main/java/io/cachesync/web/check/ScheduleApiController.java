package io.cachesync.web.check;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Scheduled checks for programs, on the same services as the pages. */
@RestController
@RequestMapping("/api/v1/check-schedules")
class ScheduleApiController {
  private final ScheduleService schedules;
  private final ScheduleViews views;
  private final CheckRequests requests;

  ScheduleApiController(ScheduleService schedules, ScheduleViews views, CheckRequests requests) {
    this.schedules = schedules;
    this.views = views;
    this.requests = requests;
  }

  /** All schedules, or those of a task. */
  @GetMapping
  List<ScheduleAnswer> list(@RequestParam(required = false) Long task, Locale locale) {
    return schedules.all(task).stream().map(schedule -> answer(schedule, locale)).toList();
  }

  @GetMapping("/{id}")
  ScheduleAnswer get(@PathVariable long id, Locale locale) {
    return answer(schedules.get(id), locale);
  }

  /** What its times came to, newest first. */
  @GetMapping("/{id}/runs")
  List<ScheduleAnswer.Run> runs(@PathVariable long id, Locale locale) {
    schedules.get(id);
    return schedules.runs(id).stream().map(run -> answer(run, locale)).toList();
  }

  @ForRole(Role.OPERATOR)
  @PostMapping
  ResponseEntity<ScheduleAnswer> add(@RequestBody ScheduleRequest request, Locale locale) {
    request.refuseWhatCannotBe(null);
    CheckSchedule added = CheckFields.ofSchedule(() -> schedules.add(ask(request), request.form()));
    return ResponseEntity.created(URI.create("/api/v1/check-schedules/" + added.id()))
        .body(answer(added, locale));
  }

  /** All of it anew, as at the beginning. */
  @ForRole(Role.OPERATOR)
  @PutMapping("/{id}")
  ScheduleAnswer change(
      @PathVariable long id, @RequestBody ScheduleRequest request, Locale locale) {
    request.refuseWhatCannotBe(schedules.get(id));
    return answer(
        CheckFields.ofSchedule(() -> schedules.change(id, ask(request), request.form())), locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/pause")
  ScheduleAnswer pause(@PathVariable long id, Locale locale) {
    return answer(schedules.pause(id), locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/resume")
  ScheduleAnswer resume(@PathVariable long id, Locale locale) {
    return answer(schedules.resume(id), locale);
  }

  /** Its check now, besides its times; the answer says what came of it. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/start")
  ScheduleAnswer.Run start(@PathVariable long id, Locale locale) {
    return answer(schedules.start(id), locale);
  }

  @ForRole(Role.OPERATOR)
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable long id) {
    schedules.delete(id);
  }

  private CheckAsk ask(ScheduleRequest request) {
    return requests.ask(request.check(), request.form());
  }

  private ScheduleAnswer answer(CheckSchedule schedule, Locale locale) {
    return new ScheduleAnswer(
        schedule.id(),
        schedule.name(),
        schedule.taskId(),
        schedule.ends(),
        schedule.rhythm(),
        schedule.atTime().isEmpty() ? null : schedule.atTime(),
        schedule.days(),
        schedule.times().cron(),
        schedule.zone(),
        schedule.keepResults(),
        schedule.paused(),
        schedules.next(schedule).orElse(null),
        schedules.lastRun(schedule.id()).map(run -> answer(run, locale)).orElse(null),
        requests.of(schedules.asked(schedule)),
        schedule.createdBy(),
        schedule.createdAt());
  }

  private ScheduleAnswer.Run answer(ScheduleRun run, Locale locale) {
    return new ScheduleAnswer.Run(
        run.plannedAt(), run.outcome(), run.checkId(), views.why(run, locale));
  }
}
