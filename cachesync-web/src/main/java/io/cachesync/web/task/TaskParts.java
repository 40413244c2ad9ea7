package io.cachesync.web.task;

import io.cachesync.contract.Desired;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The parts of tasks whose source's shards are spread over several machines. */
@Component
public class TaskParts {
  /** {@linkplain TaskMapper#lock In which order} the rows of several tasks are taken. */
  static final Comparator<Task> AS_LOCKED = Comparator.comparingLong(Task::id);

  private static final int UID_BYTES = 6;
  private static final int LAST_STEP = 4;
  private static final int EVENTS_KEPT = 1000;

  private final TaskMapper tasks;
  private final TaskSpecMapper specs;
  private final TaskPartMapper parts;
  private final TaskEventMapper events;
  private final ApplicationEventPublisher publisher;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  TaskParts(
      TaskMapper tasks,
      TaskSpecMapper specs,
      TaskPartMapper parts,
      TaskEventMapper events,
      ApplicationEventPublisher publisher,
      Clock clock) {
    this.tasks = tasks;
    this.specs = specs;
    this.parts = parts;
    this.events = events;
    this.publisher = publisher;
    this.clock = clock;
  }

  /**
   * What one machine is to have.
   *
   * @param slots of whole shards, as the contract's {@code SyncSpec.slots}
   */
  public record Share(long machineId, String machineName, String slots) {}

  /** What a task is a part of, or nothing where it is a whole. */
  public Optional<TaskPart> find(long taskId) {
    return parts.find(taskId);
  }

  /** The parts of a task in their order; none where it is one job. */
  public List<Task> of(long wholeId) {
    return parts.tasksOfWhole(wholeId);
  }

  /**
   * Keeps a whole from being moved until the transaction ends: call it before anything is done to a
   * part of it in the same transaction.
   */
  public Optional<Task> lock(long wholeId) {
    return tasks.lock(wholeId);
  }

  /** The machines that a task is to be spread over; none where it is to be one job. */
  public List<Long> machines(long wholeId) {
    return ids(specs.spreadMachineIds(wholeId));
  }

  static List<Long> ids(String column) {
    return Arrays.stream(column.split(",")).filter(id -> !id.isEmpty()).map(Long::valueOf).toList();
  }

  /** Chooses them; the next start spreads the task, or makes one job of it where there are none. */
  @Transactional
  public void chooseMachines(long wholeId, List<Long> ids) {
    specs.spreadOver(wholeId, column(ids));
  }

  private static String column(List<Long> ids) {
    return ids.isEmpty()
        ? ""
        : ids.stream().map(String::valueOf).collect(Collectors.joining(",", ",", ","));
  }

  /** Whether a full sync of the whole has begun, so that each checkpoint must be found. */
  public boolean hasBegun(long wholeId) {
    return specs.hasBegun(wholeId);
  }

  /** Notes that the whole has begun, where a full sync of each of its parts has. */
  @Transactional
  public void noteBegun(long wholeId) {
    // Nobody can ask for a start afresh between the look and the note.
    boolean there = tasks.lock(wholeId).isPresent();
    List<TaskPart> all = parts.ofWhole(wholeId);
    boolean begun = all.stream().allMatch(part -> specs.hasBegun(part.partId()));
    if (there && !all.isEmpty() && begun) {
      specs.begun(wholeId);
    }
  }

  /**
   * Spreads a task that is queued as one job. Its parts wait to be started, and go on from the
   * checkpoints where the task has begun.
   *
   * @param whole as it stood before its source was measured, which takes seconds
   * @param measured the machines that were to share it then
   * @return its parts; none where somebody has stopped it meanwhile, also where it was started
   *     again, has chosen others, or has removed it
   */
  @Transactional
  public List<Task> spread(Task whole, List<Long> measured, List<Share> shares) {
    boolean waits =
        tasks.lock(whole.id()).filter(whole::isStill).isPresent()
            && whole.state() == TaskState.QUEUED
            && machines(whole.id()).equals(measured);
    if (waits && parts.count(whole.id()) == 0) {
      boolean begun = specs.hasBegun(whole.id());
      for (int i = 0; i < shares.size(); i++) {
        add(whole, shares.get(i), i, begun);
      }
    }
    return waits ? of(whole.id()) : List.of();
  }

  /**
   * Makes one job of it again, also at its next starts: its parts go, with what they have on
   * machines. All of them or none.
   *
   * @return false where one of them has not ended, and nothing was done
   */
  @Transactional
  public boolean dissolve(long wholeId) {
    if (tasks.lock(wholeId).isEmpty()) {
      return false;
    }
    List<Task> inOrder = of(wholeId);
    List<Task> all = locked(inOrder);
    if (!all.stream().allMatch(part -> part.state().ended())) {
      return false;
    }
    if (!inOrder.isEmpty()) {
      // Where its first part is by now: the machine that it began on may be lost.
      TaskSpec first = specs.find(inOrder.get(0).id()).orElseThrow();
      specs.move(wholeId, first.machineId(), first.machineName());
    }
    chooseMachines(wholeId, List.of());
    all.forEach(part -> remove(wholeId, part));
    return true;
  }

