package io.cachesync.web.sync;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.endpoint.EndpointProbe;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.ShardShares;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskWhy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Measures the map of a source, and gives its shards to machines. */
@Component
class Shares {
  /** After this it is looked again whether what objected has passed. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final TaskService tasks;
  private final TaskParts parts;
  private final TaskEnds ends;
  private final TaskTransitions transitions;
  private final EndpointProbe probe;
  private final MachineService machines;
  private final Reach reach;

  Shares(
      TaskService tasks,
      TaskParts parts,
      TaskEnds ends,
      TaskTransitions transitions,
      EndpointProbe probe,
      MachineService machines,
      Reach reach) {
    this.tasks = tasks;
    this.parts = parts;
    this.ends = ends;
    this.transitions = transitions;
    this.probe = probe;
    this.machines = machines;
    this.reach = reach;
  }

  /**
   * Spreads a task over machines each of which reaches its source and its target. Goes over SSH.
   * What may pass is waited for, as a start of one job would; the task's events tell it. Whoever
   * stops the task meanwhile, or starts it again with other machines, is not overruled.
   *
   * @return its parts; none where it could not be spread, or not yet, which its page tells
   */
  List<Task> measure(Task whole, List<Long> ids) {
    TaskSpec spec = tasks.spec(whole.id());
    Optional<String> moved = ends.movedEnd(spec);
    if (moved.isPresent()) {
      return refused(
          whole, TaskWhy.notSpread(TaskWhy.text("task.refused.endpointMovedSince", moved.get())));
    }
    List<Machine> chosen = new ArrayList<>();
    for (long id : ids) {
      Optional<Machine> machine = machines.find(id);
      if (machine.isEmpty()) {
        return refused(whole, TaskWhy.notSpread(TaskWhy.text("task.why.machineRemoved")));
      }
      Optional<Reach.Objection> known = objection(machine.get());
      if (known.isPresent()) {
        return objected(whole, known.get());
      }
      chosen.add(machine.get());
    }
    for (Machine machine : chosen) {
      Optional<Reach.Objection> objection = reach.objection(whole, spec, machine);
      if (objection.isPresent()) {
        return objected(whole, objection.get());
      }
    }
    SyncSpec sync = ends.syncSpec(whole, ends.withLogins(spec));
    EndpointFacts facts;
    try {
      facts = probe.ask(ids.get(0), sync.source(), ends.secrets(spec).source(0));
    } catch (SshFault | AgentFault | Refusal fault) {
      return objected(
          whole, new Reach.Objection(TaskWhy.notSpread(Reach.said(fault)), Reach.passes(fault)));
    }
    if (facts.fault() != null) {
      Fault fault = facts.fault();
      String why = TaskWhy.passedOver("source", chosen.get(0).name(), fault);
      return objected(whole, new Reach.Objection(why, fault.retryable()));
    }
    List<NodeFacts> masters = facts.nodes().stream().filter(node -> node.slots() > 0).toList();
    if (masters.isEmpty() || masters.stream().anyMatch(node -> node.slotRanges().isEmpty())) {
      return refused(
          whole, TaskWhy.notSpread(TaskWhy.text("task.why.slotsUntold", facts.address())));
    }
    List<String> slots =
        ShardShares.of(masters.stream().map(NodeFacts::slotRanges).toList(), chosen.size());
    List<TaskParts.Share> all = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      all.add(new TaskParts.Share(chosen.get(i).id(), chosen.get(i).name(), slots.get(i)));
    }
    return parts.spread(whole, ids, all);
  }

  /** Whether each of these machines may be given a part, as far as is known without asking it. */
  boolean usable(List<Long> ids) {
    return ids.stream().allMatch(id -> machines.find(id).filter(Machine::usable).isPresent());
  }

  /** What is known of a machine without asking it. */
  private static Optional<Reach.Objection> objection(Machine machine) {
    if (machine.usable()) {
      return Optional.empty();
    }
    boolean away = machine.state() == MachineState.READY && !machine.blocked();
    String why =
        away
            ? TaskWhy.passedOver(
                machine.name(), TaskWhy.text(machine.fault().key(), machine.fault().values()))
            : TaskWhy.notSpread(TaskWhy.text("task.why.machineNotReady", machine.name()));
    return Optional.of(new Reach.Objection(why, away));
  }

  private List<Task> objected(Task whole, Reach.Objection objection) {
    if (!objection.passes()) {
      return refused(whole, objection.why());
    }
    transitions.waitFor(whole, objection.why(), PAUSE);
    return List.of();
  }

  private List<Task> refused(Task whole, String why) {
    transitions.giveUp(whole, Fault.fatal(FaultCode.AGENT_NOT_STARTED, why));
    return List.of();
  }
}
