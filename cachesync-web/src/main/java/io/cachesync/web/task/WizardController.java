package io.cachesync.web.task;

import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.MessageSource;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.BindingResult;
import org.springframework.validation.Errors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Steps 1 to 3 of "add migration task"; step 4 is the precheck's page. */
@Controller
class WizardController {
  private static final String NEXT = "next";
  private static final Pattern REMOVE = Pattern.compile("remove-([0-9]{1,3})");

  private final TaskService tasks;
  private final TaskDrafts drafts;
  private final DraftEnds draftEnds;
  private final TaskEnds ends;
  private final FilterTexts texts;
  private final MachineService machines;
  private final EndpointService endpoints;
  private final KeptSecrets secrets;
  private final MessageSource messages;
  private final Clock clock;

  WizardController(
      TaskService tasks,
      TaskDrafts drafts,
      DraftEnds draftEnds,
      TaskEnds ends,
      FilterTexts texts,
      MachineService machines,
      EndpointService endpoints,
      KeptSecrets secrets,
      MessageSource messages,
      Clock clock) {
    this.tasks = tasks;
    this.drafts = drafts;
    this.draftEnds = draftEnds;
    this.ends = ends;
    this.texts = texts;
    this.machines = machines;
    this.endpoints = endpoints;
    this.secrets = secrets;
    this.messages = messages;
    this.clock = clock;
  }

