package io.cachesync.web.sync;

import io.cachesync.contract.Desired;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.ReportSink;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskPart;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskProgress;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Mirrors the reports of agents into the database and tells the task what they mean. */
@Component
class SyncReports implements ReportSink {
  private final TaskService tasks;
  private final TaskParts parts;
  private final TaskTransitions transitions;
  private final LinkStatusMapper links;
  private final SampleMapper samples;
  private final LogMapper log;
  private final ContinuousMapper continuous;
  private final JsonMapper json;
  private final Clock clock;

  SyncReports(
      TaskService tasks,
      TaskParts parts,
      TaskTransitions transitions,
      LinkStatusMapper links,
      SampleMapper samples,
      LogMapper log,
      ContinuousMapper continuous,
      JsonMapper json,
      Clock clock) {
    this.tasks = tasks;
    this.parts = parts;
    this.transitions = transitions;
    this.links = links;
    this.samples = samples;
    this.log = log;
    this.continuous = continuous;
    this.json = json;
    this.clock = clock;
  }

  @Override
  public void apply(Job job, JobReport report) {
    long taskId = Long.parseLong(job.taskId());
    Optional<Task> task = tasks.find(taskId);
    if (task.isEmpty()) {
      return;
    }
    // By our own clock: whether what was said still holds is judged by it.
    Instant at = clock.instant();
    // Of a part nobody sees a page: what it tells is the whole's.
    Optional<TaskPart> part = parts.find(taskId);
    long page = part.map(TaskPart::wholeId).orElse(taskId);
    // The rows of a whole's page take the whole's row, and that comes before its parts'.
    Optional<Task> whole = part.isPresent() ? parts.lock(page) : Optional.empty();
    if (part.isPresent() && whole.isEmpty()) {
      return;
    }
    // First the task's own row: to lock it after the rows that refer to it invites deadlocks.
    List<LinkStatus> told =
        report.links().stream().map(link -> withFormer(page, link, at)).toList();
    // A start that only removes our keys may have no links at all: then those known stay.
    long deadLetters =
        told.isEmpty()
            ? tasks.progress(page).map(TaskProgress::deadLetters).orElse(0L)
            : told.stream().mapToLong(LinkView::deadLetters).sum();
    Task now = observe(task.get(), report, deadLetters);
    // Until a whole that was asked to start has seen its parts end, these tell of the start before.
    boolean former = whole.filter(each -> each.state() == TaskState.QUEUED).isPresent();
    if (now.state().active() && !former && hasBegun(report)) {
      tasks.begun(taskId);
    }
    for (LinkStatus link : told) {
      links.put(new LinkRow(page, link.link(), at, json.writeValueAsString(link)));
    }
    if (!told.isEmpty() && part.isPresent()) {
      // Where it was spread before, or was one job, the source may have had more shards.
      links.removeBut(
          page, parts.tellLinks(taskId, told.stream().map(LinkStatus::link).sorted().toList()));
    }
    if (!told.isEmpty() && part.isEmpty()) {
      // A new start may have fewer links than the former one: all are told together.
      links.removeOthers(page, told.stream().mapToInt(LinkStatus::link).max().orElse(0));
    }
    if (!report.log().isEmpty()) {
      log.insert(report.log().stream().map(line -> row(page, job, line)).toList());
    }
    if (!report.links().isEmpty()) {
      List<LinkStatus> all = part.isEmpty() ? report.links() : linksOf(page, Instant.MIN);
      // What a machine that is silent told last is no speed and no lag of now.
      List<LinkStatus> telling = part.isEmpty() ? all : linksOf(page, at.minus(TaskProgress.FRESH));
      long letters = part.isEmpty() ? deadLetters : lettersOf(all);
      tasks.progress(progress(page, now, phaseOf(report, all), all, telling, letters, at));
      sample(page, report.atMillis(), telling);
    }
    if (report.continuous() != null) {
      continuous.put(page, at, json.writeValueAsString(report.continuous()));
    } else if (!told.isEmpty() && continuous.find(page).isPresent()) {
      // Only where there is one: to delete what is not there each second locks what is beside it.
      continuous.remove(page);
    }
  }

  private List<LinkStatus> linksOf(long page, Instant toldAfter) {
    return links.ofTask(page).stream()
        .filter(row -> row.reportedAt().isAfter(toldAfter))
        .map(row -> json.readValue(row.status(), LinkStatus.class))
        .toList();
  }

  private static long lettersOf(List<LinkStatus> all) {
    return all.stream().mapToLong(LinkView::deadLetters).sum();
  }

  /** That of the link that is the least far. */
  private static Phase phaseOf(JobReport report, List<LinkStatus> all) {
    return all.stream()
        .map(LinkStatus::phase)
        .min(Comparator.naturalOrder())
        .filter(phase -> all.size() > report.links().size())
        .orElse(report.phase());
  }

