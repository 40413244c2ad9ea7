package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.system.Refusal;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Writes what is asked of a task, step by step, while it is not started. */
@Service
class TaskDrafts {
  private static final int UID_BYTES = 6;
  private static final int LAST_STEP = 4;

  private final TaskService service;
  private final TaskTransitions transitions;
  private final TaskMapper tasks;
  private final TaskSpecMapper specs;
  private final TaskParts parts;
  private final MachineService machines;
  private final DraftEnds draftEnds;
  private final TaskEnds ends;
  private final JsonMapper json;
  private final MoreSources moreSources;
  private final DraftProblems problems;
  private final ObjectProvider<StartGate> gates;
  private final AuditService audit;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  TaskDrafts(
      TaskService service,
      TaskTransitions transitions,
      TaskMapper tasks,
      TaskSpecMapper specs,
      TaskParts parts,
      MachineService machines,
      DraftEnds draftEnds,
      TaskEnds ends,
      JsonMapper json,
      ObjectProvider<StartGate> gates,
      AuditService audit,
      Clock clock) {
    this.service = service;
    this.transitions = transitions;
    this.tasks = tasks;
    this.specs = specs;
    this.parts = parts;
    this.machines = machines;
    this.draftEnds = draftEnds;
    this.ends = ends;
    this.json = json;
    this.moreSources = new MoreSources(json);
    this.problems = new DraftProblems(service, machines, draftEnds, ends);
    this.gates = gates;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Begins a draft with both its ends.
   *
   * @param name empty for one that is made of the ends until it gets another
   */
  @RequiresOperator
  @Transactional
  Task create(EndsForm form, String name) {
    Task stored = insert(name, "", "");
    specs.insert(TaskSpec.empty(stored.id()));
    Task named = ends(stored.id(), form);
    audit.record("task.create", subject(named.id(), named.name()));
    return named;
  }

  /**
   * Begins a draft that asks for the same as another task. Typed-in passwords stay behind: whoever
   * copies need not know them, and could point them at another address.
   */
  @RequiresOperator
  @Transactional
  Task copy(long id, String name) {
    Task original = service.get(id);
    TaskSpec spec = service.spec(id);
    Task copy =
        insert(
            name.length() > HowForm.NAME_MAX ? name.substring(0, HowForm.NAME_MAX) : name,
            original.tags(),
            original.notes());
    specs.insert(spec.copiedTo(copy.id()));
    specs.spreadOver(copy.id(), specs.spreadMachineIds(id));
    audit.record("task.create", subject(copy.id(), copy.name()), "← " + original.name());
    return copy;
  }

  private Task insert(String name, String tags, String notes) {
    byte[] uid = new byte[UID_BYTES];
    random.nextBytes(uid);
    TaskRun run = TaskRun.draft(clock.instant());
    Task draft =
        new Task(
            0,
            HexFormat.of().formatHex(uid),
            name,
            tags,
            notes,
            TaskService.actor(),
            1,
            run.state(),
            run.desired(),
            run.since(),
            false,
            0,
            0,
            null,
            null,
            null,
            run.since(),
            null,
            null);
    tasks.insert(draft);
    return tasks.findByUid(draft.uid()).orElseThrow();
  }

  /**
   * What is wrong with step 1 besides the form's own problems.
   *
   * @param id of the draft, or null before there is one
   */
  @RequiresOperator
  List<Problem> problems(Long id, EndsForm form) {
    return problems.of(form, id == null ? TaskSpec.empty(0) : service.spec(id));
  }

  /** What is wrong with step 2 besides the form's own problems. */
  @RequiresOperator
  List<Problem> problems(long id, WhatForm form) {
    return problems.of(form, service.spec(id));
  }

  /**
   * What is wrong with step 3 besides the form's own problems.
   *
   * @param wrong fields that have such
   */
  @RequiresOperator
  List<Problem> problems(long id, HowForm form, Set<String> wrong) {
    return problems.of(form, wrong, service.spec(id));
  }

  @RequiresOperator
  @Transactional
  Task ends(long id, EndsForm form) {
    Task task = editable(id);
    TaskSpec before = service.spec(id);
    DraftProblems.refuse(problems.of(form, before));
    Machine machine =
        machines
            .find(Long.parseLong(form.machineId()))
            .orElseThrow(() -> Refusal.invalid("machineId", "task.form.machine.required"));
    StoredEnd source = draftEnds.stored(EndsForm.SOURCE, form.source(), before.source());
    StoredEnd target = draftEnds.stored(EndsForm.TARGET, form.target(), before.target());
    TaskSpec now =
        moreSources
            .put(before, draftEnds.moreSources(form.moreSources(), before))
            .with(source, target)
            .withMachine(machine.id(), machine.name());
    spread(now, form);
    TaskSpec.How how = ends.hasSeveralLinks(now) ? now.how() : now.how().inParallel(0);
    specs.update(now.with(narrowed(now)).with(how));
    String made = nameOf(before.source().label(), before.target().label());
    boolean named = !task.name().isEmpty() && !task.name().equals(made);
    return describe(
        task,
        named ? task.name() : nameOf(source.label(), target.label()),
        task.tags(),
        task.notes(),
        2);
  }

  /**
   * Chooses the machines of a task that has ended: its next start measures the source's map anew,
   * gives its shards out over them, and goes on from the checkpoints. Parts that it has go.
   *
   * @param ids of machines, the first in place of the task's own; one machine makes one job of what
   *     is spread
   */
  @RequiresOperator
  @Transactional
  Task spreadAgain(long id, List<Long> ids) {
    // Nobody starts it meanwhile.
    if (tasks.lock(id).isEmpty()) {
      throw Refusal.notFound("task.unknown", id);
    }
    Task task = service.get(id);
    TaskSpec spec = service.spec(id);
    if (task.state() != TaskState.STOPPED && task.state() != TaskState.FAILED) {
      throw Refusal.conflict("task.refused.spread");
    }
    if (!ends.maySpread(spec)) {
      throw Refusal.invalid(EndsForm.MACHINES, "task.form.machines.oneCluster");
    }
    List<Long> distinct = ids.stream().distinct().toList();
    boolean spreads = service.isSpread(id);
    if (distinct.size() > EndsForm.MACHINES_MAX) {
      throw Refusal.invalid(EndsForm.MACHINES, "task.form.machines.many", EndsForm.MACHINES_MAX);
    }
    if (distinct.size() < (spreads ? 1 : 2)) {
      throw Refusal.invalid(
          EndsForm.MACHINES, spreads ? "task.form.machines.one" : "task.form.machines.two");
    }
    List<Machine> chosen = new ArrayList<>();
    for (long each : distinct) {
      chosen.add(
          machines
              .find(each)
              .filter(Machine::usable)
              .orElseThrow(() -> Refusal.invalid(EndsForm.MACHINES, "task.form.machine.required")));
    }
    parts.noteBegun(id);
    if (!parts.dissolve(id)) {
      throw Refusal.conflict("task.refused.parts", service.machinesToEnd(id));
    }
    parts.chooseMachines(id, distinct.size() == 1 ? List.of() : distinct);
    specs.move(id, chosen.get(0).id(), chosen.get(0).name());
    audit.record(
        "task.spread",
        subject(id, task.name()),
        chosen.stream().map(Machine::name).collect(Collectors.joining(", ")));
    return service.get(id);
  }

  private void spread(TaskSpec spec, EndsForm form) {
    List<String> ids = form.spreads() ? form.allMachines() : List.of();
    if (!ids.isEmpty() && !spec.moreSources().isEmpty()) {
      throw Refusal.invalid(EndsForm.MACHINES, "task.form.machines.oneCluster");
    }
    specs.spreadOver(
        spec.taskId(),
        ids.isEmpty() ? "" : ids.stream().collect(Collectors.joining(",", ",", ",")));
  }

  /** What was chosen for other ends does not all hold for these. */
  private TaskSpec.What narrowed(TaskSpec spec) {
    TaskSpec.What chosen = spec.what();
    ClusterDatabases clusters = ends.clusterDatabases(spec);
    FilterSpec filter = clusters.narrowed(ends.filter(spec));
    return new TaskSpec.What(
        chosen.syncMode(),
        clusters.narrowed(chosen.databaseList(), filter),
        chosen.filterJson() == null ? null : json.writeValueAsString(filter),
        spec.moreSources().isEmpty() && !service.isSpread(spec.taskId())
            ? chosen.onExists()
            : ConflictPolicy.REFUSE,
        chosen.onUnsupported());
  }

  @RequiresOperator
  @Transactional
  Task what(long id, WhatForm form) {
    Task task = editable(id);
    TaskSpec before = service.spec(id);
    DraftProblems.refuse(problems.of(form, before));
    WhatForm filled = ends.clusterDatabases(before).filled(form);
    FilterForm filter = filled.filter();
    specs.update(
        before.with(
            new TaskSpec.What(
                form.syncMode(),
                filled.databaseList(),
                filter.narrows() ? json.writeValueAsString(filter.spec(List.of())) : null,
                form.conflictPolicy(),
                form.unsupportedPolicy())));
    return describe(task, task.name(), task.tags(), task.notes(), 3);
  }

  @RequiresOperator
  @Transactional
  Task how(long id, HowForm form) {
    Task task = editable(id);
    DraftProblems.refuse(problems.of(form, Set.of(), service.spec(id)));
    specs.update(
        service
            .spec(id)
            .with(
                new TaskSpec.How(
                    form.bytesPerSecond(),
                    form.commands(),
                    form.lagBoundMillis(),
                    form.restarts(),
                    form.startInstant(),
                    form.stayOnMachine(),
                    form.fullSyncs())));
    return describe(task, form.name(), form.tagColumn(), form.notes(), LAST_STEP);
  }

  /** The task, which is a draft from here on: what was prechecked is changed. */
  private Task editable(long id) {
    Task task = service.get(id);
    if (!task.state().editable()) {
      throw Refusal.conflict("task.refused.EDIT", task.state());
    }
    // First the task's own row: to lock it after the rows that refer to it invites deadlocks.
    Task draft = transitions.apply(id, TaskTrigger.EDIT, TaskService.actor(), "", null);
    gates.stream().forEach(gate -> gate.changed(id));
    return draft;
  }

  /**
   * A first walk through the wizard is one row, the draft's creation; what is changed later has one
   * of its own, and so has another name, so that older rows are found again.
   */
  private Task describe(Task task, String name, String tags, String notes, int step) {
    int reached = Math.max(step, task.wizardStep());
    if (tasks.describe(task.id(), task.version(), name, tags, notes, reached) == 0) {
      throw new OptimisticLockingFailureException("task " + task.id() + " has moved on");
    }
    boolean renamed = !task.name().isEmpty() && !task.name().equals(name);
    if (renamed || task.wizardStep() >= step) {
      audit.record("task.edit", subject(task.id(), name), renamed ? "← " + task.name() : null);
    }
    return service.get(task.id());
  }

  private static String subject(long id, String name) {
    return name + " (" + id + ")";
  }

  private static String nameOf(String source, String target) {
    String name = source + " → " + target;
    return name.length() > HowForm.NAME_MAX ? name.substring(0, HowForm.NAME_MAX) : name;
  }
}
