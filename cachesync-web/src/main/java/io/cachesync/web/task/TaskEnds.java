package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.security.SecretBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Makes what an agent needs of what a person asked for. */
@Component
public class TaskEnds {
  private static final int NAME_AT_TARGET = 40;

  private final TaskService tasks;
  private final EndpointService endpoints;
  private final SecretBox box;
  private final JsonMapper json;
  private final MoreSources moreSources;

  TaskEnds(TaskService tasks, EndpointService endpoints, SecretBox box, JsonMapper json) {
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.box = box;
    this.json = json;
    this.moreSources = new MoreSources(json);
  }

  public SyncSpec syncSpec(Task task, TaskSpec spec) {
    return SyncSpec.of(
            nameAtTarget(wholeOf(task)),
            endpoint(spec.source().json()),
            endpoint(spec.target().json()))
        .moreSources(more(spec).stream().map(end -> endpoint(end.json())).toList())
        .mode(spec.what().syncMode())
        .filter(filter(spec))
        .onExists(spec.what().onExists())
        .limits(spec.how().limits())
        .afresh(spec.afresh())
        .lagBoundMillis(spec.how().lagBoundMillis())
        .acceptEvictions(tasks.evictionsAccepted(task.id()))
        .onUnsupported(spec.what().onUnsupported())
        .continuousKeys(tasks.continuousKeys(task.id()))
        .parallelFullSyncs(spec.how().parallelFullSyncs())
        .slots(tasks.part(task.id()).map(TaskPart::slots).orElse(""))
        .build();
  }

  /** Itself, where it is no part of another. */
  private Task wholeOf(Task task) {
    return tasks.part(task.id()).map(part -> tasks.get(part.wholeId())).orElse(task);
  }

  /** Whether the shards of a task's source may be in several jobs: one cluster, into the empty. */
  boolean maySpread(TaskSpec spec) {
    return spec.moreSources().isEmpty()
        && source(spec).cluster()
        && spec.what().onExists() == ConflictPolicy.REFUSE;
  }

  /** Whether there may be more than one link, so that full syncs can be at the same time. */
  boolean hasSeveralLinks(TaskSpec spec) {
    return !spec.moreSources().isEmpty() || source(spec).cluster();
  }

  /** What of the source is moved, and under which names. */
  FilterSpec filter(TaskSpec spec) {
    TaskSpec.What what = spec.what();
    if (what.filterJson() == null) {
      return new FilterSpec(what.databases(), false);
    }
    FilterSpec filter = json.readValue(what.filterJson(), FilterSpec.class);
    return new FilterSpec(
        what.databases(),
        filter.excludeDatabases(),
        filter.databaseMap(),
        filter.includeKeys(),
        filter.excludeKeys(),
        filter.includeTypes(),
        filter.excludeTypes(),
        filter.excludeCommands(),
        filter.renames(),
        filter.publish());
  }

  /**
   * How the next start of its agent begins. Once a full sync has begun at the target, one that
   * holds no checkpoint has lost it, and is never copied to again without a person's word.
   */
  public StartSpec startSpec(Task task) {
    boolean begun = tasks.hasBegun(task.id());
    return new StartSpec(
        begun ? StartMode.MUST_RESUME : StartMode.FRESH_ALLOWED, wantedOfAgent(task));
  }

  /** Once all parts of a task are through, its own job only takes our keys away. */
  public Desired wantedOfAgent(Task task) {
    // Its own job runs beside its parts only then; this is asked with every report.
    if (task.state() != TaskState.FINISHING && task.state() != TaskState.RECOVERING) {
      return task.desired();
    }
    List<Task> parts = tasks.parts(task.id());
    boolean through =
        !parts.isEmpty() && parts.stream().allMatch(part -> part.state() == TaskState.DONE);
    return through ? Desired.REMOVE : task.desired();
  }

  /**
   * What was asked, with the registered endpoints as they are now: to be prechecked, and from then
   * on to be held to where they lead to.
   */
  public TaskSpec refreshed(long taskId) {
    TaskSpec spec = tasks.spec(taskId);
    TaskSpec now = withLogins(spec);
    if (!now.equals(spec)) {
      tasks.checkWith(now);
    }
    return now;
  }

  /** The name of a registered endpoint that leads elsewhere now than when it was prechecked. */
  public Optional<String> movedEnd(TaskSpec spec) {
    for (StoredEnd end : all(spec)) {
      boolean moved =
          registered(end.endpointId()).filter(now -> !now.isAt(endpoint(end.json()))).isPresent();
      if (moved) {
        return Optional.of(end.label());
      }
    }
    return Optional.empty();
  }

