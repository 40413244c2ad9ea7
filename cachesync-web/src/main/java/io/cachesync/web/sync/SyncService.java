package io.cachesync.web.sync;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskFilter;
import io.cachesync.web.task.TaskProgress;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is known of the jobs of a task: links, chart and log. */
@Service
public class SyncService {
  private static final int DOWNLOADED_LINES = Retention.LOG_LINES;

  private final LinkStatusMapper links;
  private final SampleMapper samples;
  private final LogMapper log;
  private final ContinuousMapper continuous;
  private final TaskService tasks;
  private final JsonMapper json;
  private final Clock clock;

  SyncService(
      LinkStatusMapper links,
      SampleMapper samples,
      LogMapper log,
      ContinuousMapper continuous,
      TaskService tasks,
      JsonMapper json,
      Clock clock) {
    this.links = links;
    this.samples = samples;
    this.log = log;
    this.continuous = continuous;
    this.tasks = tasks;
    this.json = json;
    this.clock = clock;
  }

  /** The newest status of each link of a task; none is in sync of which nothing was heard since. */
  @RequiresViewer
  public List<LinkStatus> links(long taskId) {
    TaskState state = tasks.find(taskId).map(Task::state).orElse(null);
    Instant now = clock.instant();
    return links.ofTask(taskId).stream()
        .map(
            row -> {
              ObjectNode status = (ObjectNode) json.readTree(row.status());
              if (!TaskProgress.holds(state, row.reportedAt(), now)) {
                status.put("inSync", false);
              }
              return json.treeToValue(status, LinkStatus.class);
            })
        .toList();
  }

  /**
   * Numbers of the links that nothing was heard of for a while, as where one of the task's machines
   * is lost, or its agent stands still.
   */
  @RequiresViewer
  public Set<Integer> silentLinks(long taskId) {
    Instant now = clock.instant();
    return links.ofTask(taskId).stream()
        .filter(row -> !TaskProgress.fresh(row.reportedAt(), now))
        .map(LinkRow::link)
        .collect(Collectors.toSet());
  }

  /** What the survival clock of a task that stands still comes to; empty where that is nothing. */
  @RequiresViewer
  public Optional<SurvivalClock> survivalClock(long taskId) {
    return Optional.ofNullable(survivalClocks(Set.of(taskId)).get(taskId));
  }

  /** The survival clocks of all tasks that stand still, by task; those that come to something. */
  @RequiresViewer
  public Map<Long, SurvivalClock> survivalClocks() {
    return clocks(links.standingStill(null));
  }

  /** As {@link #survivalClocks()}, of these tasks. */
  @RequiresViewer
  Map<Long, SurvivalClock> survivalClocks(Collection<Long> taskIds) {
    return taskIds.isEmpty() ? Map.of() : clocks(links.standingStill(taskIds));
  }

  private Map<Long, SurvivalClock> clocks(List<LinkStatusMapper.StillRow> rows) {
    Instant now = clock.instant();
    Map<Long, SurvivalClock> clocks = new HashMap<>();
    rows.stream()
        .collect(Collectors.groupingBy(LinkStatusMapper.StillRow::taskId))
        .forEach(
            (task, links) -> clockOf(links, now).ifPresent(survival -> clocks.put(task, survival)));
    return clocks;
  }

  private Optional<SurvivalClock> clockOf(List<LinkStatusMapper.StillRow> rows, Instant now) {
    LinkStatusMapper.StillRow task = rows.get(0);
    List<SurvivalClock.Told> told =
        rows.stream()
            .map(
                row ->
                    new SurvivalClock.Told(
                        row.reportedAt(), json.readValue(row.status(), LinkStatus.class)))
            .toList();
    return SurvivalClock.of(
        new SurvivalClock.Standing(task.state(), task.syncMode(), task.afresh(), task.faultCode()),
        told,
        now);
  }

  /** What the continuous check of a task has found; empty where there is none. */
  @RequiresViewer
  public Optional<ContinuousReport> continuous(long taskId) {
    return continuous.find(taskId).map(text -> json.readValue(text, ContinuousReport.class));
  }

  /** How many keys it compares per second at most; 0 for none. */
  @RequiresViewer
  long continuousKeys(long taskId) {
    return tasks.continuousKeys(taskId);
  }

  /** The points of the chart that are younger than a bucket, of a resolution in seconds. */
  @RequiresViewer
  List<SampleView> samples(long taskId, SampleResolution resolution, long afterBucket) {
    long oldest = clock.instant().minus(resolution.kept()).getEpochSecond() / resolution.seconds();
    return samples.after(taskId, resolution.seconds(), Math.max(oldest, afterBucket)).stream()
        .map(SampleView::of)
        .toList();
  }

  /** The newest lines that fit, oldest first. */
  @RequiresViewer
  List<LogView> log(long taskId, LogFilter filter, int limit) {
    List<LogRow> rows =
        new ArrayList<>(
            log.newest(
                taskId,
                filter.after() == null ? 0 : filter.after(),
                filter.before() == null ? Long.MAX_VALUE : filter.before(),
                filter.levels(),
                filter.link(),
                TaskFilter.like(filter.text()),
                limit));
    Collections.reverse(rows);
    return rows.stream().map(LogView::of).toList();
  }

  @RequiresViewer
  List<LogView> logAfter(long taskId, long id, int limit) {
    return log.after(taskId, id, limit).stream().map(LogView::of).toList();
  }

  @RequiresViewer
  long lastLogId(long taskId) {
    return log.lastId(taskId).orElse(0L);
  }

  /** The whole log as text, one line each: time, level, link, words. */
  @RequiresViewer
  String logText(long taskId) {
    StringBuilder text = new StringBuilder();
    for (LogView line : log(taskId, LogFilter.all(), DOWNLOADED_LINES)) {
      text.append(line.at())
          .append(' ')
          .append(String.format(Locale.ROOT, "%-5s", line.level()))
          .append(' ')
          .append(line.link() < 0 ? "-" : String.valueOf(line.link()))
          .append(' ')
          .append(line.line())
          .append('\n');
    }
    return text.toString();
  }

  /**
   * Which lines of a log are asked for; null narrows nothing.
   *
   * @param level the least level
   * @param after id of a line; only younger ones
   * @param before id of a line; only older ones
   */
  record LogFilter(LogLevel level, Integer link, String text, Long after, Long before) {
    static LogFilter all() {
      return new LogFilter(null, null, null, null, null);
    }

    List<LogLevel> levels() {
      return level == null || level == LogLevel.UNKNOWN
          ? List.of()
          : List.of(LogLevel.values()).subList(level.ordinal(), LogLevel.values().length);
    }
  }
}
