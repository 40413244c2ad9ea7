package io.cachesync.web.task;

import io.cachesync.contract.LimitSpec;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.NavItem;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.format.annotation.DateTimeFormat.ISO;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The list of tasks, the buttons of a task, and the tabs that need no stage. */
@Controller
class TaskController {
  private final TaskService tasks;
  private final TaskLists lists;
  private final TaskViews views;
  private final TaskHeader header;
  private final TaskConfigs configs;
  private final TaskLogins logins;
  private final TaskEnds ends;
  private final MachineService machines;

  TaskController(
      TaskService tasks,
      TaskLists lists,
      TaskViews views,
      TaskHeader header,
      TaskConfigs configs,
      TaskLogins logins,
      TaskEnds ends,
      MachineService machines) {
    this.tasks = tasks;
    this.lists = lists;
    this.views = views;
    this.header = header;
    this.configs = configs;
    this.logins = logins;
    this.ends = ends;
    this.machines = machines;
  }

  @Bean
  static NavItem taskNavItem() {
    return NavItem.forViewers(20, "/tasks", "task.title", "task");
  }

  @GetMapping("/tasks")
  String list(
      @RequestParam(required = false) String state,
      @RequestParam(required = false) String source,
      @RequestParam(required = false) String target,
      @RequestParam(required = false) String machine,
      @RequestParam(required = false) String owner,
      @RequestParam(required = false) String tag,
      @RequestParam(required = false) @DateTimeFormat(iso = ISO.DATE) LocalDate from,
      @RequestParam(required = false) @DateTimeFormat(iso = ISO.DATE) LocalDate to,
      @RequestParam(required = false) String text,
      PageRequest request,
      Model model,
      Locale locale) {
    TaskFilter filter = new TaskFilter(state, source, target, machine, owner, tag, from, to, text);
    model.addAttribute("filter", filter);
    model.addAttribute("states", TaskState.values());
    model.addAttribute("owners", lists.owners());
    model.addAttribute("tags", lists.tags());
    Page<TaskRow> page = lists.search(filter, request);
    Map<Long, List<String>> spread =
        lists.spreadMachines(page.items().stream().map(TaskRow::id).toList());
    model.addAttribute(
        "page",
        page.map(
            row ->
                new TaskListRow(
                    row,
                    views.of(row, locale),
                    String.join(", ", spread.getOrDefault(row.id(), List.of(row.machineName()))))));
    return "task/list";
  }

  @GetMapping("/tasks/{id}/config")
  String config(@PathVariable long id, Model model, Locale locale) {
    header.fill(model, id, "config", locale);
    model.addAttribute("config", configs.of(id, locale));
    model.addAttribute("notes", tasks.get(id).notes());
    model.addAttribute("spreadOver", spreadOver(id));
    model.addAttribute("hasParts", tasks.hasParts(id));
    List<Long> chosen = tasks.spreadMachineIds(id);
    model.addAttribute(
        "spreadChosen",
        (chosen.isEmpty() ? tasks.spreadBefore(id) : chosen)
            .stream().map(String::valueOf).toList());
    return "task/config";
  }

  /** By id, the machines that what has ended may be spread over; none where it may not. */
  private Map<String, String> spreadOver(long id) {
    TaskState state = tasks.get(id).state();
    Map<String, String> options = new LinkedHashMap<>();
    boolean ended = state == TaskState.STOPPED || state == TaskState.FAILED;
    if (ended && ends.maySpread(tasks.spec(id))) {
      machines.all().stream()
          .filter(Machine::usable)
          .forEach(machine -> options.put(machine.id().toString(), machine.name()));
    }
    // What is spread may also become one job again.
    return options.size() > 1 || tasks.isSpread(id) ? options : Map.of();
  }

