package io.cachesync.web.machine;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.security.Role;
import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.NavItem;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpSession;
import jakarta.validation.Valid;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pages of the machines. */
@Controller
class MachineController {
  private static final int LOG_LINES = 100;
  private static final Duration CHARTED = Duration.ofMinutes(30);
  private static final Map<String, Comparator<MachineView>> ORDERS =
      Map.of(
          "name", Comparator.comparing(view -> view.machine().name().toLowerCase(Locale.ROOT)),
          "address", Comparator.comparing(view -> view.machine().address()),
          "state", Comparator.comparing(MachineView::label),
          "jobs", Comparator.comparingInt(MachineView::jobs),
          "free", Comparator.comparingInt(MachineView::free),
          "load",
              Comparator.comparingDouble(
                  view -> view.load() == null ? -1 : view.load().cpuPercent()));

  private final MachineService machines;
  private final MachineOverview overview;
  private final MachineWork work;
  private final MachineLog log;
  private final KeptSecrets secrets;

  MachineController(
      MachineService machines,
      MachineOverview overview,
      MachineWork work,
      MachineLog log,
      KeptSecrets secrets) {
    this.machines = machines;
    this.overview = overview;
    this.work = work;
    this.log = log;
    this.secrets = secrets;
  }

  @Bean
  static NavItem machineNavItem() {
    return NavItem.forViewers(60, "/machines", "machine.list.title", "machine");
  }

  @GetMapping("/machines")
  String list(
      @RequestParam(defaultValue = "") String q, @ModelAttribute PageRequest asked, Model model) {
    String wanted = q.strip().toLowerCase(Locale.ROOT);
    Comparator<MachineView> order = ORDERS.getOrDefault(asked.column(), ORDERS.get("name"));
    List<MachineView> all =
        overview.all().stream()
            .filter(view -> matches(view.machine(), wanted))
            .sorted(asked.descending() ? order.reversed() : order)
            .toList();
    List<MachineView> shown = all.stream().skip(asked.offset()).limit(asked.limit()).toList();
    model.addAttribute("machines", new Page<>(shown, all.size(), asked));
    model.addAttribute("q", q);
    return "machine/list";
  }

