package io.cachesync.web.sync;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.task.TaskService;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Links and log of a task for programs. */
@RestController
@RequestMapping("/api/v1/tasks/{id}")
class SyncApiController {
  private static final int LINES_MAX = 1000;

  private final TaskService tasks;
  private final SyncService syncs;

  SyncApiController(TaskService tasks, SyncService syncs) {
    this.tasks = tasks;
    this.syncs = syncs;
  }

  @GetMapping("/links")
  List<LinkStatus> links(@PathVariable long id) {
    tasks.get(id);
    return syncs.links(id);
  }

  /** What the continuous check has found; nothing (204) where there is none. */
  @GetMapping("/continuous-check")
  ResponseEntity<ContinuousReport> continuous(@PathVariable long id) {
    tasks.get(id);
    return syncs
        .continuous(id)
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.noContent().build());
  }

  /**
   * The newest lines, oldest first.
   *
   * @param level the least level
   * @param after id of a line; only younger ones
   * @param before id of a line; only older ones
   * @param limit lines, at most 1000
   */
  @GetMapping("/log")
  List<LogView> log(
      @PathVariable long id,
      @RequestParam(required = false) LogLevel level,
      @RequestParam(required = false) Integer link,
      @RequestParam(required = false) String text,
      @RequestParam(required = false) Long after,
      @RequestParam(required = false) Long before,
      @RequestParam(defaultValue = "200") int limit) {
    tasks.get(id);
    return syncs.log(
        id,
        new SyncService.LogFilter(level, link, text, after, before),
        PageRequest.rows("limit", limit, LINES_MAX));
  }
}
