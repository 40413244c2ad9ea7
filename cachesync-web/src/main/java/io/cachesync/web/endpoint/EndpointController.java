package io.cachesync.web.endpoint;

import io.cachesync.contract.Topology;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.NavItem;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpSession;
import jakarta.validation.Valid;
import java.util.LinkedHashMap;
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
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The registry of endpoints. */
@Controller
class EndpointController {
  private final EndpointService endpoints;
  private final EndpointProbe probe;
  private final MachineService machines;
  private final KeptSecrets secrets;

  EndpointController(
      EndpointService endpoints,
      EndpointProbe probe,
      MachineService machines,
      KeptSecrets secrets) {
    this.endpoints = endpoints;
    this.probe = probe;
    this.machines = machines;
    this.secrets = secrets;
  }

  @Bean
  static NavItem endpointNavItem() {
    return NavItem.forViewers(50, "/endpoints", "endpoint.title", "endpoint");
  }

  @GetMapping("/endpoints")
  String list(
      @RequestParam(required = false) String text,
      @RequestParam(required = false) String owner,
      @RequestParam(required = false) String tag,
      PageRequest request,
      Model model) {
    EndpointFilter filter = new EndpointFilter(text, owner, tag);
    model.addAttribute("filter", filter);
    model.addAttribute("page", endpoints.search(filter, request));
    return "endpoint/list";
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/endpoints/new")
  String add(Model model) {
    model.addAttribute("form", EndpointForm.empty());
    return "endpoint/form";
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/endpoints/new")
  String add(
      @Valid @ModelAttribute("form") EndpointForm typed,
      BindingResult errors,
      @RequestParam(defaultValue = "") String kept,
      HttpSession session,
      Model model,
      RedirectAttributes redirect) {
    KeptSecrets.Filled filled = secrets.fill(session, kept, typed.secrets());
    EndpointForm form = typed.withSecrets(filled.secrets());
    filled.reject(errors);
    if (!errors.hasErrors()) {
      try {
        Endpoint added = endpoints.add(form);
        secrets.forget(session, kept);
        redirect.addFlashAttribute("flash", Flash.good("endpoint.flash.added", added.name()));
        return "redirect:/endpoints/" + added.id();
      } catch (Refusal refusal) {
        refusal.putInto(errors);
      }
    }
    secrets.keep(session, kept, form.secrets(), errors, model);
    return "endpoint/form";
  }

  @GetMapping("/endpoints/{id}")
  String show(@PathVariable long id, Model model) {
    return page(endpoints.get(id), model);
  }

  /**
   * The form.
   *
   * @param topology what it turned out to be, to be saved with its password typed again
   */
  @ForRole(Role.OPERATOR)
  @GetMapping("/endpoints/{id}/edit")
  String edit(
      @PathVariable long id,
      @RequestParam(required = false) Topology topology,
      @RequestParam(defaultValue = "") String masterName,
      Model model) {
    Endpoint endpoint = endpoints.get(id);
    EndpointForm form = EndpointForm.of(endpoint);
    model.addAttribute("endpoint", endpoint);
    model.addAttribute("form", topology == null ? form : form.of(topology, masterName));
    return "endpoint/form";
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/endpoints/{id}/edit")
  String edit(
      @PathVariable long id,
      @Valid @ModelAttribute("form") EndpointForm typed,
      BindingResult errors,
      @RequestParam(defaultValue = "") String kept,
      HttpSession session,
      Model model,
      RedirectAttributes redirect) {
    KeptSecrets.Filled filled = secrets.fill(session, kept, typed.secrets());
    EndpointForm form = typed.withSecrets(filled.secrets());
    filled.reject(errors);
    if (!errors.hasErrors()) {
      try {
        Endpoint changed = endpoints.edit(id, form);
        secrets.forget(session, kept);
        redirect.addFlashAttribute("flash", Flash.good("endpoint.flash.changed", changed.name()));
        return "redirect:/endpoints/" + id;
      } catch (Refusal refusal) {
        refusal.putInto(errors);
      }
    }
    secrets.keep(session, kept, form.secrets(), errors, model);
    model.addAttribute("endpoint", endpoints.get(id));
    return "endpoint/form";
  }

  /** Shows what the endpoint says of itself now, as the chosen machine sees it. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/endpoints/{id}/connect")
  String connect(@PathVariable long id, @RequestParam long machineId, Model model, Locale locale) {
    Endpoint endpoint = endpoints.get(id);
    model.addAttribute("machineId", machineId);
    try {
      model.addAttribute(
          "facts",
          EndpointFactsView.of(
              probe.look(machineId, endpoint.toContract(), endpoints.secrets(id)),
              endpoint.toContract(),
              locale));
    } catch (Refusal refusal) {
      model.addAttribute("refusal", refusal);
    }
    return page(endpoint, model);
  }

  /** Takes the endpoint for what it answered as. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/endpoints/{id}/topology")
  String topology(
      @PathVariable long id,
      @RequestParam Topology topology,
      @RequestParam(defaultValue = "") String masterName,
      @RequestParam long version,
      RedirectAttributes redirect) {
    try {
      Endpoint changed = endpoints.changeTopology(id, topology, masterName, version);
      redirect.addFlashAttribute("flash", Flash.good("endpoint.flash.changed", changed.name()));
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/endpoints/" + id;
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/endpoints/{id}/delete")
  String delete(@PathVariable long id, RedirectAttributes redirect) {
    Endpoint endpoint = endpoints.get(id);
    try {
      endpoints.delete(id);
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
      return "redirect:/endpoints/" + id;
    }
    redirect.addFlashAttribute("flash", Flash.good("endpoint.flash.deleted", endpoint.name()));
    return "redirect:/endpoints";
  }

  private String page(Endpoint endpoint, Model model) {
    model.addAttribute("endpoint", endpoint);
    model.addAttribute("certificateTime", endpoints.certificateTime(endpoint));
    model.addAttribute("users", endpoints.usersOf(endpoint.id()));
    model.addAttribute("machines", machineChoices());
    return "endpoint/show";
  }

  private Map<String, String> machineChoices() {
    Map<String, String> choices = new LinkedHashMap<>();
    machines.all().stream()
        .filter(Machine::usable)
        .forEach(machine -> choices.put(machine.id().toString(), machine.name()));
    return choices;
  }
}