  @ForRole(Role.ADMIN)
  @GetMapping("/machines/new")
  String addForm(Model model) {
    model.addAttribute("machineForm", MachineForm.empty());
    return "machine/form";
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/new")
  String add(
      @Valid @ModelAttribute("machineForm") MachineForm typed,
      BindingResult errors,
      @RequestParam(defaultValue = "") String kept,
      HttpSession session,
      Model model) {
    KeptSecrets.Filled filled = secrets.fill(session, kept, typed.secrets());
    MachineForm form = typed.withSecrets(filled.secrets());
    filled.reject(errors);
    if (!errors.hasErrors()) {
      try {
        // Asked before anything is saved: an address that does not answer is a message at its
        // field.
        machines.hostKey(form.host(), Integer.parseInt(form.port()));
        Machine added = machines.add(form, null);
        secrets.forget(session, kept);
        return "redirect:/machines/" + added.id() + "/host-key";
      } catch (SshFault fault) {
        errors.rejectValue("host", fault.messageKey(), fault.arguments().toArray(), null);
      } catch (Refusal refusal) {
        refusal.putInto(errors);
      }
    }
    secrets.keep(session, kept, form.secrets(), errors, model);
    return "machine/form";
  }

  @ForRole(Role.ADMIN)
  @GetMapping("/machines/{id}/host-key")
  String hostKey(@PathVariable long id, Model model, RedirectAttributes redirect) {
    Machine machine = machines.get(id);
    try {
      model.addAttribute("shown", machines.hostKey(machine.host(), machine.port()));
      model.addAttribute("machine", machine);
      model.addAttribute(
          "confirmed", machine.hostKey() == null ? null : HostKeyPin.parse(machine.hostKey()));
      return "machine/host-key";
    } catch (SshFault fault) {
      redirect.addFlashAttribute("flash", flash(fault));
      return "redirect:/machines/" + id;
    }
  }

  /** What the person saw comes back and is pinned: not what the host shows a moment later. */
  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/host-key")
  String confirm(
      @PathVariable long id, @RequestParam String algorithm, @RequestParam String fingerprint) {
    HostKeyPin seen;
    try {
      seen = new HostKeyPin(algorithm, fingerprint);
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid("fingerprint", "machine.invalid.fingerprint");
    }
    machines.confirmHostKey(id, seen);
    machines.startTest(id);
    return "redirect:/machines/" + id;
  }

  @GetMapping("/machines/{id}")
  String page(@PathVariable long id, Model model) {
    show(machines.get(id), model);
    return "machine/machine";
  }

  /** The part of the page that changes by itself. */
  @GetMapping("/machines/{id}/live")
  String live(@PathVariable long id, Model model) {
    show(machines.get(id), model);
    return "machine/live :: live";
  }

  @GetMapping("/machines/{id}/load")
  @ResponseBody
  List<MachineSample> load(@PathVariable long id) {
    return overview.history(id, CHARTED);
  }

  @ForRole(Role.ADMIN)
  @GetMapping("/machines/{id}/edit")
  String editForm(@PathVariable long id, Model model) {
    Machine machine = machines.get(id);
    model.addAttribute("machineForm", MachineForm.of(machine));
    model.addAttribute("machine", machine);
    return "machine/form";
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/edit")
  String edit(
      @PathVariable long id,
      @Valid @ModelAttribute("machineForm") MachineForm typed,
      BindingResult errors,
      @RequestParam(defaultValue = "") String kept,
      HttpSession session,
      Model model,
      RedirectAttributes redirect) {
    Machine machine = machines.get(id);
    KeptSecrets.Filled filled = secrets.fill(session, kept, typed.secrets());
    MachineForm form = typed.withSecrets(filled.secrets());
    filled.reject(errors);
    if (!errors.hasErrors()) {
      try {
        Machine edited = machines.edit(id, form);
        secrets.forget(session, kept);
        redirect.addFlashAttribute("flash", Flash.good("machine.flash.edited", form.name()));
        return "redirect:/machines/" + id + (edited.hostKey() == null ? "/host-key" : "");
      } catch (Refusal refusal) {
        refusal.putInto(errors);
      }
    }
    secrets.keep(session, kept, form.secrets(), errors, model);
    model.addAttribute("machine", machine);
    return "machine/form";
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/test")
  String test(@PathVariable long id, RedirectAttributes redirect) {
    return refusable(id, redirect, () -> machines.startTest(id));
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/disable")
  String disable(@PathVariable long id, RedirectAttributes redirect) {
    return refusable(id, redirect, () -> machines.disable(id));
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/enable")
  String enable(@PathVariable long id, RedirectAttributes redirect) {
    return refusable(id, redirect, () -> machines.enable(id));
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/gone")
  String gone(@PathVariable long id, RedirectAttributes redirect) {
    return refusable(
        id,
        redirect,
        () -> {
          machines.gone(id);
          redirect.addFlashAttribute(
              "flash", Flash.good("machine.flash.gone", machines.get(id).name()));
        });
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/remove")
  String remove(@PathVariable long id, RedirectAttributes redirect) {
    Machine machine = machines.get(id);
    try {
      machines.remove(id);
      redirect.addFlashAttribute("flash", Flash.good("machine.flash.removed", machine.name()));
      return "redirect:/machines";
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
      return "redirect:/machines/" + id;
    }
  }

  private static String refusable(long id, RedirectAttributes redirect, Runnable work) {
    try {
      work.run();
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/machines/" + id;
  }

  private void show(Machine machine, Model model) {
    List<MachineStep> steps = work.stepsOf(machine.id());
    model.addAttribute("view", overview.of(machine));
    model.addAttribute("machine", machine);
    model.addAttribute("steps", steps);
    model.addAttribute(
        "busy", steps.stream().anyMatch(step -> step.state() == MachineStep.State.RUNNING));
    model.addAttribute("jobs", machines.openJobs(machine.id()));
    model.addAttribute("log", log.newest(machine.id(), LOG_LINES));
  }

  private static boolean matches(Machine machine, String wanted) {
    return wanted.isEmpty()
        || (machine.name() + " " + machine.address() + " " + machine.tags())
            .toLowerCase(Locale.ROOT)
            .contains(wanted);
  }

  private static Flash flash(SshFault fault) {
    return Flash.bad(fault.messageKey(), fault.arguments().toArray());
  }
}
