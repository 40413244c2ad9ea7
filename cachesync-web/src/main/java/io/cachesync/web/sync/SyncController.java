package io.cachesync.web.sync;

import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.web.task.TaskHeader;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskViews;
import jakarta.servlet.http.HttpSession;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The tabs of a task's page that its jobs fill, and what feeds open pages. */
@Controller
class SyncController {
  private static final int LINES_SHOWN = 500;
  private static final int TASKS_AT_ONCE = 200;

  private final TaskService tasks;
  private final TaskHeader header;
  private final TaskViews views;
  private final SyncService syncs;
  private final LiveFeed feed;

  SyncController(
      TaskService tasks, TaskHeader header, TaskViews views, SyncService syncs, LiveFeed feed) {
    this.tasks = tasks;
    this.header = header;
    this.views = views;
    this.syncs = syncs;
    this.feed = feed;
  }

  @GetMapping("/tasks/{id}")
  String overview(@PathVariable long id, Model model, Locale locale) {
    header.fill(model, id, "overview", locale);
    List<LinkStatus> links = syncs.links(id);
    model.addAttribute("links", LinkView.of(links, syncs.silentLinks(id), views, locale));
    model.addAttribute("letters", DeadLetters.of(links, locale));
    model.addAttribute("clock", syncs.survivalClock(id).orElse(null));
    addParts(id, model, locale);
    model.addAttribute("limits", tasks.limitForm(id));
    addContinuous(id, model, locale);
    return "task/overview";
  }

  /** The part of the overview that tells by when a task that stands still is to be started. */
  @GetMapping("/tasks/{id}/survival-clock")
  String survivalClock(@PathVariable long id, Model model) {
    tasks.get(id);
    model.addAttribute("clock", syncs.survivalClock(id).orElse(null));
    return "task/survival :: clock";
  }

  /** The part of the overview that tells of the continuous check. */
  @GetMapping("/tasks/{id}/continuous-check/counters")
  String continuous(@PathVariable long id, Model model, Locale locale) {
    header.fill(model, id, "overview", locale);
    addContinuous(id, model, locale);
    return "task/continuous :: check";
  }

  private void addContinuous(long id, Model model, Locale locale) {
    model.addAttribute(
        "continuous",
        syncs.continuous(id).map(report -> ContinuousView.of(report, locale)).orElse(null));
    model.addAttribute("continuousKeys", syncs.continuousKeys(id));
  }

  /** The part of the overview that lists the links, for a page that knows others. */
  @GetMapping("/tasks/{id}/link-table")
  String links(@PathVariable long id, Model model, Locale locale) {
    header.fill(model, id, "overview", locale);
    model.addAttribute("links", LinkView.of(syncs.links(id), syncs.silentLinks(id), views, locale));
    return "task/links :: links";
  }

  /** The part of the overview that lists the machines of a task that is spread. */
  @GetMapping("/tasks/{id}/machine-table")
  String machines(@PathVariable long id, Model model, Locale locale) {
    tasks.get(id);
    addParts(id, model, locale);
    return "task/machines :: machines";
  }

  private void addParts(long id, Model model, Locale locale) {
    model.addAttribute("parts", tasks.partViews(id, views, locale));
    model.addAttribute("oneJob", tasks.isOneJobSinceSlotsMoved(id));
  }

  /** The part of the overview that lists keys which may differ at the target. */
  @GetMapping("/tasks/{id}/dead-letters")
  String deadLetters(@PathVariable long id, Model model, Locale locale) {
    model.addAttribute("row", tasks.get(id));
    model.addAttribute("letters", DeadLetters.of(syncs.links(id), locale));
    return "task/dead-letters :: letters";
  }

  /** All keys that are listed as such, for a spreadsheet. */
  @GetMapping("/tasks/{id}/dead-letters.csv")
  ResponseEntity<String> deadLettersFile(@PathVariable long id) {
    tasks.get(id);
    return download(
        "task-" + id + "-dead-letters.csv", "text/csv", DeadLetters.csv(syncs.links(id)));
  }

  @GetMapping("/tasks/{id}/log")
  String log(
      @PathVariable long id,
      @RequestParam(required = false) LogLevel level,
      @RequestParam(required = false) Integer link,
      @RequestParam(required = false) String text,
      Model model,
      Locale locale) {
    header.fill(model, id, "log", locale);
    SyncService.LogFilter filter = new SyncService.LogFilter(level, link, text, null, null);
    model.addAttribute("filter", filter);
    model.addAttribute("lastId", syncs.lastLogId(id));
    model.addAttribute("lines", syncs.log(id, filter, LINES_SHOWN));
    return "task/log";
  }

  @GetMapping("/tasks/{id}/log.txt")
  ResponseEntity<String> download(@PathVariable long id) {
    tasks.get(id);
    return download("task-" + id + ".log", "text/plain", syncs.logText(id));
  }

  private static ResponseEntity<String> download(String name, String type, String text) {
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType(type + ";charset=UTF-8"))
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(name).build().toString())
        .body(text);
  }

  @GetMapping("/tasks/{id}/samples")
  @ResponseBody
  List<SampleView> samples(
      @PathVariable long id, @RequestParam(defaultValue = "SECOND") SampleResolution resolution) {
    tasks.get(id);
    return syncs.samples(id, resolution, 0);
  }

  /**
   * Feeds one task's page.
   *
   * @param log id of the last log line that the page has; -1 for a page without a log
   */
  @GetMapping(path = "/tasks/{id}/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter live(
      @PathVariable long id,
      @RequestParam(defaultValue = "-1") long log,
      HttpSession session,
      Locale locale) {
    tasks.get(id);
    return feed.ofTask(id, log < 0 ? Long.MAX_VALUE : log, session.getId(), locale);
  }

  /** Feeds the rows of a list. */
  @GetMapping(path = "/tasks/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter liveList(@RequestParam List<Long> id, HttpSession session, Locale locale) {
    return feed.ofTasks(
        new TreeSet<>(id.subList(0, Math.min(id.size(), TASKS_AT_ONCE))), session.getId(), locale);
  }
}
