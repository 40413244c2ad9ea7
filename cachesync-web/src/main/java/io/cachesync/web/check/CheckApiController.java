package io.cachesync.web.check;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.LogLevel;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.task.LimitChange;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
  /** Lists of keys cannot be sorted. */
  private static final Set<String> OWN_ORDER = Set.of();

  private final CheckService checks;
  private final CheckViews views;
  private final KeyViews keys;
  private final CheckRequests requests;
  private final Comparisons comparisons;

  CheckApiController(
      CheckService checks,
      CheckViews views,
      KeyViews keys,
      CheckRequests requests,
      Comparisons comparisons) {
    this.checks = checks;
    this.views = views;
    this.keys = keys;
    this.requests = requests;
    this.comparisons = comparisons;
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
    Check started = CheckFields.ofCheck(() -> checks.start(requests.ask(request)));
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
    return answer(CheckFields.ofCheck(() -> checks.repeat(id)), locale);
  }

  /** Limits of each side; 0 = none, what is left out stays. */
  @ForRole(Role.OPERATOR)
  @PutMapping("/{id}/limits")
  CheckAnswer limits(@PathVariable long id, @RequestBody LimitChange limits, Locale locale) {
    return answer(checks.limit(id, limits.of(checks.get(id).limits())), locale);
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
    List<String> sources = keys.sources(checks.get(id));
    Page<KeyView> page =
        checks
            .keys(id, filter, request.checked(OWN_ORDER))
            .map(rows -> keys.of(sources, rows, locale));
    return new Keys(page.items(), page.total(), request.number(), page.pages());
  }

  /**
   * What its agent said, oldest first.
   *
   * @param limit lines, the newest ones, at most 500
   */
  @GetMapping("/{id}/log")
  List<Said> log(@PathVariable long id, @RequestParam(defaultValue = "200") int limit) {
    int lines = PageRequest.rows("limit", limit, CheckLogs.KEPT);
    return checks.log(checks.get(id).id(), lines).stream()
        .map(line -> new Said(line.loggedAt(), line.level(), line.line()))
        .toList();
  }

  /** Keys that differ in one of two checks of the same ends or in both, and how many there are. */
  @GetMapping("/{id}/compare")
  Compared compare(
      @PathVariable long id,
      @RequestParam long with,
      @RequestParam(defaultValue = "NEW") Comparison.Change change,
      PageRequest request,
      Locale locale) {
    Comparisons.Compared both =
        comparisons.of(id, with, change, request.checked(OWN_ORDER), locale);
    return new Compared(
        answer(both.later(), locale),
        answer(both.earlier(), locale),
        both.remarks(),
        both.counts(),
        change,
        both.page().items(),
        both.page().total(),
        request.number(),
        both.page().pages());
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
        view.equal(),
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

  /** A page of the list. */
  record Checks(List<CheckAnswer> items, long total, long page, long pages) {}

  /** A line of its log. */
  record Said(Instant at, LogLevel level, String line) {}

  /** A page of differing keys. */
  record Keys(List<KeyView> items, long total, long page, long pages) {}

  /**
   * Two checks of the same ends, and a page of keys.
   *
   * @param counts how many keys are new, gone, and still different
   * @param change which of them the page has
   */
  record Compared(
      CheckAnswer later,
      CheckAnswer earlier,
      List<String> remarks,
      Map<Comparison.Change, Long> counts,
      Comparison.Change change,
      List<KeyView> items,
      long total,
      long page,
      long pages) {}
}
