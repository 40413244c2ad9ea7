package io.cachesync.web.check;

import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Problem;
import io.cachesync.web.task.TaskService;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** What programs ask for, by the same rules as what is typed. */
@Component
class CheckRequests {
  private final TaskService tasks;
  private final EndpointService endpoints;
  private final MachineService machines;
  private final Clock clock;

  CheckRequests(
      TaskService tasks, EndpointService endpoints, MachineService machines, Clock clock) {
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.machines = machines;
    this.clock = clock;
  }

  CheckAsk ask(CheckRequest request) {
    return ask(request, ScheduleForm.once());
  }

  /** What is asked for, or a refusal that names the first field that is wrong. */
  CheckAsk ask(CheckRequest request, ScheduleForm schedule) {
    request.refuseWhatCannotBe();
    CheckForm form =
        request.form(
            machineOf(request),
            sourceOf(request),
            idOf("source", request.source()),
            idOf("target", request.target()),
            schedule);
    List<Problem> problems = form.problems(clock.instant());
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      throw Refusal.invalid(first.field(), first.key(), first.arguments().toArray());
    }
    CheckAsk ask = form.ask();
    return new CheckAsk(
        ask.taskId(),
        ask.sourceNumber(),
        ask.sourceEndpointId(),
        ask.targetEndpointId(),
        ask.machineId(),
        ask.spec(),
        request.limits());
  }

  /** The same as a request that asks for it; a name is null where nobody has it any more. */
  CheckRequest of(CheckAsk ask) {
    return CheckRequest.of(
        ask,
        nameOf(ask.sourceEndpointId()),
        nameOf(ask.targetEndpointId()),
        ask.machineId() == null
            ? null
            : machines.find(ask.machineId()).map(Machine::name).orElse(null));
  }

  private String nameOf(Long endpoint) {
    return endpoint == null ? null : endpoints.find(endpoint).map(Endpoint::name).orElse(null);
  }

  private String sourceOf(CheckRequest request) {
    if (request.sourceNumber() != null) {
      return String.valueOf(request.sourceNumber());
    }
    boolean isOfSeveral =
        request.task() != null && !tasks.spec(request.task()).moreSources().isEmpty();
    return isOfSeveral ? CheckForm.ALL_SOURCES : "0";
  }

  private Long machineOf(CheckRequest request) {
    if (request.machine() != null) {
      return machines.all().stream()
          .filter(each -> each.name().equals(request.machine()))
          .findFirst()
          .map(Machine::id)
          .orElseThrow(
              () -> Refusal.invalid("machine", "check.invalid.unknown", request.machine()));
    }
    if (request.task() != null) {
      return tasks.spec(request.task()).machineId();
    }
    return machines.leastLoaded().map(Machine::id).orElse(null);
  }

  private Long idOf(String field, String name) {
    if (name == null) {
      return null;
    }
    return endpoints.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .map(Endpoint::id)
        .orElseThrow(() -> Refusal.invalid(field, "check.invalid.unknown", name));
  }
}
