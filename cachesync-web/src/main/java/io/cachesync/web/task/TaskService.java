package io.cachesync.web.task;

import io.cachesync.contract.LimitSpec;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * What people do with tasks, and what everybody reads of them. Each change is checked against role
 * and state, and stands in the audit log and among the task's events.
 */
@Service
public class TaskService {
  private static final int EVENTS_SHOWN = 500;
  private static final long CONTINUOUS_KEYS_MAX = 1_000_000;

  private final TaskMapper tasks;
  private final TaskSpecMapper specs;
  private final TaskPartMapper parts;
  private final TaskProgressMapper progress;
  private final TaskEventMapper events;
  private final TaskTransitions transitions;
  private final AuditService audit;
  private final ApplicationEventPublisher publisher;
  private final ObjectProvider<StartGate> gates;
  private final Clock clock;

  TaskService(
      TaskMapper tasks,
      TaskSpecMapper specs,
      TaskPartMapper parts,
      TaskProgressMapper progress,
      TaskEventMapper events,
      TaskTransitions transitions,
      AuditService audit,
      ApplicationEventPublisher publisher,
      ObjectProvider<StartGate> gates,
      Clock clock) {
    this.tasks = tasks;
    this.specs = specs;
    this.parts = parts;
    this.progress = progress;
    this.events = events;
    this.transitions = transitions;
    this.audit = audit;
    this.publisher = publisher;
    this.gates = gates;
    this.clock = clock;
  }

  /** The task with that id, a part of another too. */
  public Optional<Task> find(long id) {
    return tasks.find(id);
  }

  /**
   * The task that a person has created, or a refusal that says that there is none. Every page,
   * every route of a program and everything that is asked comes through here, and so meets no part
   * of another task: what concerns that one is asked of the whole.
   */
  public Task get(long id) {
    return tasks.findWhole(id).orElseThrow(() -> unknown(id));
  }

  /** The task with that id, a part of another too, or a refusal: for what looks after both. */
  public Task wholeOrPart(long id) {
    return tasks.find(id).orElseThrow(() -> unknown(id));
  }

  private static Refusal unknown(long id) {
    return Refusal.notFound("task.unknown", id);
  }

  /** What was asked of a task; of a part, what was asked of the whole, on the part's machine. */
  public TaskSpec spec(long id) {
    TaskSpecRow row = specs.row(id).orElseThrow(() -> unknown(id));
    TaskSpec own = row.spec();
    return Optional.ofNullable(row.wholeId())
        .flatMap(specs::find)
        .map(whole -> whole.ofPart(own, parts.count(row.wholeId())))
        .orElse(own);
  }

  /** What a task is a part of, or nothing where it is a whole. */
  public Optional<TaskPart> part(long id) {
    return parts.find(id);
  }

  /** The parts of a task in their order; none where it is one job. */
  public List<Task> parts(long id) {
    return parts.tasksOfWhole(id);
  }

  /** The machines that its shards are spread over at its next start; none for one job. */
  @RequiresViewer
  public List<Long> spreadMachineIds(long id) {
    return TaskParts.ids(specs.spreadMachineIds(id));
  }

  /** The machines that its shards were spread over until slots moved; none where none did. */
  @RequiresViewer
  public List<Long> spreadBefore(long id) {
    return TaskParts.ids(specs.spreadBefore(id));
  }

  /**
   * Whether its shards were spread, and have been one job since slots moved; not once it is done.
   */
  @RequiresViewer
  public boolean isOneJobSinceSlotsMoved(long id) {
    return !specs.spreadBefore(id).isEmpty() && get(id).state() != TaskState.DONE;
  }

  /** The names of the machines that its shards are, or are to be, spread over; none for one job. */
  @RequiresViewer
  public List<String> spreadMachines(long id) {
    List<String> ofParts = parts.machinesOfParts(id);
    return ofParts.isEmpty() ? specs.spreadMachines(id) : ofParts.stream().distinct().toList();
  }

  /** The names of the machines that were chosen to spread its shards over; none for one job. */
  @RequiresViewer
  public List<String> chosenMachines(long id) {
    return specs.spreadMachines(id);
  }

  /** Whether it stands in parts on several machines, running or not. */
  @RequiresViewer
  public boolean hasParts(long id) {
    return !parts.ofWhole(id).isEmpty();
  }

