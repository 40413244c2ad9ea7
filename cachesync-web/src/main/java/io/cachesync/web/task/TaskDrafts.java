package io.cachesync.web.task;

import static java.util.stream.Collectors.joining;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.endpoint.LoginPlace;
import io.cachesync.web.endpoint.TypedPlace;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.system.Refusal;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Writes what is asked of a task, step by step, while it is not started. */
@Service
class TaskDrafts {
  private static final int UID_BYTES = 6;
  private static final int LAST_STEP = 4;
  private static final int LABEL_MAX = 300;

  private final TaskService service;
  private final TaskTransitions transitions;
  private final TaskMapper tasks;
  private final TaskSpecMapper specs;
  private final MachineService machines;
  private final EndpointService endpoints;
  private final TaskEnds ends;
  private final SecretBox box;
  private final JsonMapper json;
  private final AuditService audit;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  TaskDrafts(
      TaskService service,
      TaskTransitions transitions,
      TaskMapper tasks,
      TaskSpecMapper specs,
      MachineService machines,
      EndpointService endpoints,
      TaskEnds ends,
      SecretBox box,
      JsonMapper json,
      AuditService audit,
      Clock clock) {
    this.service = service;
    this.transitions = transitions;
    this.tasks = tasks;
    this.specs = specs;
    this.machines = machines;
    this.endpoints = endpoints;
    this.ends = ends;
    this.box = box;
    this.json = json;
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

  @RequiresOperator
  @Transactional
  Task ends(long id, EndsForm form) {
    Task task = editable(id);
    TaskSpec before = service.spec(id);
    Machine machine =
        machines
            .find(Long.parseLong(form.machineId()))
            .orElseThrow(() -> Refusal.invalid("machineId", "task.form.machine.required"));
    Stored source =
        stored(
            form.source(), before.sourceEndpointId(), before.sourceJson(), before.sourceSecret());
    Stored target =
        stored(
            form.target(), before.targetEndpointId(), before.targetJson(), before.targetSecret());
    List<Endpoint> more = moreSources(form);
    boolean cluster =
        source.cluster() || target.cluster() || more.stream().anyMatch(Endpoint::cluster);
    specs.update(
        before
            .withEnds(
                source.endpointId(),
                source.label(),
                source.json(),
                source.secret(),
                target.endpointId(),
                target.label(),
                target.json(),
                target.secret())
            .withMachine(machine.id(), machine.name())
            .withWhat(
                before.syncMode(),
                databasesOf(before.databaseList(), cluster),
                filterOf(before, cluster),
                more.isEmpty() ? before.onExists() : ConflictPolicy.REFUSE)
            .withMoreSources(idColumn(more), moreJson(more)));
    String made = nameOf(before.sourceLabel(), before.targetLabel());
    boolean named = !task.name().isEmpty() && !task.name().equals(made);
    return describe(
        task,
        named ? task.name() : nameOf(source.label(), target.label()),
        task.tags(),
        task.notes(),
        2);
  }

  @RequiresOperator
  @Transactional
  Task what(long id, WhatForm form) {
    Task task = editable(id);
    TaskSpec before = service.spec(id);
    boolean others =
        !List.of("", "0").contains(form.databaseList()) || form.filter().namesDatabases();
    if (ends.withCluster(before) && others) {
      throw Refusal.invalid("databases", "task.form.databases.cluster");
    }
    if (!before.moreSources().isEmpty() && form.conflictPolicy() != ConflictPolicy.REFUSE) {
      throw Refusal.invalid("onExists", "task.form.onExists.several");
    }
    specs.update(
        before.withWhat(
            form.syncMode(),
            form.databaseList(),
            form.filter().narrows() ? json.writeValueAsString(form.filter().spec(List.of())) : null,
            form.conflictPolicy()));
    return describe(task, task.name(), task.tags(), task.notes(), 3);
  }

  @RequiresOperator
  @Transactional
  Task how(long id, HowForm form) {
    Task task = editable(id);
    specs.update(
        service
            .spec(id)
            .withHow(
                form.bytesPerSecond(),
                form.commands(),
                form.lagBoundMillis(),
                form.restarts(),
                form.startInstant(),
                form.stayOnMachine()));
    return describe(task, form.name(), form.tagColumn(), form.notes(), LAST_STEP);
  }

  /**
   * An end as it would be stored, to be looked at now.
   *
   * @param taskId the draft whose saved password counts where none was typed, or null
   */
  @RequiresOperator
  Reached reached(EndsForm.End end, Long taskId) {
    TaskSpec before = taskId == null ? TaskSpec.empty(0) : service.spec(taskId);
    boolean source = end.prefix().equals("source");
    Stored stored =
        stored(
            end,
            source ? before.sourceEndpointId() : before.targetEndpointId(),
            source ? before.sourceJson() : before.targetJson(),
            source ? before.sourceSecret() : before.targetSecret());
    String password =
        stored.endpointId() != null
            ? endpoints.password(stored.endpointId())
            : stored.secret() == null ? "" : box.open(stored.secret());
    return new Reached(json.readValue(stored.json(), RedisEndpoint.class), password);
  }

  /** Where an end is, and its password. */
  record Reached(RedisEndpoint endpoint, String password) {
    @Override
    public String toString() {
      return "Reached[" + endpoint + "]";
    }
  }

  private List<Endpoint> moreSources(EndsForm form) {
    return form.moreSources().stream()
        .map(
            id ->
                endpoints
                    .find(Long.parseLong(id))
                    .orElseThrow(
                        () -> Refusal.invalid("moreSources", "task.form.endpoint.unknown")))
        .toList();
  }

  private static String idColumn(List<Endpoint> more) {
    return more.isEmpty()
        ? ""
        : more.stream().map(each -> each.id().toString()).collect(joining(",", ",", ","));
  }

  private String moreJson(List<Endpoint> more) {
    return more.isEmpty()
        ? null
        : json.writeValueAsString(more.stream().map(Endpoint::toContract).toList());
  }

  /** What was chosen for servers with several databases does not hold for a cluster. */
  private static String databasesOf(String chosen, boolean cluster) {
    return cluster && !chosen.isEmpty() ? "0" : chosen;
  }

  private String filterOf(TaskSpec before, boolean cluster) {
    if (before.filterJson() == null || !cluster) {
      return before.filterJson();
    }
    FilterSpec filter = ends.filter(before);
    return json.writeValueAsString(
        new FilterSpec(
            null,
            null,
            null,
            filter.includeKeys(),
            filter.excludeKeys(),
            filter.includeTypes(),
            filter.excludeTypes(),
            filter.excludeCommands(),
            filter.renames(),
            filter.publish()));
  }

  /** The task, which is a draft from here on: what was prechecked is changed. */
  private Task editable(long id) {
    Task task = service.get(id);
    if (!task.state().editable()) {
      throw Refusal.conflict("task.refused.EDIT", task.state());
    }
    return transitions.apply(id, TaskTrigger.EDIT, TaskService.actor(), "", null);
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

  private Stored stored(
      EndsForm.End end, Long endpointBefore, String jsonBefore, String sealedBefore) {
    if (end.registered()) {
      Endpoint endpoint =
          endpoints
              .find(Long.parseLong(end.endpoint()))
              .orElseThrow(
                  () -> Refusal.invalid(end.prefix() + "Endpoint", "task.form.endpoint.unknown"));
      return new Stored(
          endpoint.id(),
          endpoint.name(),
          endpoint.cluster(),
          json.writeValueAsString(endpoint.toContract()),
          null);
    }
    TypedPlace place = end.place();
    boolean tls = end.tls() || place.tls();
    RedisEndpoint endpoint =
        new RedisEndpoint(
            place.topology(),
            place.addresses(),
            end.user().isEmpty() ? place.user() : end.user(),
            tls ? new TlsSpec(end.ca(), "") : null,
            place.addressMap(),
            place.masterName());
    String typed = end.password().isEmpty() ? place.password() : end.password();
    String password = end.noPassword() ? "" : typed;
    String sealed = password.isEmpty() ? null : box.seal(password);
    if (sealed == null && !end.noPassword() && endpointBefore == null && jsonBefore != null) {
      RedisEndpoint before = json.readValue(jsonBefore, RedisEndpoint.class);
      sealed = LoginPlace.same(before, endpoint) ? sealedBefore : null;
    }
    return new Stored(
        null,
        label(place),
        place.topology() == Topology.CLUSTER,
        json.writeValueAsString(endpoint),
        sealed);
  }

  /** What the pages call it: its address, and how many more there are. */
  private static String label(TypedPlace place) {
    int more = place.addresses().size() - 1;
    String at = place.addresses().get(0) + (more == 0 ? "" : " +" + more);
    String label = place.masterName().isEmpty() ? at : place.masterName() + " (" + at + ")";
    return label.length() > LABEL_MAX ? label.substring(0, LABEL_MAX) : label;
  }

  /** An end as its columns hold it. */
  private record Stored(
      Long endpointId, String label, boolean cluster, String json, String secret) {
    @Override
    public String toString() {
      return "Stored[" + label + "]";
    }
  }
}
