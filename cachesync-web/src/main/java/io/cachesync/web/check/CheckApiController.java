package io.cachesync.web.check;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Problem;
import io.cachesync.web.task.TaskService;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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

/** Checks for programs, on the same services as the pages. */
@RestController
@RequestMapping("/api/v1/checks")
class CheckApiController {
  private final CheckService checks;
  private final CheckViews views;
  private final KeyViews keys;
  private final CheckExport export;
  private final TaskService tasks;
  private final EndpointService endpoints;
  private final MachineService machines;

  CheckApiController(
      CheckService checks,
      CheckViews views,
      KeyViews keys,
      CheckExport export,
      TaskService tasks,
      EndpointService endpoints,
      MachineService machines) {
    this.checks = checks;
    this.views = views;
    this.keys = keys;
    this.export = export;
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.machines = machines;
  }

  /** Checks, newest first, filtered and paged. */
  @GetMapping
  Checks list(
      @RequestParam(required = false) String text,
      @RequestParam(required = false) String outcome,
      @RequestParam(required = false) Long task,
      @RequestParam(required = false) Long endpoint,
      PageRequest request,
      Locale locale) {
    Page<Check> page =
        checks.search(
            new CheckFilter(text, outcome, task, endpoint).checked(),
            request.checked(CheckService.SORTS));
    return new Checks(
        page.items().stream().map(check -> answer(check, locale)).toList(),
        page.total(),
        request.number(),
        page.pages());
  }

  @GetMapping("/{id}")
  CheckAnswer get(@PathVariable long id, Locale locale) {
    return answer(checks.get(id), locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping
  ResponseEntity<CheckAnswer> start(@RequestBody CheckRequest request, Locale locale) {
    CheckForm form =
        request.form(machineOf(request), idOf("source", request), idOf("target", request));
    List<Problem> problems = form.problems();
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      throw Refusal.invalid(first.field(), first.key(), first.arguments().toArray());
    }
    CheckAsk ask = form.ask();
    Check started =
        checks.start(
            new CheckAsk(
                ask.taskId(),
                ask.sourceNumber(),
                ask.sourceEndpointId(),
                ask.targetEndpointId(),
                ask.machineId(),
                ask.spec(),
                request.limits()));
    return ResponseEntity.created(URI.create("/api/v1/checks/" + started.id()))
        .body(answer(started, locale));
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/stop")
  @ResponseStatus(HttpStatus.ACCEPTED)
  CheckAnswer stop(@PathVariable long id, Locale locale) {
    return answer(checks.stop(id), locale);
  }

  /** The same once more. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/{id}/repeat")
  @ResponseStatus(HttpStatus.CREATED)
  CheckAnswer repeat(@PathVariable long id, Locale locale) {
    return answer(checks.repeat(id), locale);
  }

  /** Limits of each side; 0 or left out = none. */
  @ForRole(Role.OPERATOR)
  @PutMapping("/{id}/limits")
  CheckAnswer limits(@PathVariable long id, @RequestBody Limits limits, Locale locale) {
    if (limits.bytesPerSecond() < 0 || limits.commandsPerSecond() < 0) {
      throw Refusal.invalid(
          limits.bytesPerSecond() < 0 ? "bytesPerSecond" : "commandsPerSecond",
          "task.form.whole.invalid",
          0,
          String.valueOf(Long.MAX_VALUE));
    }
    LimitSpec spec = new LimitSpec(limits.bytesPerSecond(), limits.commandsPerSecond());
    return answer(checks.limit(id, spec), locale);
  }

  @ForRole(Role.OPERATOR)
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable long id) {
    checks.delete(id);
  }

  /** Differing keys; what is unlike in each is told to operators only. */
  @GetMapping("/{id}/keys")
  Keys keys(
      @PathVariable long id,
      @RequestParam(required = false) String text,
      @RequestParam(required = false) DifferenceKind kind,
      @RequestParam(required = false) String type,
      @RequestParam(required = false) Integer database,
      PageRequest request,
      Locale locale) {
    checks.get(id);
    DifferenceFilter filter = new DifferenceFilter(text, kind, type, database);
    Page<KeyView> page = checks.keys(id, filter, request).map(rows -> keys.of(rows, locale));
    return new Keys(page.items(), page.total(), request.number(), page.pages());
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/{id}/differences.csv")
  void csv(@PathVariable long id, HttpServletResponse response) throws IOException {
    export.csv(id, response);
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/{id}/differences.json")
  void json(@PathVariable long id, HttpServletResponse response) throws IOException {
    export.json(id, response);
  }

  private CheckAnswer answer(Check check, Locale locale) {
    CheckSpec spec = checks.spec(check);
    CheckView view = views.of(check, locale);
    return new CheckAnswer(
        check.id(),
        check.taskId(),
        check.taskName(),
        check.sourceLabel(),
        check.targetLabel(),
        check.machineName(),
        check.state(),
        check.stateSince(),
        check.state() == CheckState.DONE ? check.differentKeys() == 0 : null,
        view.verdict(),
        view.remarks(),
        CheckAnswer.How.of(spec),
        check.taskId() == null ? spec.filter() : null,
        check.limits(),
        checks.report(check),
        check.listed(),
        check.faultCode() == null
            ? null
            : new CheckAnswer.Failure(check.faultCode().name(), check.faultMessage()),
        check.createdBy(),
        check.createdAt(),
        check.startedAt(),
        check.endedAt());
  }

  private Long machineOf(CheckRequest request) {
    if (request.machine() != null) {
      return machines.all().stream()
          .filter(each -> each.name().equals(request.machine()))
          .findFirst()
          .map(Machine::id)
          .orElseThrow(
              () -> Refusal.invalid("machine", "check.invalid.unknown", request.machine()));
    }
    if (request.task() != null) {
      return tasks.spec(request.task()).machineId();
    }
    return machines.leastLoaded().map(Machine::id).orElse(null);
  }

  private Long idOf(String field, CheckRequest request) {
    String name = field.equals("source") ? request.source() : request.target();
    if (name == null) {
      return null;
    }
    return endpoints.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .map(Endpoint::id)
        .orElseThrow(() -> Refusal.invalid(field, "check.invalid.unknown", name));
  }

  /** A page of the list. */
  record Checks(List<CheckAnswer> items, long total, long page, long pages) {}

  /** A page of differing keys. */
  record Keys(List<KeyView> items, long total, long page, long pages) {}

  /** Limits; 0 or left out = none. */
  record Limits(long bytesPerSecond, long commandsPerSecond) {}
}
