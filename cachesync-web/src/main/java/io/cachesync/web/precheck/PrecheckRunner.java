package io.cachesync.web.precheck;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.PrecheckSpec.OtherTask;
import io.cachesync.contract.Severity;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.agent.ForegroundAgent;
import io.cachesync.web.schedule.Claims;
import io.cachesync.web.schedule.TickTask;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/**
 * Runs the prechecks that were asked for: every task in state PRECHECKING, each by one console.
 * Whoever asked need not wait, and a console that dies leaves its task to the next one.
 */
@Component
class PrecheckRunner implements TickTask {
  /** Longer than the agent may take at most. */
  private static final Duration HOLD = Duration.ofMinutes(3);

  private static final String ALL_SLOTS = "0-16383";

  private static final int MAY_RUN = 0;
  private static final int FOUND = 3;

  /** Found as well: an end that cannot be reached, or refuses the login. */
  private static final int UNREACHABLE = 4;

  /** Tasks that write to their target, or will without a further precheck. */
  private static final Set<TaskState> WRITERS = writers();

  private final TaskService tasks;
  private final TaskEnds ends;
  private final TaskTransitions transitions;
  private final PrecheckStore store;
  private final ForegroundAgent agent;
  private final Claims claims;
  private final Clock clock;

  PrecheckRunner(
      TaskService tasks,
      TaskEnds ends,
      TaskTransitions transitions,
      PrecheckStore store,
      ForegroundAgent agent,
      Claims claims,
      Clock clock) {
    this.tasks = tasks;
    this.ends = ends;
    this.transitions = transitions;
    this.store = store;
    this.agent = agent;
    this.claims = claims;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "prechecks";
  }

  @Override
  public Duration interval() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void run() {
    List<Long> due = tasks.inStates(List.of(TaskState.PRECHECKING)).stream().map(Task::id).toList();
    claims.each(
        "precheck",
        due,
        HOLD,
        lease -> tasks.lease(lease.id(), lease.owner(), lease.now(), lease.until()),
        this::precheck,
        lease -> tasks.release(lease.id(), lease.owner()));
  }

  /** Runs one precheck to its end and moves the task on. */
  void precheck(long taskId) {
    Task task = tasks.get(taskId);
    if (task.state() != TaskState.PRECHECKING) {
      return;
    }
    TaskSpec spec = ends.refreshed(taskId);
    store.begin(taskId, spec.machineName());
    tasks.acceptEvictions(taskId, false);
    try {
      List<Severity> severities = new ArrayList<>();
      int exit =
          agent.run(
              spec.machineId(),
              "precheck",
              ContractJson.write(precheckSpec(task, spec)),
              line -> read(line).ifPresent(found -> keep(taskId, found, severities)));
      if (!isAskedAgain(task)) {
        conclude(taskId, exit, severities);
      }
    } catch (SshFault fault) {
      fail(taskId, fault.messageKey(), fault.arguments());
    } catch (AgentFault fault) {
      fail(taskId, fault.messageKey(), List.of(fault.getMessage()));
    } catch (Refusal refusal) {
      fail(
          taskId,
          refusal.key(),
          List.of(refusal.arguments()).stream().map(String::valueOf).toList());
    }
  }

  private PrecheckSpec precheckSpec(Task task, TaskSpec spec) {
    return new PrecheckSpec(
        syncSpec(task, spec), ends.secrets(spec), clock.millis(), otherTasks(task.id()));
  }

  /** Of shards that are to be spread all are looked at, as those of jobs that share them. */
  private SyncSpec syncSpec(Task task, TaskSpec spec) {
    SyncSpec sync = ends.syncSpec(task, spec);
    boolean spreads =
        tasks.isSpread(task.id())
            && sync.moreSources().isEmpty()
            && sync.source().topology() == Topology.CLUSTER
            && sync.onExists() == ConflictPolicy.REFUSE;
    return spreads ? sync.ofSlots(ALL_SLOTS) : sync;
  }

  /** What the console knows of the other tasks' targets, by the run id that a precheck saw. */
  private List<OtherTask> otherTasks(long taskId) {
    Map<Long, String> targets =
        store.targets().stream()
            .collect(
                Collectors.toMap(
                    PrecheckRunMapper.Target::taskId, PrecheckRunMapper.Target::targetRunId));
    return tasks.inStates(WRITERS).stream()
        .filter(other -> other.id() != taskId && targets.containsKey(other.id()))
        .map(
            other ->
                new OtherTask(
                    other.name(),
                    targets.get(other.id()),
                    ends.syncSpec(other, tasks.spec(other.id())).filter().targetDatabases()))
        .toList();
  }

  private void keep(long taskId, PrecheckFinding finding, List<Severity> severities) {
    severities.add(finding.severity());
    store.add(taskId, finding);
  }

  /** Whether it was stopped and asked for anew meanwhile: what was found is of the former ends. */
  private boolean isAskedAgain(Task before) {
    return tasks
        .find(before.id())
        .filter(now -> now.state() == TaskState.PRECHECKING)
        .filter(now -> !now.stateSince().equals(before.stateSince()))
        .isPresent();
  }

  private void conclude(long taskId, int exit, List<Severity> severities) {
    boolean blocked = exit == FOUND || exit == UNREACHABLE;
    if (severities.isEmpty() || (exit != MAY_RUN && !blocked)) {
      fail(taskId, "precheck.fault.agent", List.of(Integer.toString(exit)));
    } else if (blocked || severities.contains(Severity.BLOCK)) {
      store.end(taskId, PrecheckRun.Outcome.BLOCKED);
      transitions.observe(
          taskId, TaskTrigger.PRECHECK_BLOCKED, TaskWhy.blocks(count(severities, Severity.BLOCK)));
    } else {
      store.end(taskId, PrecheckRun.Outcome.PASSED);
      transitions.observe(
          taskId,
          TaskTrigger.PRECHECK_PASSED,
          TaskWhy.warnings(count(severities, Severity.WARNING)));
    }
  }

  private void fail(long taskId, String key, List<String> arguments) {
    store.fail(taskId, key, arguments);
    transitions.observe(taskId, TaskTrigger.PRECHECK_BLOCKED, TaskWhy.notAsked());
  }

  private static long count(List<Severity> severities, Severity severity) {
    return severities.stream().filter(each -> each == severity).count();
  }

  private static Optional<PrecheckFinding> read(String line) {
    if (!line.startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(ContractJson.read(line, PrecheckFinding.class));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Set<TaskState> writers() {
    Set<TaskState> states = EnumSet.of(TaskState.SCHEDULED, TaskState.QUEUED);
    for (TaskState state : TaskState.values()) {
      if (state.active()) {
        states.add(state);
      }
    }
    return states;
  }
}
