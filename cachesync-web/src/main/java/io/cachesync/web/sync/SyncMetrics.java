package io.cachesync.web.sync;

import io.cachesync.contract.LinkStatus;
import io.cachesync.web.system.MetricsReader;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.ToLongFunction;
import org.springframework.stereotype.Component;

/** Tasks and links as gauges, read from the database, so that each console tells the same. */
@Component
class SyncMetrics extends MetricsReader {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final TaskService tasks;
  private final SyncService syncs;
  private final MultiGauge states;
  private final List<LinkGauge> links;

  SyncMetrics(TaskService tasks, SyncService syncs, MeterRegistry registry) {
    super("sync-metrics", EVERY);
    this.tasks = tasks;
    this.syncs = syncs;
    this.states =
        MultiGauge.builder("cachesync.task.state")
            .description("1 for the state that a task is in")
            .register(registry);
    this.links =
        List.of(
            gauge(registry, "lag.bytes", "Lag of a link in bytes", LinkStatus::lagBytes),
            gauge(registry, "lag.millis", "Lag of a link in milliseconds", LinkStatus::lagMillis),
            gauge(
                registry,
                "written.bytes.per.second",
                "Bytes written to the target per second",
                LinkStatus::bytesPerSecond),
            gauge(
                registry,
                "written.commands.per.second",
                "Commands or keys written to the target per second",
                LinkStatus::commandsPerSecond),
            gauge(
                registry,
                "relay.waiting.bytes",
                "Bytes received and not yet applied",
                LinkStatus::relayWaitingBytes),
            gauge(registry, "retries", "How often a link has reconnected", LinkStatus::retries),
            gauge(
                registry,
                "in.sync",
                "1 while the lag is under the task's bound",
                link -> link.inSync() ? 1 : 0));
  }

  /** Reads the tasks that run or have run, and the links of those that run. */
  @Override
  protected void read() {
    EnumSet<TaskState> shown = EnumSet.allOf(TaskState.class);
    shown.remove(TaskState.DONE);
    List<MultiGauge.Row<?>> stateRows = new ArrayList<>();
    List<LinkOfTask> running = new ArrayList<>();
    for (Task task : tasks.wholesInStates(shown)) {
      stateRows.add(
          MultiGauge.Row.of(
              Tags.of("task", String.valueOf(task.id()), "state", task.state().name()), 1));
      if (task.state().active()) {
        syncs.links(task.id()).forEach(link -> running.add(new LinkOfTask(task.id(), link)));
      }
    }
    states.register(stateRows, true);
    links.forEach(gauge -> gauge.register(running));
  }

  private static LinkGauge gauge(
      MeterRegistry registry, String name, String description, ToLongFunction<LinkStatus> number) {
    return new LinkGauge(
        MultiGauge.builder("cachesync.link." + name).description(description).register(registry),
        number);
  }

  /** A link of a task that runs. */
  private record LinkOfTask(long taskId, LinkStatus status) {}

  /** One number of every link. */
  private record LinkGauge(MultiGauge gauge, ToLongFunction<LinkStatus> number) {
    void register(List<LinkOfTask> running) {
      List<MultiGauge.Row<?>> rows = new ArrayList<>();
      for (LinkOfTask link : running) {
        long value = number.applyAsLong(link.status());
        if (value >= 0) {
          rows.add(
              MultiGauge.Row.of(
                  Tags.of(
                      "task",
                      String.valueOf(link.taskId()),
                      "link",
                      String.valueOf(link.status().link())),
                  value));
        }
      }
      gauge.register(rows, true);
    }
  }
}
