package io.cachesync.web.task;

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

  TaskEnds(TaskService tasks, EndpointService endpoints, SecretBox box, JsonMapper json) {
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.box = box;
    this.json = json;
  }

  public SyncSpec syncSpec(Task task, TaskSpec spec) {
    return new SyncSpec(
        nameAtTarget(task),
        0,
        endpoint(spec.sourceJson()),
        endpoint(spec.targetJson()),
        spec.syncMode(),
        filter(spec),
        spec.onExists(),
        spec.limits(),
        spec.afresh(),
        SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS,
        SyncSpec.DEFAULT_RELAY_MEMORY_BYTES,
        0,
        SyncSpec.DEFAULT_KEY_PREFIX,
        spec.lagBoundMillis(),
        tasks.evictionsAccepted(task.id()),
        null,
        endpoints(spec.moreSourcesJson()));
  }

  /** What of the source is moved, and under which names. */
  FilterSpec filter(TaskSpec spec) {
    if (spec.filterJson() == null) {
      return new FilterSpec(spec.databases(), false);
    }
    FilterSpec filter = json.readValue(spec.filterJson(), FilterSpec.class);
    return new FilterSpec(
        spec.databases(),
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
    return new StartSpec(begun ? StartMode.MUST_RESUME : StartMode.FRESH_ALLOWED, task.desired());
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
    if (moved(spec.sourceEndpointId(), spec.sourceJson())) {
      return Optional.of(spec.sourceLabel());
    }
    if (moved(spec.targetEndpointId(), spec.targetJson())) {
      return Optional.of(spec.targetLabel());
    }
    List<RedisEndpoint> begun = endpoints(spec.moreSourcesJson());
    List<Long> ids = spec.moreSources();
    for (int i = 0; i < ids.size(); i++) {
      RedisEndpoint at = begun.get(i);
      Optional<Endpoint> gone = registered(ids.get(i)).filter(now -> !now.isAt(at));
      if (gone.isPresent()) {
        return gone.map(Endpoint::name);
      }
    }
    return Optional.empty();
  }

  /** Whether a registered endpoint, changed like this, leads elsewhere than the task counts on. */
  boolean isLedAway(TaskSpec spec, Endpoint changed) {
    int more = spec.moreSources().indexOf(changed.id());
    return isLedAway(spec.sourceEndpointId(), spec.sourceJson(), changed)
        || isLedAway(spec.targetEndpointId(), spec.targetJson(), changed)
        || (more >= 0 && !changed.isAt(endpoints(spec.moreSourcesJson()).get(more)));
  }

  private boolean isLedAway(Long endpointId, String text, Endpoint changed) {
    return changed.id().equals(endpointId) && !changed.isAt(endpoint(text));
  }

  /**
   * What was asked, with each registered endpoint's login as it is now: user and password belong
   * together. Call it for ends that have not {@linkplain #movedEnd moved}.
   */
  public TaskSpec withLogins(TaskSpec spec) {
    return withJson(
            spec,
            json(spec.sourceEndpointId(), spec.sourceJson()),
            json(spec.targetEndpointId(), spec.targetJson()))
        .withMoreSources(spec.moreSourceIds(), moreSourcesJson(spec));
  }

  /** The passwords of all ends; the report token is the agent feature's to add. */
  public JobSecrets secrets(TaskSpec spec) {
    return new JobSecrets(
        "",
        password(spec.sourceEndpointId(), spec.sourceSecret()),
        password(spec.targetEndpointId(), spec.targetSecret()),
        "",
        "",
        spec.moreSources().stream().map(id -> EndpointSecrets.of(password(id, null))).toList());
  }

  public TaskEnd source(TaskSpec spec) {
    return new TaskEnd(
        spec.sourceLabel(),
        spec.sourceEndpointId(),
        spec.sourceJson() == null ? null : endpoint(spec.sourceJson()),
        hasPassword(spec.sourceEndpointId(), spec.sourceSecret()));
  }

  public TaskEnd target(TaskSpec spec) {
    return new TaskEnd(
        spec.targetLabel(),
        spec.targetEndpointId(),
        spec.targetJson() == null ? null : endpoint(spec.targetJson()),
        hasPassword(spec.targetEndpointId(), spec.targetSecret()));
  }

  /** The sources besides the first, each a registered endpoint. */
  public List<TaskEnd> moreSources(TaskSpec spec) {
    List<RedisEndpoint> begun = endpoints(spec.moreSourcesJson());
    List<TaskEnd> more = new ArrayList<>();
    for (Long id : spec.moreSources()) {
      RedisEndpoint at = begun.get(more.size());
      String name = registered(id).map(Endpoint::name).orElse(at.addresses().get(0));
      more.add(new TaskEnd(name, id, at, hasPassword(id, null)));
    }
    return more;
  }

  /** Whether an end has database 0 only. */
  boolean withCluster(TaskSpec spec) {
    return fromCluster(spec) || target(spec).cluster();
  }

  boolean fromCluster(TaskSpec spec) {
    return source(spec).cluster() || moreSources(spec).stream().anyMatch(TaskEnd::cluster);
  }

  /** A readable name that no other task has, of characters that need no quoting. */
  static String nameAtTarget(Task task) {
    String readable =
        task.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String cut =
        readable.length() > NAME_AT_TARGET ? readable.substring(0, NAME_AT_TARGET) : readable;
    return cut.isEmpty() ? task.uid() : cut + "-" + task.uid();
  }

  private boolean hasPassword(Long endpointId, String sealed) {
    return endpointId == null
        ? sealed != null
        : endpoints.find(endpointId).map(Endpoint::hasSecret).orElse(false);
  }

  private static TaskSpec withJson(TaskSpec spec, String sourceJson, String targetJson) {
    return spec.withEnds(
        spec.sourceEndpointId(),
        spec.sourceLabel(),
        sourceJson,
        spec.sourceSecret(),
        spec.targetEndpointId(),
        spec.targetLabel(),
        targetJson,
        spec.targetSecret());
  }

  private boolean moved(Long endpointId, String text) {
    return registered(endpointId).filter(now -> !now.isAt(endpoint(text))).isPresent();
  }

  private String json(Long endpointId, String text) {
    return registered(endpointId)
        .map(now -> json.writeValueAsString(now.toContract()))
        .orElse(text);
  }

  /** As the registered endpoints lead there now. */
  private String moreSourcesJson(TaskSpec spec) {
    List<RedisEndpoint> begun = endpoints(spec.moreSourcesJson());
    List<RedisEndpoint> now = new ArrayList<>();
    for (Long id : spec.moreSources()) {
      RedisEndpoint before = begun.get(now.size());
      now.add(registered(id).map(Endpoint::toContract).orElse(before));
    }
    return now.isEmpty() ? null : json.writeValueAsString(now);
  }

  private List<RedisEndpoint> endpoints(String text) {
    return text == null ? List.of() : List.of(json.readValue(text, RedisEndpoint[].class));
  }

  private Optional<Endpoint> registered(Long endpointId) {
    return endpointId == null ? Optional.empty() : endpoints.find(endpointId);
  }

  private RedisEndpoint endpoint(String text) {
    return json.readValue(text, RedisEndpoint.class);
  }

  private String password(Long endpointId, String sealed) {
    if (endpointId != null) {
      return endpoints.find(endpointId).isPresent() ? endpoints.password(endpointId) : "";
    }
    return sealed == null || sealed.isEmpty() ? "" : box.open(sealed);
  }
}