  @GetMapping("/tasks/{id}/events")
  String events(@PathVariable long id, Model model, Locale locale) {
    header.fill(model, id, "events", locale);
    model.addAttribute(
        "events", tasks.events(id).stream().map(event -> views.event(event, locale)).toList());
    return "task/events";
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/start")
  String start(
      @PathVariable long id,
      @RequestParam(defaultValue = "false") boolean afresh,
      @RequestParam(required = false) String back,
      RedirectAttributes redirect) {
    Task task = afresh ? tasks.startAfresh(id) : tasks.start(id);
    redirect.addFlashAttribute(
        "flash",
        Flash.good(
            task.state() == TaskState.SCHEDULED ? "task.flash.scheduled" : "task.flash.START",
            task.name()));
    return to(id, back);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/pause")
  String pause(
      @PathVariable long id,
      @RequestParam(required = false) String back,
      RedirectAttributes redirect) {
    return done(TaskTrigger.PAUSE, tasks.pause(id), back, redirect);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/resume")
  String resume(
      @PathVariable long id,
      @RequestParam(required = false) String back,
      RedirectAttributes redirect) {
    return done(TaskTrigger.RESUME, tasks.resume(id), back, redirect);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/stop")
  String stop(
      @PathVariable long id,
      @RequestParam(required = false) String back,
      RedirectAttributes redirect) {
    return done(TaskTrigger.STOP, tasks.stop(id), back, redirect);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/finish")
  String finish(
      @PathVariable long id,
      @RequestParam(required = false) String back,
      RedirectAttributes redirect) {
    return done(TaskTrigger.FINISH, tasks.finish(id), back, redirect);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/delete")
  String delete(
      @PathVariable long id,
      @RequestParam(required = false) String back,
      RedirectAttributes redirect) {
    Task task = tasks.get(id);
    tasks.delete(id);
    redirect.addFlashAttribute("flash", Flash.good("task.flash.DELETE", task.name()));
    return "redirect:" + (isList(back) ? back : "/tasks");
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/limits")
  String limits(@PathVariable long id, LimitForm form, RedirectAttributes redirect) {
    List<Problem> problems = form.problems();
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      redirect.addFlashAttribute("flash", Flash.bad(first.key(), first.arguments().toArray()));
      return to(id, null);
    }
    tasks.limit(id, new LimitSpec(form.bytesPerSecond(), form.commands()));
    redirect.addFlashAttribute("flash", Flash.good("task.flash.limits"));
    return to(id, null);
  }

  /**
   * Has the keys compared that the stream touches.
   *
   * @param keysPerSecond at most; empty = none
   */
  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/continuous-check")
  String continuousCheck(
      @PathVariable long id,
      @RequestParam(defaultValue = "") String keysPerSecond,
      RedirectAttributes redirect) {
    String keys = keysPerSecond.strip();
    try {
      tasks.checkContinuously(
          id, keys.isEmpty() ? 0 : keys.matches("[0-9]{1,9}") ? Long.parseLong(keys) : -1);
      redirect.addFlashAttribute("flash", Flash.good("task.flash.continuous"));
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal.key(), refusal.arguments()));
    }
    return to(id, null);
  }

  /** Another login at an end that was typed in; see {@link TaskLogins}. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/login")
  String login(@PathVariable long id, LoginForm form, RedirectAttributes redirect) {
    try {
      Task task = logins.change(id, form);
      redirect.addFlashAttribute("flash", Flash.good("task.flash.login", task.name()));
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/tasks/" + id + "/config";
  }

  /** Pauses or stops all that were ticked and whose state allows it, and says how many. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/bulk")
  String bulk(
      @RequestParam(required = false) List<Long> id,
      @RequestParam String action,
      @RequestParam(required = false) String back,
      RedirectAttributes redirect) {
    List<Long> ids = id == null ? List.of() : id;
    int done = 0;
    for (long each : ids) {
      try {
        switch (action) {
          case "pause" -> tasks.pause(each);
          case "stop" -> tasks.stop(each);
          default -> throw Refusal.invalid("action", "task.form.choose");
        }
        done++;
      } catch (Refusal refused) {
        // Its state does not allow it; the message below counts.
        continue;
      }
    }
    redirect.addFlashAttribute(
        "flash",
        done == ids.size() && done > 0
            ? Flash.good("task.flash.bulk." + (action.equals("pause") ? "pause" : "stop"), done)
            : Flash.warn("task.flash.bulk.some", done, ids.size()));
    return "redirect:" + (isList(back) ? back : "/tasks");
  }

  private static String done(
      TaskTrigger trigger, Task task, String back, RedirectAttributes redirect) {
    redirect.addFlashAttribute("flash", Flash.good("task.flash." + trigger, task.name()));
    return to(task.id(), back);
  }

  private static String to(long id, String back) {
    return "redirect:" + (isList(back) ? back : "/tasks/" + id);
  }

  /** Whether it is the list as the person saw it, with its filter and page; encoded, and ours. */
  private static boolean isList(String back) {
    return back != null && back.matches("/tasks(\\?[A-Za-z0-9%&=_.~+-]*)?");
  }

  /**
   * A row of the list: what it is, and how it is shown.
   *
   * @param machines the names of those it is on, or is to be
   */
  record TaskListRow(TaskRow row, TaskView view, String machines) {}
}