  /**
   * As {@link #dissolve}, because slots have moved: its events and its page tell why it is one job.
   *
   * @return false where it has ended or has no parts, or one of these has not ended
   */
  @Transactional
  public boolean dissolveResharded(long wholeId) {
    // Whoever stopped it, or chose machines anew, has decided otherwise since it was looked at.
    boolean goesOn = tasks.lock(wholeId).filter(now -> !now.state().ended()).isPresent();
    if (!goesOn || parts.count(wholeId) == 0) {
      return false;
    }
    List<Long> before = machines(wholeId);
    boolean afresh = isAfresh(wholeId);
    if (!dissolve(wholeId)) {
      return false;
    }
    specs.wasSpreadOver(wholeId, column(before));
    TaskState state = tasks.lock(wholeId).orElseThrow().state();
    String machine = specs.find(wholeId).orElseThrow().machineName();
    events.insert(
        new TaskEvent(
            0,
            wholeId,
            clock.instant(),
            TaskTrigger.PLACED,
            state,
            state,
            TaskEvent.CONSOLE,
            afresh ? TaskWhy.oneJobAfresh(machine) : TaskWhy.oneJob(machine)));
    return true;
  }

  /**
   * Removes the parts of a task that waits to be started afresh, so that its shards are given out
   * anew over the machines that were chosen: nothing holds them to where they were. All or none.
   *
   * @return false where there is nothing of the kind to be done
   */
  @Transactional
  public boolean dissolveAfresh(long wholeId) {
    boolean waits = tasks.lock(wholeId).filter(now -> now.state() == TaskState.QUEUED).isPresent();
    if (!waits || machines(wholeId).isEmpty() || !isAfresh(wholeId)) {
      return false;
    }
    List<Task> all = locked(of(wholeId));
    // Once a part has begun its shards have checkpoints, and are not copied once more.
    if (!all.stream().allMatch(part -> part.state().ended() && !specs.hasBegun(part.id()))) {
      return false;
    }
    all.forEach(part -> remove(wholeId, part));
    return !all.isEmpty();
  }

  /** Whether a start afresh was asked for, and one of its parts at least has not begun. */
  public boolean isAfresh(long wholeId) {
    return !specs.hasBegun(wholeId) && specs.find(wholeId).filter(TaskSpec::afresh).isPresent();
  }

  private List<Task> locked(List<Task> all) {
    return all.stream().sorted(AS_LOCKED).map(part -> tasks.lock(part.id()).orElseThrow()).toList();
  }

  /**
   * Notes which links a part has, as its agent tells.
   *
   * @return the links of all parts of the task where this has changed them and each has told; else
   *     nothing
   */
  @Transactional
  public Set<Integer> tellLinks(long partId, List<Integer> links) {
    String told = links.stream().map(String::valueOf).collect(Collectors.joining(","));
    if (parts.tellLinks(partId, told) == 0) {
      return Set.of();
    }
    List<String> all = parts.linksBeside(partId);
    return all.contains("")
        ? Set.of()
        : all.stream()
            .flatMap(each -> Arrays.stream(each.split(",")))
            .map(Integer::valueOf)
            .collect(Collectors.toSet());
  }

  /** A part that is through has no way back: another takes its place, which goes on behind it. */
  @Transactional
  public void replace(Task whole, Task part) {
    if (tasks.lock(whole.id()).isEmpty()) {
      return;
    }
    Task through = tasks.lock(part.id()).orElseThrow();
    TaskPart former = parts.find(part.id()).orElseThrow();
    TaskSpec spec = specs.find(part.id()).orElseThrow();
    boolean begun = specs.hasBegun(part.id());
    remove(whole.id(), through);
    add(
        whole,
        new Share(spec.machineId(), spec.machineName(), former.slots()),
        former.partNumber(),
        begun);
  }

  /**
   * Removes a part; what has happened to it is the whole's from here on.
   *
   * @param part as its row is locked
   */
  private void remove(long wholeId, Task part) {
    String machine = specs.find(part.id()).orElseThrow().machineName();
    TaskEvent.ofPart(wholeId, machine, events.newest(part.id(), EVENTS_KEPT))
        .forEach(events::giveTo);
    tasks.delete(part.id(), part.version());
    publisher.publishEvent(new TaskDeleted(part.id(), part.jobId()));
  }

  /**
   * @param begun whether its shards have a checkpoint, which must be found
   */
  private void add(Task whole, Share share, int number, boolean begun) {
    byte[] uid = new byte[UID_BYTES];
    random.nextBytes(uid);
    Instant now = clock.instant();
    tasks.insert(
        new Task(
            0,
            HexFormat.of().formatHex(uid),
            whole.name(),
            whole.tags(),
            "",
            whole.owner(),
            LAST_STEP,
            TaskState.QUEUED,
            Desired.RUN,
            now,
            false,
            0,
            0,
            null,
            null,
            null,
            now,
            null,
            null));
    Task part = tasks.findByUid(HexFormat.of().formatHex(uid)).orElseThrow();
    TaskSpec spec = specs.find(whole.id()).orElseThrow();
    specs.insert(spec.copiedTo(part.id()).withMachine(share.machineId(), share.machineName()));
    if (begun) {
      specs.begun(part.id());
    } else if (spec.afresh()) {
      specs.beginAfresh(part.id());
    }
    parts.insert(new TaskPart(part.id(), whole.id(), number, share.slots()));
  }
}
