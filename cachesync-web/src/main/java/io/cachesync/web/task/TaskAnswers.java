package io.cachesync.web.task;

import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** Makes the REST API's answers. */
@Component
class TaskAnswers {
  private final TaskService tasks;
  private final TaskLists lists;
  private final TaskViews views;
  private final TaskEnds ends;
  private final Clock clock;

  TaskAnswers(TaskService tasks, TaskLists lists, TaskViews views, TaskEnds ends, Clock clock) {
    this.tasks = tasks;
    this.lists = lists;
    this.views = views;
    this.ends = ends;
    this.clock = clock;
  }

  TaskAnswer of(long id, Locale locale) {
    Task task = tasks.get(id);
    TaskRow row =
        lists.rows(List.of(id)).stream()
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("task.unknown", id));
    TaskSpec spec = tasks.spec(id);
    return answer(
        row,
        views.of(row, task.fault(), locale),
        spec,
        tasks.partViews(id, views, locale),
        TaskRequest.of(task, spec, tasks.chosenMachines(id), ends));
  }

  TaskAnswer of(TaskRow row, Locale locale) {
    return answer(row, views.of(row, locale), tasks.spec(row.id()), null, null);
  }

  private TaskAnswer answer(
      TaskRow row, TaskView view, TaskSpec spec, List<TaskPartView> parts, TaskRequest asked) {
    TaskProgress progress = tasks.progress(row.id()).orElse(null);
    List<String> machines = tasks.spreadMachines(row.id());
    return new TaskAnswer(
        row.id(),
        row.name(),
        row.state(),
        row.desired(),
        row.stateSince(),
        row.overdue(),
        row.owner(),
        row.tagList(),
        row.sourceLabel(),
        row.targetLabel(),
        machines.isEmpty() || machines.contains(row.machineName())
            ? row.machineName()
            : machines.get(0),
        row.createdAt(),
        row.startedAt(),
        row.endedAt(),
        allowed(view, row.state(), spec),
        view.fault(),
        progress == null ? null : progress.seen(row.state(), clock.instant()),
        machines,
        parts,
        asked);
  }

  private static List<String> allowed(TaskView view, TaskState state, TaskSpec spec) {
    List<String> allowed = new ArrayList<>();
    view.allowed().forEach(name -> allowed.add(name.toLowerCase(Locale.ROOT)));
    if (TaskLogins.mayChange(state, spec)) {
      allowed.add("login");
    }
    return allowed;
  }
}
