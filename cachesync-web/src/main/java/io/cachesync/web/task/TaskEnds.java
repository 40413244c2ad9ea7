package io.cachesync.web.task;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.security.SecretBox;
import java.util.Locale;
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
        new FilterSpec(spec.databases(), false),
        spec.onExists(),
        spec.limits(),
        spec.afresh(),
        SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS,
        SyncSpec.DEFAULT_RELAY_MEMORY_BYTES,
        0,
        SyncSpec.DEFAULT_KEY_PREFIX,
        spec.lagBoundMillis(),
        tasks.evictionsAccepted(task.id()));
  }

  /**
   * How the next start of its agent begins. Once a full sync has begun at the target, one that
   * holds no checkpoint has lost it, and is never copied to again without a person's word.
   */
  public StartSpec startSpec(Task task) {
    boolean begun = tasks.hasBegun(task.id());
    return new StartSpec(begun ? StartMode.MUST_RESUME : StartMode.FRESH_ALLOWED, task.desired());
  }

  /** The passwords of both ends; the report token is the agent feature's to add. */
  public JobSecrets secrets(TaskSpec spec) {
    return new JobSecrets(
        "",
        password(spec.sourceEndpointId(), spec.sourceSecret()),
        password(spec.targetEndpointId(), spec.targetSecret()));
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
