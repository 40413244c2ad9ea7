package io.cachesync.web.machine;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.List;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Machines in the REST API. */
@RestController
@RequestMapping("/api/v1/machines")
class MachineApiController {
  private final MachineService machines;
  private final MachineOverview overview;
  private final Validator validator;
  private final MessageSource messages;

  MachineApiController(
      MachineService machines,
      MachineOverview overview,
      Validator validator,
      MessageSource messages) {
    this.machines = machines;
    this.overview = overview;
    this.validator = validator;
    this.messages = messages;
  }

  @GetMapping
  List<MachineResource> list(Locale locale) {
    return overview.all().stream().map(view -> MachineResource.of(view, messages, locale)).toList();
  }

  @GetMapping("/{id}")
  MachineResource get(@PathVariable long id, Locale locale) {
    return resource(machines.get(id), locale);
  }

  /**
   * Adds a machine. Without {@code hostKey} nothing is added, and the answer (409) says which key
   * the host shows.
   */
  @ForRole(Role.ADMIN)
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  MachineResource add(@RequestBody MachineRequest request, Locale locale) {
    MachineForm form = request.form();
    for (ConstraintViolation<MachineForm> violation : validator.validate(form)) {
      throw Refusal.invalid(
          violation.getPropertyPath().toString(), "machine.api.invalid", violation.getMessage());
    }
    HostKeyPin shown = shown(form.host(), Integer.parseInt(form.port()));
    confirm(request.hostKey(), shown);
    return resource(machines.add(form, shown), locale);
  }

  /** Pins the host's key; body: {@code {"hostKey": "SHA256:…"}}. */
  @ForRole(Role.ADMIN)
  @PostMapping("/{id}/host-key")
  MachineResource confirm(
      @PathVariable long id, @RequestBody MachineRequest request, Locale locale) {
    Machine machine = machines.get(id);
    HostKeyPin shown = shown(machine.host(), machine.port());
    confirm(request.hostKey(), shown);
    machines.confirmHostKey(id, shown);
    return get(id, locale);
  }

  /** Tests the machine and answers the steps; one that failed is the last. */
  @ForRole(Role.ADMIN)
  @PostMapping("/{id}/test")
  List<MachineStepView> test(@PathVariable long id, Locale locale) {
    return machines.test(id).stream()
        .map(step -> MachineStepView.of(step, messages, locale))
        .toList();
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/{id}/disable")
  MachineResource disable(@PathVariable long id, Locale locale) {
    machines.disable(id);
    return get(id, locale);
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/{id}/enable")
  MachineResource enable(@PathVariable long id, Locale locale) {
    machines.enable(id);
    return get(id, locale);
  }

  /** Takes a person's word that the machine is gone for good; its jobs are released. */
  @ForRole(Role.ADMIN)
  @PostMapping("/{id}/gone")
  MachineResource gone(@PathVariable long id, Locale locale) {
    machines.gone(id);
    return get(id, locale);
  }

  @ForRole(Role.ADMIN)
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(@PathVariable long id) {
    machines.remove(id);
  }

  private HostKeyPin shown(String host, int port) {
    try {
      return machines.hostKey(host, port);
    } catch (SshFault fault) {
      throw Refusal.invalid("host", fault.messageKey(), fault.arguments().toArray());
    }
  }

  private static void confirm(String confirmed, HostKeyPin shown) {
    if (confirmed == null || confirmed.isBlank()) {
      throw Refusal.conflict("machine.api.confirm", shown.algorithm(), shown.fingerprint());
    }
    if (!confirmed.strip().equals(shown.fingerprint())) {
      throw Refusal.conflict("machine.refused.fingerprint", shown.fingerprint());
    }
  }

  private MachineResource resource(Machine machine, Locale locale) {
    return MachineResource.of(overview.of(machine), messages, locale);
  }
}
