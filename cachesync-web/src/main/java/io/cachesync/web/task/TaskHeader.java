package io.cachesync.web.task;

import io.cachesync.web.system.Refusal;
import java.util.List;
import java.util.Locale;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/** Puts into a page's model what {@code task/header} shows; every page of a task has it. */
@Component
public class TaskHeader {
  private final TaskService tasks;
  private final TaskLists lists;
  private final TaskViews views;
  private final TaskEnds ends;
  private final ObjectProvider<TaskChecks> checks;

  TaskHeader(
      TaskService tasks,
      TaskLists lists,
      TaskViews views,
      TaskEnds ends,
      ObjectProvider<TaskChecks> checks) {
    this.tasks = tasks;
    this.lists = lists;
    this.views = views;
    this.ends = ends;
    this.checks = checks;
  }

  /**
   * Fills {@code task} (a TaskView), {@code row}, {@code spec}, {@code tab}, {@code
   * sourceTopology}, {@code targetTopology}, {@code moreSources}, {@code sourceNames} where there
   * are several, {@code lastCheck} of its data, {@code checkable}, {@code spread} over machines,
   * {@code machines} it is on, in words, and {@code movedEnd} with the registered endpoint that
   * keeps what has ended from its next start.
   *
   * @param tab overview, log, config or events
   */
  public void fill(Model model, long id, String tab, Locale locale) {
    Task task = tasks.get(id);
    TaskRow row =
        lists.rows(List.of(id)).stream()
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("task.unknown", id));
    model.addAttribute("task", views.of(row, task.fault(), locale));
    model.addAttribute("row", row);
    TaskSpec spec = tasks.spec(id);
    model.addAttribute("spec", spec);
    model.addAttribute("sourceTopology", ends.source(spec).topology().name());
    model.addAttribute("moreSources", spec.moreSources().size());
    model.addAttribute("sourceNames", ends.sourceNames(spec));
    model.addAttribute("targetTopology", ends.target(spec).topology().name());
    if (task.state() == TaskState.STOPPED || task.state() == TaskState.FAILED) {
      ends.movedEnd(spec).ifPresent(name -> model.addAttribute("movedEnd", name));
    }
    model.addAttribute("remains", task.hasRun() && task.state() != TaskState.DONE);
    checks.stream()
        .findFirst()
        .flatMap(each -> each.lastOf(id, locale))
        .ifPresent(last -> model.addAttribute("lastCheck", last));
    model.addAttribute("checkable", task.hasRun() && checks.stream().findFirst().isPresent());
    model.addAttribute("spread", tasks.isSpread(id));
    List<String> machines = tasks.spreadMachines(id);
    model.addAttribute(
        "machines", machines.isEmpty() ? spec.machineName() : String.join(", ", machines));
    model.addAttribute("tab", tab);
  }
}