  /** Whether a registered endpoint, changed like this, leads elsewhere than the task counts on. */
  boolean isLedAway(TaskSpec spec, Endpoint changed) {
    return all(spec).stream().anyMatch(end -> isLedAway(end, changed));
  }

  private boolean isLedAway(StoredEnd end, Endpoint changed) {
    return changed.id().equals(end.endpointId()) && !changed.isAt(endpoint(end.json()));
  }

  /**
   * What was asked, with each registered endpoint's login as it is now: user and password belong
   * together. Call it for ends that have not {@linkplain #movedEnd moved}.
   */
  public TaskSpec withLogins(TaskSpec spec) {
    return moreSources.put(
        spec.with(withLogin(spec.source()), withLogin(spec.target())),
        more(spec).stream().map(this::withLogin).toList());
  }

  /** The secrets of all ends; the report token is the agent feature's to add. */
  public JobSecrets secrets(TaskSpec spec) {
    List<EndpointSecrets> sources = new ArrayList<>();
    sources.add(secrets(spec.source()));
    more(spec).forEach(end -> sources.add(secrets(end)));
    return JobSecrets.of(sources, secrets(spec.target()));
  }

  public TaskEnd source(TaskSpec spec) {
    return end(spec.source());
  }

  public TaskEnd target(TaskSpec spec) {
    return end(spec.target());
  }

  /** The sources besides the first. */
  public List<TaskEnd> moreSources(TaskSpec spec) {
    return more(spec).stream().map(this::end).toList();
  }

  /** What the sources are called, in their order; empty where there is only one. */
  public List<String> sourceNames(TaskSpec spec) {
    List<StoredEnd> more = more(spec);
    return more.isEmpty()
        ? List.of()
        : Stream.concat(Stream.of(spec.source()), more.stream()).map(StoredEnd::label).toList();
  }

  /** Which ends have database 0 only. */
  ClusterDatabases clusterDatabases(TaskSpec spec) {
    return new ClusterDatabases(
        source(spec).cluster() || moreSources(spec).stream().anyMatch(TaskEnd::cluster),
        target(spec).cluster());
  }

  /** A readable name that no other task has, of characters that need no quoting. */
  static String nameAtTarget(Task task) {
    String readable =
        task.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String cut =
        readable.length() > NAME_AT_TARGET ? readable.substring(0, NAME_AT_TARGET) : readable;
    return cut.isEmpty() ? task.uid() : cut + "-" + task.uid();
  }

  private TaskEnd end(StoredEnd end) {
    Optional<Endpoint> registered = registered(end.endpointId());
    boolean typed = end.endpointId() == null;
    return new TaskEnd(
        end.label(),
        end.endpointId(),
        end.json() == null ? null : endpoint(end.json()),
        typed ? end.secret() != null : registered.map(Endpoint::hasSecret).orElse(false),
        typed
            ? end.sentinelSecret() != null
            : registered.map(Endpoint::hasSentinelSecret).orElse(false));
  }

  private StoredEnd withLogin(StoredEnd end) {
    return registered(end.endpointId())
        .map(now -> end.at(json.writeValueAsString(now.toContract())))
        .orElse(end);
  }

  private List<StoredEnd> all(TaskSpec spec) {
    List<StoredEnd> all = new ArrayList<>();
    all.add(spec.source());
    all.add(spec.target());
    all.addAll(more(spec));
    return all;
  }

  /** The sources besides the first, registered ones by their names. */
  private List<StoredEnd> more(TaskSpec spec) {
    return moreSources.of(spec).stream()
        .map(end -> registered(end.endpointId()).map(now -> end.called(now.name())).orElse(end))
        .toList();
  }

  private Optional<Endpoint> registered(Long endpointId) {
    return endpointId == null ? Optional.empty() : endpoints.find(endpointId);
  }

  private RedisEndpoint endpoint(String text) {
    return json.readValue(text, RedisEndpoint.class);
  }

  private EndpointSecrets secrets(StoredEnd end) {
    return end.endpointId() != null
        ? registeredSecrets(end.endpointId())
        : new EndpointSecrets(opened(end.secret()), opened(end.sentinelSecret()));
  }

  private EndpointSecrets registeredSecrets(long endpointId) {
    return endpoints.find(endpointId).isPresent()
        ? endpoints.secrets(endpointId)
        : EndpointSecrets.of("");
  }

  private String opened(String sealed) {
    return sealed == null || sealed.isEmpty() ? "" : box.open(sealed);
  }
}
