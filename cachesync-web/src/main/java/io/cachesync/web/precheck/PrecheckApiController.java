package io.cachesync.web.precheck;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a precheck found, for programs. */
@RestController
@RequestMapping("/api/v1/tasks/{id}/precheck")
class PrecheckApiController {
  private final PrecheckService prechecks;
  private final FindingViews views;
  private final TaskService tasks;

  PrecheckApiController(PrecheckService prechecks, FindingViews views, TaskService tasks) {
    this.prechecks = prechecks;
    this.views = views;
    this.tasks = tasks;
  }

  /** The newest precheck, also while it runs. */
  @GetMapping
  Result get(@PathVariable long id, Locale locale) {
    TaskState state = tasks.get(id).state();
    return new Result(
        state,
        prechecks.run(id).orElse(null),
        state == TaskState.READY && prechecks.mayStart(id),
        prechecks.findings(id).stream().map(finding -> views.of(finding, locale)).toList());
  }

  /** Goes on in spite of the warnings of these codes, by the name of whoever calls. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/acknowledge")
  Result acknowledge(@PathVariable long id, @RequestBody Acknowledgement body, Locale locale) {
    prechecks.acknowledge(id, body.codes());
    return get(id, locale);
  }

  /**
   * The warnings that are accepted.
   *
   * @param codes as {@code SHORT_EXPIRY}
   */
  record Acknowledgement(Set<String> codes) {
    Acknowledgement {
      codes = codes == null ? Set.of() : Set.copyOf(codes);
    }
  }

  /**
   * A precheck.
   *
   * @param run null before the first
   * @param mayStart whether the task may be started now
   */
  record Result(TaskState state, PrecheckRun run, boolean mayStart, List<FindingView> findings) {}
}