  @InitBinder
  void fields(WebRequest request) {
    EndsForm.refuseOtherFields(request.getParameterNames());
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/tasks/new")
  String begin(Model model) {
    String machine = machines.leastLoaded().map(each -> String.valueOf(each.id())).orElse("");
    model.addAttribute("form", new EndsForm(machine, null, null, null));
    return endsPage(model, null);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/new")
  String create(
      @ModelAttribute("form") EndsForm form,
      BindingResult errors,
      @RequestParam(defaultValue = "") String kept,
      @RequestParam(defaultValue = NEXT) String go,
      HttpSession session,
      Model model) {
    return saveEnds(null, form, errors, kept, go, session, model);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/copy")
  String copy(@PathVariable long id, RedirectAttributes redirect, Locale locale) {
    String name = tasks.get(id).name();
    Task copy = drafts.copy(id, messages.getMessage("task.copyOf", new Object[] {name}, locale));
    redirect.addFlashAttribute("flash", Flash.info("task.flash.copied", name));
    return "redirect:/tasks/" + copy.id() + "/edit/1";
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/tasks/{id}/edit")
  String goOn(@PathVariable long id) {
    int step = tasks.get(id).wizardStep();
    return "redirect:"
        + (step >= 4 ? "/tasks/" + id + "/precheck" : "/tasks/" + id + "/edit/" + step);
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/tasks/{id}/edit/1")
  String ends(@PathVariable long id, Model model) {
    Task task = editable(id);
    TaskSpec spec = tasks.spec(id);
    model.addAttribute(
        "form",
        new EndsForm(
            spec.machineId() == null ? "" : spec.machineId().toString(),
            EndForm.of(ends.source(spec)),
            EndForm.of(ends.target(spec)),
            ends.moreSources(spec).stream().map(EndForm::of).toList(),
            tasks.spreadMachineIds(id).stream().map(String::valueOf).toList()));
    return endsPage(model, task);
  }

  /**
   * Saves the step, or shows it with a source more or less.
   *
   * @param go next, add, or remove with the number of a source besides the first, {@code remove-0}
   */
  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/edit/1")
  String saveEnds(
      @PathVariable Long id,
      @ModelAttribute("form") EndsForm typed,
      BindingResult errors,
      @RequestParam(defaultValue = "") String kept,
      @RequestParam(defaultValue = NEXT) String go,
      HttpSession session,
      Model model) {
    Task task = id == null ? null : editable(id);
    KeptSecrets.Filled filled = secrets.fill(session, kept, typed.secrets());
    EndsForm form = typed.withSecrets(filled.secrets());
    if (!go.equals(NEXT)) {
      return otherSources(task, form, filled.dropped(), go, kept, session, model);
    }
    reject(form.problems(), errors);
    reject(drafts.problems(id, form), errors);
    filled.reject(errors);
    if (!errors.hasErrors()) {
      try {
        Task saved = id == null ? drafts.create(form, "") : drafts.ends(id, form);
        secrets.forget(session, kept);
        return "redirect:/tasks/" + saved.id() + "/edit/2";
      } catch (Refusal refusal) {
        reject(refusal, errors);
      }
    }
    secrets.keep(session, kept, form.secrets(), errors, model);
    return endsPage(model, task);
  }

  /** Nothing is checked yet; what was typed stays, passwords too. */
  private String otherSources(
      Task task,
      EndsForm form,
      Set<String> dropped,
      String go,
      String kept,
      HttpSession session,
      Model model) {
    Matcher remove = REMOVE.matcher(go);
    boolean removes = remove.matches();
    int number = removes ? Integer.parseInt(remove.group(1)) : -1;
    boolean full = !removes && form.moreSources().size() >= EndsForm.MORE_MAX;
    EndsForm now = removes ? form.without(number) : full ? form : form.withMore();
    BindingResult errors = new BeanPropertyBindingResult(now, "form");
    if (full) {
      errors.rejectValue(
          EndsForm.MORE_SOURCES, EndsForm.MANY, new Object[] {EndsForm.MORE_MAX}, EndsForm.MANY);
    }
    new KeptSecrets.Filled(Map.of(), EndsForm.renamed(dropped, number)).reject(errors);
    secrets.keep(session, kept, now.secrets(), errors, model);
    model.addAttribute("form", now);
    model.addAttribute(BindingResult.MODEL_KEY_PREFIX + "form", errors);
    return endsPage(model, task);
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/tasks/{id}/edit/2")
  String what(@PathVariable long id, Model model) {
    Task task = editable(id);
    TaskSpec spec = tasks.spec(id);
    WhatForm form = WhatForm.of(spec, ends.filter(spec));
    model.addAttribute("form", ends.clusterDatabases(spec).shown(form));
    return whatPage(model, task, spec);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/edit/2")
  String saveWhat(
      @PathVariable long id,
      @ModelAttribute("form") WhatForm form,
      BindingResult errors,
      @RequestParam(defaultValue = NEXT) String go,
      Model model) {
    Task task = editable(id);
    reject(form.problems(), errors);
    reject(drafts.problems(id, form), errors);
    if (!errors.hasErrors()) {
      try {
        drafts.what(id, form);
      } catch (Refusal refusal) {
        reject(refusal, errors);
      }
    }
    if (errors.hasErrors()) {
      whatPage(model, task, tasks.spec(id));
      model.addAttribute("sentences", List.of());
      return "task/what";
    }
    return "redirect:/tasks/" + id + "/edit/" + (go.equals("back") ? 1 : 3);
  }

  /** What the form asks for as it stands, in sentences; nothing where something in it is wrong. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/what")
  String summary(
      @PathVariable long id, @ModelAttribute("form") WhatForm form, Model model, Locale locale) {
    tasks.get(id);
    ClusterDatabases clusters = ends.clusterDatabases(tasks.spec(id));
    boolean clear = form.problems().isEmpty() && clusters.problems(clusters.filled(form)).isEmpty();
    model.addAttribute(
        "sentences",
        clear ? texts.of(clusters.filled(form).filterSpec(), locale) : List.<String>of());
    return "task/what :: moved";
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/tasks/{id}/edit/3")
  String how(@PathVariable long id, Model model) {
    Task task = editable(id);
    model.addAttribute("form", HowForm.of(task, tasks.spec(id)));
    return howPage(model, task);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/edit/3")
  String saveHow(
      @PathVariable long id,
      @ModelAttribute("form") HowForm form,
      BindingResult errors,
      @RequestParam(defaultValue = NEXT) String go,
      Model model) {
    Task task = editable(id);
    List<Problem> problems = form.problems(clock.instant());
    reject(problems, errors);
    reject(drafts.problems(id, form, DraftProblems.fields(problems)), errors);
    if (errors.hasErrors()) {
      return howPage(model, task);
    }
    try {
      drafts.how(id, form);
    } catch (Refusal refusal) {
      reject(refusal, errors);
      return howPage(model, task);
    }
    return go.equals("back")
        ? "redirect:/tasks/" + id + "/edit/2"
        : "redirect:/tasks/" + id + "/precheck";
  }

  /**
   * Chooses the machines of what has ended, from its next start on.
   *
   * @param machines ids
   */
  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/machines")
  String spreadAgain(
      @PathVariable long id,
      @RequestParam(required = false) List<Long> machines,
      RedirectAttributes redirect) {
    try {
      Task task = drafts.spreadAgain(id, machines == null ? List.of() : machines);
      redirect.addFlashAttribute(
          "flash",
          Flash.good(tasks.isSpread(id) ? "task.flash.spread" : "task.flash.oneJob", task.name()));
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/tasks/" + id + "/config";
  }

  private Task editable(long id) {
    Task task = tasks.get(id);
    if (!task.state().editable()) {
      throw Refusal.conflict("task.refused.EDIT", task.state());
    }
    return task;
  }

  private String endsPage(Model model, Task task) {
    Map<String, String> options = new LinkedHashMap<>();
    List<Machine> all = machines.all();
    all.stream()
        .filter(Machine::usable)
        .forEach(machine -> options.put(machine.id().toString(), machine.name()));
    model.addAttribute("machines", options);
    EndsForm form = (EndsForm) model.getAttribute("form");
    // One that was ticked and is away by now stays ticked: left out, it would go with the next
    // save.
    Map<String, String> toSpreadOver = new LinkedHashMap<>();
    all.stream()
        .filter(each -> each.usable() || form.machines().contains(each.id().toString()))
        .forEach(each -> toSpreadOver.put(each.id().toString(), each.name()));
    model.addAttribute("toSpreadOver", toSpreadOver);
    Map<String, String> registered = new LinkedHashMap<>();
    registered.put(
        "", messages.getMessage("task.form.endpoint.typed", null, LocaleContextHolder.getLocale()));
    endpoints.all().forEach(each -> registered.put(each.id().toString(), each.name()));
    model.addAttribute("endpoints", registered.size() == 1 ? Map.of() : registered);
    model.addAttribute(
        "saved", task == null ? Set.of() : draftEnds.saved(form, tasks.spec(task.id())));
    return page("task/ends", model, task, 1);
  }

  private String whatPage(Model model, Task task, TaskSpec spec) {
    ClusterDatabases clusters = ends.clusterDatabases(spec);
    model.addAttribute("sourceCluster", clusters.from());
    model.addAttribute("targetCluster", clusters.to());
    model.addAttribute("several", !spec.moreSources().isEmpty());
    model.addAttribute("spread", tasks.isSpread(task.id()));
    model.addAttribute("sentences", sentences(spec));
    return page("task/what", model, task, 2);
  }

  private String howPage(Model model, Task task) {
    TaskSpec spec = tasks.spec(task.id());
    model.addAttribute("spec", spec);
    model.addAttribute("source", ends.source(spec));
    model.addAttribute("target", ends.target(spec));
    model.addAttribute("moreSources", ends.moreSources(spec));
    model.addAttribute("severalLinks", ends.hasSeveralLinks(spec));
    List<String> spread = tasks.spreadMachines(task.id());
    model.addAttribute("runsOn", spread.isEmpty() ? List.of(spec.machineName()) : spread);
    model.addAttribute("sentences", sentences(spec));
    return page("task/how", model, task, 3);
  }

  private List<String> sentences(TaskSpec spec) {
    return texts.of(ends.filter(spec), LocaleContextHolder.getLocale());
  }

  private static String page(String view, Model model, Task task, int step) {
    model.addAttribute("draft", task);
    model.addAttribute("step", step);
    model.addAttribute("reached", task == null ? 1 : task.wizardStep());
    return view;
  }

  private static void reject(List<Problem> problems, Errors errors) {
    for (Problem problem : problems) {
      errors.rejectValue(
          problem.field(), problem.key(), problem.arguments().toArray(), problem.key());
    }
  }

  private static void reject(Refusal refusal, Errors errors) {
    if (refusal.field() == null) {
      errors.reject(refusal.key(), refusal.arguments(), refusal.key());
    } else {
      errors.rejectValue(refusal.field(), refusal.key(), refusal.arguments(), refusal.key());
    }
  }
}
