package io.cachesync.web.task;

import io.cachesync.web.system.Refusal;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/** Puts into a page's model what {@code task/header} shows; every page of a task has it. */
@Component
public class TaskHeader {
  private final TaskService tasks;
  private final TaskViews views;

  TaskHeader(TaskService tasks, TaskViews views) {
    this.tasks = tasks;
    this.views = views;
  }

  /**
   * Fills {@code task} (a TaskView), {@code row}, {@code spec} and {@code tab}.
   *
   * @param tab overview, log, config or events
   */
  public void fill(Model model, long id, String tab, Locale locale) {
    Task task = tasks.get(id);
    TaskRow row =
        tasks.rows(List.of(id)).stream()
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("task.unknown", id));
    model.addAttribute("task", views.of(row, task.fault(), locale));
    model.addAttribute("row", row);
    model.addAttribute("spec", tasks.spec(id));
    model.addAttribute("remains", task.hasRun() && task.state() != TaskState.DONE);
    model.addAttribute("tab", tab);
  }
}
