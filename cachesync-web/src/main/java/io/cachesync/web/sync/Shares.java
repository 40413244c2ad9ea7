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
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.ShardShares;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Measures the map of a source, and gives its shards to machines. */
@Component
class Shares {
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
   *
   * @return its parts; none where it could not be spread, which its page tells
   */
  List<Task> measure(Task whole, List<Long> ids) {
    TaskSpec spec = tasks.spec(whole.id());
    List<Machine> chosen = new ArrayList<>();
    for (long id : ids) {
      Optional<Machine> machine = machines.find(id).filter(Machine::usable);
      if (machine.isEmpty()) {
        return refused(whole, TaskWhy.notSpread("machine " + id + " is not ready"));
      }
      Optional<String> objection = reach.objection(whole, spec, machine.get());
      if (objection.isPresent()) {
        return refused(whole, objection.get());
      }
      chosen.add(machine.get());
    }
    SyncSpec sync = ends.syncSpec(whole, ends.withLogins(spec));
    EndpointFacts facts;
    try {
      facts = probe.ask(ids.get(0), sync.source(), ends.secrets(spec).source(0));
    } catch (SshFault | AgentFault | Refusal fault) {
      return refused(whole, TaskWhy.notSpread(fault.getMessage()));
    }
    List<NodeFacts> masters = facts.nodes().stream().filter(node -> node.slots() > 0).toList();
    if (masters.isEmpty() || masters.stream().anyMatch(node -> node.slotRanges().isEmpty())) {
      return refused(
          whole, TaskWhy.notSpread("the agent does not tell the slots of " + facts.address()));
    }
    List<String> slots =
        ShardShares.of(masters.stream().map(NodeFacts::slotRanges).toList(), chosen.size());
    List<TaskParts.Share> all = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      all.add(new TaskParts.Share(chosen.get(i).id(), chosen.get(i).name(), slots.get(i)));
    }
    return parts.spread(whole, all);
  }

  private List<Task> refused(Task whole, String why) {
    transitions.observe(
        whole.id(), TaskTrigger.GIVE_UP, Fault.fatal(FaultCode.AGENT_NOT_STARTED, why));
    return List.of();
  }
}
