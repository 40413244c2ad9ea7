package io.cachesync.web.check;

import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.task.Problem;
import io.cachesync.web.task.TaskEnd;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;

/** The form of a check, of one that is done now and of one that comes again. */
@Component
class CheckForms {
  private final CheckService checks;
  private final CheckEnds ends;
  private final TaskService tasks;
  private final EndpointService endpoints;
  private final MachineService machines;
  private final FullCheckProgram program;
  private final MessageSource messages;
  private final Clock clock;

  CheckForms(
      CheckService checks,
      CheckEnds ends,
      TaskService tasks,
      EndpointService endpoints,
      MachineService machines,
      FullCheckProgram program,
      MessageSource messages,
      Clock clock) {
    this.checks = checks;
    this.ends = ends;
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.machines = machines;
    this.program = program;
    this.messages = messages;
    this.clock = clock;
  }

  /** A form to begin with: that of a task, of an earlier check, or one of two endpoints. */
  CheckForm begun(Long task, Long again) {
    if (again != null) {
      return CheckForm.of(checks.asked(checks.get(again)));
    }
    if (task == null) {
      String machine = machines.leastLoaded().map(each -> String.valueOf(each.id())).orElse("");
      return CheckForm.begin("", 0, machine);
    }
    TaskSpec spec = tasks.spec(task);
    String machine = spec.machineId() == null ? "" : String.valueOf(spec.machineId());
    int source = spec.moreSources().isEmpty() ? 0 : Check.ALL_SOURCES;
    return CheckForm.begin(String.valueOf(task), source, machine);
  }

  /** Whether nothing is wrong with what was typed; what is stands at its field. */
  boolean isSound(CheckForm form, BindingResult errors) {
    for (Problem problem : form.problems(clock.instant())) {
      errors.rejectValue(problem.field(), problem.key(), problem.arguments().toArray(), null);
    }
    return !errors.hasErrors();
  }

  /** Fills in what the page of the form offers; answers its template. */
  String page(CheckForm form, Model model, Locale locale) {
    Map<String, String> offered = new LinkedHashMap<>();
    offered.put("", messages.getMessage("check.form.choose", null, locale));
    endpoints
        .all()
        .forEach(
            each ->
                offered.put(each.id().toString(), each.name() + " · " + each.addressList().get(0)));
    Map<String, String> hosts = new LinkedHashMap<>();
    hosts.put("", messages.getMessage("check.form.choose", null, locale));
    for (Machine each : machines.all()) {
      hosts.put(each.id().toString(), each.name());
    }
    model.addAttribute("endpoints", offered);
    model.addAttribute("machines", hosts);
    model.addAttribute("modes", CheckForm.modes());
    model.addAttribute("offersFullCheck", program.isThere());
    model.addAttribute("rhythms", ScheduleForm.rhythms());
    model.addAttribute("week", ScheduleForm.week());
    model.addAttribute("zone", ZoneId.systemDefault().getId());
    if (form.ofTask() && form.taskId().matches("[0-9]{1,18}")) {
      long taskId = Long.parseLong(form.taskId());
      Map<String, String> sources = new LinkedHashMap<>();
      List<TaskEnd> all = ends.sources(taskId);
      if (all.size() > 1) {
        sources.put(
            CheckForm.ALL_SOURCES, messages.getMessage("check.form.allSources", null, locale));
      }
      for (int i = 0; i < all.size(); i++) {
        sources.put(String.valueOf(i), all.get(i).label());
      }
      model.addAttribute("task", tasks.get(taskId));
      model.addAttribute("taskSpec", tasks.spec(taskId));
      model.addAttribute("sources", sources);
    }
    return "check/form";
  }
}