  /**
   * A job that only removes our keys, or has not come to its checkpoint yet, knows neither the dead
   * letters nor for how long the source's backlog reaches: what is known of both stays until a
   * start stands at a full sync or in the stream again.
   */
  private LinkStatus withFormer(long taskId, LinkStatus link, Instant now) {
    if (hasBegun(link.phase())) {
      return link;
    }
    return links.ofTask(taskId).stream()
        .filter(row -> row.link() == link.link())
        .findFirst()
        .map(row -> withFormer(link, row, now))
        .orElse(link);
  }

  private LinkStatus withFormer(LinkStatus link, LinkRow row, Instant now) {
    LinkStatus before = json.readValue(row.status(), LinkStatus.class);
    ObjectNode status = json.valueToTree(link);
    if (LinkView.deadLetters(before) > LinkView.deadLetters(link)) {
      status.set("ledger", json.valueToTree(before.ledger()));
      status.set("deadLetters", json.valueToTree(before.deadLetters()));
    }
    if (link.survivalMillis() < 0 && before.survivalMillis() >= 0) {
      long gone = Duration.between(row.reportedAt(), now).toMillis();
      status.put("survivalMillis", Math.max(0, before.survivalMillis() - gone));
    }
    return json.treeToValue(status, LinkStatus.class);
  }

  private Task observe(Task task, JobReport report, long deadLetters) {
    TaskTrigger trigger = triggerOf(report.phase());
    // A pause that is not wanted any more: the directive to go on has not arrived yet.
    boolean outdated = trigger == TaskTrigger.REPORT_PAUSED && task.desired() != Desired.PAUSE;
    if (trigger == null || outdated) {
      return task;
    }
    if (trigger == TaskTrigger.REPORT_RETRYING
        && task.state() == TaskState.RECOVERING
        && report.fault() != null) {
      // It recovers already, and may do so from something else by now.
      transitions.explain(task.id(), report.fault());
    }
    return trigger == TaskTrigger.REPORT_DONE && deadLetters > 0
        ? transitions.observe(task.id(), trigger, TaskWhy.deadLetters(deadLetters))
        : transitions.observe(task.id(), trigger, report.fault());
  }

  /** Whether every link has, also one that waits for its turn behind those that are told. */
  private static boolean hasBegun(JobReport report) {
    return hasBegun(report.phase())
        && report.links().stream().noneMatch(link -> link.phase() == Phase.FULL_SYNC_QUEUED);
  }

  /**
   * Whether the target stands at this start's own full sync. While the source is waited for it is
   * still the former one's, and an agent that dies then must begin afresh again.
   */
  private static boolean hasBegun(Phase phase) {
    return phase == Phase.FULL_SYNC || phase == Phase.INCREMENTAL || phase == Phase.PAUSED;
  }

  static TaskTrigger triggerOf(Phase phase) {
    return switch (phase) {
      case CONNECTING, UNKNOWN -> null;
      case FULL_SYNC_QUEUED, FULL_SYNC_WAITING, FULL_SYNC -> TaskTrigger.REPORT_FULL_SYNC;
      case INCREMENTAL -> TaskTrigger.REPORT_INCREMENTAL;
      case PAUSED -> TaskTrigger.REPORT_PAUSED;
      case RETRYING -> TaskTrigger.REPORT_RETRYING;
      case FINISHING -> TaskTrigger.REPORT_FINISHING;
      case DONE -> TaskTrigger.REPORT_DONE;
      case STOPPED -> TaskTrigger.REPORT_STOPPED;
      case FAILED -> TaskTrigger.REPORT_FAILED;
    };
  }

  private static LogRow row(long page, Job job, LogLine line) {
    return new LogRow(
        0,
        page,
        Instant.ofEpochMilli(line.atMillis()),
        job.incarnation(),
        line.level(),
        line.link(),
        line.text());
  }

  private static TaskProgress progress(
      long page,
      Task task,
      Phase phase,
      List<LinkStatus> links,
      List<LinkStatus> telling,
      long deadLetters,
      Instant at) {
    Duration inState =
        task.state() == TaskState.FULL_SYNC
            ? Duration.between(task.stateSince(), at)
            : Duration.ZERO;
    return new TaskProgress(
        page,
        at,
        phase,
        LinkSum.percent(links),
        LinkSum.sum(links, LinkStatus::keysApplied),
        LinkSum.sum(telling, LinkStatus::bytesPerSecond),
        LinkSum.sum(telling, LinkStatus::commandsPerSecond),
        LinkSum.sum(telling, LinkStatus::lagBytes),
        LinkSum.most(telling, LinkStatus::lagMillis),
        telling.size() == links.size() && links.stream().allMatch(LinkStatus::inSync),
        TimeLeft.millis(links, inState),
        deadLetters);
  }

  private void sample(long taskId, long atMillis, List<LinkStatus> all) {
    long seconds = atMillis / 1000;
    for (SampleResolution resolution : SampleResolution.values()) {
      samples.put(
          new Sample(
              taskId,
              resolution.seconds(),
              seconds / resolution.seconds(),
              LinkSum.sum(all, LinkStatus::bytesPerSecond),
              LinkSum.sum(all, LinkStatus::commandsPerSecond),
              LinkSum.sum(all, LinkStatus::lagBytes),
              LinkSum.most(all, LinkStatus::lagMillis)));
    }
  }
}