  /** The names of the machines whose parts of it have not ended; empty where all have. */
  String machinesToEnd(long id) {
    return parts.rows(id).stream()
        .filter(part -> !part.state().ended())
        .map(TaskPartMapper.PartRow::machineName)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** Whether its shards are on several machines, or are to be at its next start. */
  @RequiresViewer
  public boolean isSpread(long id) {
    return !specs.spreadMachineIds(id).isEmpty() || !parts.ofWhole(id).isEmpty();
  }

  /** Whether agents on several machines move its shards right now. */
  public boolean runsInParts(long id) {
    return parts(id).stream().anyMatch(part -> part.state().active());
  }

  public Optional<TaskProgress> progress(long id) {
    return progress.find(id);
  }

  public List<Task> inStates(Collection<TaskState> states) {
    return states.isEmpty() ? List.of() : tasks.inStates(List.copyOf(states));
  }

  /** Those of them that a person has created: none is a part of another. */
  public List<Task> wholesInStates(Collection<TaskState> states) {
    Set<Long> ofOthers = parts.ids();
    return inStates(states).stream().filter(task -> !ofOthers.contains(task.id())).toList();
  }

  /** The tasks in these states, and those that ended since a moment. */
  public List<TaskPlace> inStatesOrEndedSince(Collection<TaskState> states, Instant endedSince) {
    return tasks.inStatesOrEndedSince(List.copyOf(states), endedSince);
  }

  /** What each machine has of a task that is spread, in their order; nothing of one job. */
  @RequiresViewer
  public List<TaskPartView> partViews(long id, TaskViews views, Locale locale) {
    boolean done = tasks.find(id).filter(task -> task.state() == TaskState.DONE).isPresent();
    return parts.rows(id).stream()
        .map(part -> views.part(done ? part.done() : part, locale))
        .toList();
  }

  /** What has happened to a task, newest first; what its parts did stands under their machines. */
  @RequiresViewer
  public List<TaskEvent> events(long id) {
    List<TaskEvent> all = new ArrayList<>(events.newest(id, EVENTS_SHOWN));
    for (TaskPartMapper.PartRow part : parts.rows(id)) {
      all.addAll(
          TaskEvent.ofPart(id, part.machineName(), events.newest(part.partId(), EVENTS_SHOWN)));
    }
    all.sort(Comparator.comparingLong(TaskEvent::id).reversed());
    return all.subList(0, Math.min(all.size(), EVENTS_SHOWN));
  }

  /** The limits of a task as its page's form shows them. */
  @RequiresViewer
  public LimitForm limitForm(long id) {
    return LimitForm.of(spec(id).how().limits());
  }

  @RequiresOperator
  @Transactional
  public Task precheck(long id) {
    get(id);
    TaskSpec spec = spec(id);
    if (spec.machineId() == null || spec.source().json() == null || spec.target().json() == null) {
      throw Refusal.conflict("task.incomplete");
    }
    return ask(id, TaskTrigger.PRECHECK, "");
  }

  /** Starts now, or at its time where it has one that lies ahead. */
  @RequiresOperator
  @Transactional
  public Task start(long id) {
    passGates(id);
    Instant startAt = spec(id).how().startAt();
    boolean later =
        startAt != null && startAt.isAfter(clock.instant()) && get(id).state() == TaskState.READY;
    return ask(id, later ? TaskTrigger.SCHEDULE : TaskTrigger.START, "");
  }

  /** Starts a stopped or failed task without its checkpoint: with a full sync. */
  @RequiresOperator
  @Transactional
  public Task startAfresh(long id) {
    passGates(id);
    Task task = ask(id, TaskTrigger.START, "afresh");
    specs.beginAfresh(id);
    parts.ofWhole(id).stream().map(TaskPart::partId).sorted().forEach(specs::beginAfresh);
    return task;
  }

  @RequiresOperator
  @Transactional
  public Task pause(long id) {
    return ask(id, TaskTrigger.PAUSE, "");
  }

  @RequiresOperator
  @Transactional
  public Task resume(long id) {
    return ask(id, TaskTrigger.RESUME, "");
  }

  @RequiresOperator
  @Transactional
  public Task stop(long id) {
    return ask(id, TaskTrigger.STOP, "");
  }

  @RequiresOperator
  @Transactional
  public Task finish(long id) {
    Task task = get(id);
    if (!task.hasRun()) {
      throw Refusal.conflict("task.refused.neverRun");
    }
    if (task.state().ended()) {
      passGates(id);
    }
    return ask(id, TaskTrigger.FINISH, "");
  }

  @RequiresOperator
  @Transactional
  public void limit(long id, LimitSpec limits) {
    Task task = get(id);
    specs.limit(id, limits.bytesPerSecond(), limits.commandsPerSecond());
    audit.record(
        "task.limit",
        subject(task),
        limits.bytesPerSecond() + " B/s, " + limits.commandsPerSecond() + " commands/s");
  }

  /**
   * Keys that the task's continuous check compares per second at most; 0 for none, and for a part:
   * what one finds would stand in the place of what another found.
   */
  @Transactional(readOnly = true)
  public long continuousKeys(long id) {
    return specs.continuousKeys(id);
  }

  /**
   * Has the keys compared that the stream touches, at once where it runs.
   *
   * @param keysPerSecond at most; 0 for none
   */
  @RequiresOperator
  @Transactional
  public void checkContinuously(long id, long keysPerSecond) {
    if (keysPerSecond < 0 || keysPerSecond > CONTINUOUS_KEYS_MAX) {
      throw Refusal.invalid("keysPerSecond", "task.form.whole.invalid", 0, CONTINUOUS_KEYS_MAX);
    }
    Task task = get(id);
    if (keysPerSecond > 0 && isSpread(id)) {
      throw Refusal.conflict("task.refused.continuous.spread");
    }
    specs.checkContinuously(id, keysPerSecond);
    audit.record("task.continuous", subject(task), keysPerSecond + " keys/s");
  }

  @RequiresOperator
  @Transactional
  public void delete(long id) {
    // First of all: parts that are added in between would be left over as tasks of their own.
    if (tasks.lock(id).isEmpty()) {
      throw unknown(id);
    }
    Task task = get(id);
    if (!task.state().deletable()) {
      throw Refusal.conflict("task.refused.delete", task.state());
    }
    for (Task part : parts.tasksOfWhole(id).stream().sorted(TaskParts.AS_LOCKED).toList()) {
      if (!part.state().ended()) {
        throw Refusal.conflict("task.refused.parts", machinesToEnd(id));
      }
      if (tasks.delete(part.id(), part.version()) == 0) {
        throw Refusal.conflict("task.changed");
      }
      publisher.publishEvent(new TaskDeleted(part.id(), part.jobId()));
    }
    if (tasks.delete(id, task.version()) == 0) {
      throw Refusal.conflict("task.changed");
    }
    publisher.publishEvent(new TaskDeleted(id, task.jobId()));
    audit.record("task.delete", subject(task), task.state().name());
  }

  /** Takes the ends as they are prechecked. */
  @Transactional
  void checkWith(TaskSpec spec) {
    specs.update(spec);
  }

  /** Takes what the stage says of the task's progress; written once a second. */
  @Transactional
  public void progress(TaskProgress now) {
    progress.put(now);
  }

  /** A full sync has begun, so from now on every start must go on from its checkpoint. */
  @Transactional
  public void begun(long id) {
    specs.begun(id);
  }

  /** Whether a full sync has begun at the target, whose checkpoint must be found there. */
  boolean hasBegun(long id) {
    return specs.hasBegun(id);
  }

  /** Whether a person has acknowledged that the target may evict keys. */
  boolean evictionsAccepted(long id) {
    return specs.evictionsAccepted(wholeOf(id));
  }

  /** Notes whether a person goes on although the target may evict keys. */
  @Transactional
  public void acceptEvictions(long id, boolean accepted) {
    specs.acceptEvictions(id, accepted);
  }

  /** Takes the right to work on a task, so that of several consoles only one does. */
  public boolean lease(long id, String owner, Instant now, Instant until) {
    return tasks.lease(id, owner, now, until) == 1;
  }

  /** Makes the right to work on a task end later. */
  public void renew(long id, String owner, Instant until) {
    tasks.renew(id, owner, until);
  }

  public void release(long id, String owner) {
    tasks.release(id, owner);
  }

  /** A first start needs the word of the stages; a later one goes on from its checkpoint. */
  private void passGates(long id) {
    boolean first = get(id).state() == TaskState.READY;
    gates.stream().filter(gate -> first || gate.everyStart()).forEach(gate -> gate.check(id));
  }

  private Task ask(long id, TaskTrigger trigger, String why) {
    get(id);
    try {
      Task task = transitions.apply(id, trigger, actor(), why, null);
      audit.record("task." + trigger.name().toLowerCase(java.util.Locale.ROOT), subject(task), why);
      return task;
    } catch (TransitionRefused e) {
      throw Refusal.conflict("task.refused." + e.trigger(), e.state());
    } catch (UnknownTask e) {
      throw unknown(id);
    }
  }

  /** Itself, where it is no part of another. */
  private long wholeOf(long id) {
    return parts.find(id).map(TaskPart::wholeId).orElse(id);
  }

  private static String subject(Task task) {
    return task.name() + " (" + task.id() + ")";
  }

  static String actor() {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    return user == null ? TaskEvent.CONSOLE : user.getName();
  }
}
