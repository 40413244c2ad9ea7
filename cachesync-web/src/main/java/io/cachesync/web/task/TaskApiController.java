package io.cachesync.web.task;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.format.annotation.DateTimeFormat.ISO;
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

/** Tasks for programs, on the same services as the pages. */
@RestController
@RequestMapping("/api/v1/tasks")
class TaskApiController {
  private final TaskService tasks;
  private final TaskLists lists;
  private final TaskRequests requests;
  private final TaskAnswers answers;
  private final TaskLogins logins;
  private final TaskViews views;

  TaskApiController(
      TaskService tasks,
      TaskLists lists,
      TaskRequests requests,
      TaskAnswers answers,
      TaskLogins logins,
      TaskViews views) {
    this.tasks = tasks;
    this.lists = lists;
    this.requests = requests;
    this.answers = answers;
    this.logins = logins;
    this.views = views;
  }

  /** A page of the list. */
  record Tasks(List<TaskAnswer> items, long total, long page, long pages) {}

  @GetMapping
  Tasks list(
      @RequestParam(required = false) String state,
      @RequestParam(required = false) String source,
      @RequestParam(required = false) String target,
      @RequestParam(required = false) String machine,
      @RequestParam(required = false) String owner,
      @RequestParam(required = false) String tag,
      @RequestParam(required = false) @DateTimeFormat(iso = ISO.DATE) LocalDate from,
      @RequestParam(required = false) @DateTimeFormat(iso = ISO.DATE) LocalDate to,
      @RequestParam(required = false) String text,
      PageRequest request,
      Locale locale) {
    Page<TaskRow> page =
        lists.search(
            new TaskFilter(state, source, target, machine, owner, tag, from, to, text).checked(),
            request.checked(TaskLists.SORTS));
    return new Tasks(
        page.items().stream().map(row -> answers.of(row, locale)).toList(),
        page.total(),
        request.number(),
        page.pages());
  }

  @GetMapping("/{id}")
  TaskAnswer get(@PathVariable long id, Locale locale) {
    return answers.of(id, locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping
  ResponseEntity<TaskAnswer> create(@RequestBody TaskRequest request, Locale locale) {
    Task task = requests.create(request, locale);
    return ResponseEntity.created(URI.create("/api/v1/tasks/" + task.id()))
        .body(answers.of(task.id(), locale));
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/precheck")
  @ResponseStatus(HttpStatus.ACCEPTED)
  TaskAnswer precheck(@PathVariable long id, Locale locale) {
    return answers.of(tasks.precheck(id).id(), locale);
  }

  /**
   * Starts a task.
   *
   * @param afresh forget the checkpoint of a stopped or failed task
   */
  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/start")
  @ResponseStatus(HttpStatus.ACCEPTED)
  TaskAnswer start(
      @PathVariable long id, @RequestParam(defaultValue = "false") boolean afresh, Locale locale) {
    Task task = afresh ? tasks.startAfresh(id) : tasks.start(id);
    return answers.of(task.id(), locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/{action:pause|resume|stop|finish}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  TaskAnswer act(@PathVariable long id, @PathVariable String action, Locale locale) {
    Task task =
        switch (action) {
          case "pause" -> tasks.pause(id);
          case "resume" -> tasks.resume(id);
          case "stop" -> tasks.stop(id);
          default -> tasks.finish(id);
        };
    return answers.of(task.id(), locale);
  }

  /** Limits; 0 = none, what is left out stays. */
  @ForRole(Role.OPERATOR)
  @PutMapping("/{id}/limits")
  TaskAnswer limits(@PathVariable long id, @RequestBody LimitChange limits, Locale locale) {
    tasks.limit(id, limits.of(tasks.spec(id).how().limits()));
    return answers.of(id, locale);
  }

  @ForRole(Role.OPERATOR)
  @PutMapping("/{id}/continuous-check")
  TaskAnswer continuousCheck(
      @PathVariable long id, @RequestBody ContinuousCheck asked, Locale locale) {
    tasks.checkContinuously(id, asked.keysPerSecond());
    return answers.of(id, locale);
  }

  /** Chooses the machines of a task that has ended, from its next start on. */
  @ForRole(Role.OPERATOR)
  @PutMapping("/{id}/machines")
  TaskAnswer machines(@PathVariable long id, @RequestBody Machines asked, Locale locale) {
    return answers.of(requests.spreadAgain(id, asked.machines()).id(), locale);
  }

  /** Names of machines, at least two; one makes one job of what is spread. */
  record Machines(List<String> machines) {}

  /** Keys compared per second at most; 0 or left out = no continuous check. */
  record ContinuousCheck(long keysPerSecond) {}

  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/login")
  TaskAnswer login(@PathVariable long id, @RequestBody LoginForm login, Locale locale) {
    return answers.of(logins.change(id, login).id(), locale);
  }

  @ForRole(Role.OPERATOR)
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable long id) {
    tasks.delete(id);
  }

  @GetMapping("/{id}/events")
  List<TaskEvent> events(@PathVariable long id, Locale locale) {
    tasks.get(id);
    return tasks.events(id).stream().map(event -> views.said(event, locale)).toList();
  }
}
