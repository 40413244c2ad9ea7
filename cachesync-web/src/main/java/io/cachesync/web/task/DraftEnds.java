package io.cachesync.web.task;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.endpoint.LoginPlace;
import io.cachesync.web.endpoint.SentinelLogin;
import io.cachesync.web.endpoint.TypedPlace;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** Makes what a draft keeps of its ends of what a person chose or typed. */
@Service
class DraftEnds {
  private final TaskService tasks;
  private final EndpointService endpoints;
  private final SecretBox box;
  private final JsonMapper json;
  private final MoreSources more;

  DraftEnds(TaskService tasks, EndpointService endpoints, SecretBox box, JsonMapper json) {
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.box = box;
    this.json = json;
    this.more = new MoreSources(json);
  }

  /**
   * An end as it would be stored, to be looked at now.
   *
   * @param name as {@link EndsForm#end} takes it
   * @param taskId the draft whose saved passwords count where none were typed, or null
   */
  @RequiresOperator
  Reached reached(String name, EndForm form, Long taskId) {
    TaskSpec before = taskId == null ? TaskSpec.empty(0) : tasks.spec(taskId);
    StoredEnd stored = stored(name, form, held(name, form, before, more.of(before)));
    EndpointSecrets secrets =
        stored.endpointId() != null
            ? endpoints.secrets(stored.endpointId())
            : new EndpointSecrets(opened(stored.secret()), opened(stored.sentinelSecret()));
    return new Reached(read(stored), secrets);
  }

  /** Where an end is, and its passwords. */
  record Reached(RedisEndpoint endpoint, EndpointSecrets secrets) {
    @Override
    public String toString() {
      return "Reached[" + endpoint + "]";
    }
  }

  /**
   * What is wrong with ends that were typed well: a registered one that is gone, a login that lacks
   * its password.
   *
   * @param before what the draft holds
   */
  List<Problem> problems(EndsForm form, TaskSpec before) {
    List<StoredEnd> held = more.of(before);
    List<Problem> problems = new ArrayList<>();
    form.ends()
        .forEach(
            (name, end) -> {
              if (end.problems().isEmpty()) {
                try {
                  stored(name, end, held(name, end, before, held));
                } catch (Refusal refusal) {
                  problems.add(Problem.of(refusal.field(), refusal.key(), refusal.arguments()));
                }
              }
            });
    return problems;
  }

  /** Whether the source is known not to be a cluster; of one that cannot be read nothing is. */
  boolean isNoCluster(EndForm source, StoredEnd before) {
    if (!source.problems().isEmpty()) {
      return false;
    }
    try {
      return read(stored(EndsForm.SOURCE, source, before)).topology() != Topology.CLUSTER;
    } catch (Refusal refusal) {
      return false; // It is told at the source.
    }
  }

  private StoredEnd held(String name, EndForm form, TaskSpec before, List<StoredEnd> held) {
    return switch (name) {
      case EndsForm.SOURCE -> before.source();
      case EndsForm.TARGET -> before.target();
      default -> former(form, held);
    };
  }

  /**
   * One end.
   *
   * @param name as {@link EndsForm#end} takes it
   * @param before what the draft holds of it
   */
  StoredEnd stored(String name, EndForm form, StoredEnd before) {
    return form.isRegistered() ? registered(name, form) : typed(name, form, before);
  }

  /**
   * The sources besides the first.
   *
   * @param before what the draft holds
   */
  List<StoredEnd> moreSources(List<EndForm> forms, TaskSpec before) {
    List<StoredEnd> held = more.of(before);
    List<StoredEnd> stored = new ArrayList<>();
    for (EndForm form : forms) {
      stored.add(stored(EndsForm.moreSource(stored.size()), form, former(form, held)));
    }
    return stored;
  }

  /**
   * Which of the sources besides it was: they are added and removed, so it is known by where it is
   * and not by where it stands.
   */
  private StoredEnd former(EndForm form, List<StoredEnd> held) {
    if (form.isRegistered()) {
      return StoredEnd.unknown();
    }
    RedisEndpoint now = endpoint(form, form.place());
    return held.stream()
        .filter(end -> end.endpointId() == null)
        .filter(end -> LoginPlace.same(read(end), now))
        .findFirst()
        .or(
            () ->
                held.stream()
                    .filter(end -> end.endpointId() == null)
                    .filter(end -> LoginPlace.sameSentinels(read(end), now))
                    .findFirst())
        .orElse(StoredEnd.unknown());
  }

  /**
   * Names of the fields whose password the draft holds.
   *
   * @param form as it is shown; what is wrong in it has none
   */
  @RequiresOperator
  Set<String> saved(EndsForm form, TaskSpec before) {
    Set<String> saved = new TreeSet<>();
    add(EndsForm.SOURCE, before.source(), saved);
    add(EndsForm.TARGET, before.target(), saved);
    List<StoredEnd> held = more.of(before);
    for (int i = 0; i < form.moreSources().size(); i++) {
      EndForm end = form.moreSources().get(i);
      if (end.problems().isEmpty()) {
        add(EndsForm.moreSource(i), former(end, held), saved);
      }
    }
    return saved;
  }

  private static void add(String name, StoredEnd end, Set<String> saved) {
    if (end.secret() != null) {
      saved.add(name + "." + EndForm.PASSWORD);
    }
    if (end.sentinelSecret() != null) {
      saved.add(name + "." + EndForm.SENTINEL_PASSWORD);
    }
  }

  private StoredEnd registered(String name, EndForm form) {
    Endpoint endpoint = find(form.endpoint(), name + ".endpoint");
    return new StoredEnd(
        endpoint.id(), endpoint.name(), json.writeValueAsString(endpoint.toContract()), null, null);
  }

  private StoredEnd typed(String name, EndForm form, StoredEnd before) {
    TypedPlace place = form.place();
    RedisEndpoint now = endpoint(form, place);
    RedisEndpoint then = before.endpointId() != null || before.json() == null ? null : read(before);
    String typed = form.password().isEmpty() ? place.password() : form.password();
    boolean same = then != null && LoginPlace.same(then, now);
    boolean sameSentinels = then != null && LoginPlace.sameSentinels(then, now);
    String sentinelSecret =
        secret(
            form.sentinelPassword(),
            form.noSentinelPassword(),
            sameSentinels ? before.sentinelSecret() : null);
    try {
      SentinelLogin.checkComplete(form.sentinelUser(), sentinelSecret != null);
    } catch (Refusal refusal) {
      throw Refusal.invalid(name + "." + refusal.field(), refusal.key());
    }
    return new StoredEnd(
        null,
        TaskEnd.labelOf(now),
        json.writeValueAsString(now),
        secret(typed, form.noPassword(), same ? before.secret() : null),
        sentinelSecret);
  }

  private static RedisEndpoint endpoint(EndForm form, TypedPlace place) {
    boolean tls = form.tls() || place.tls();
    return new RedisEndpoint(
        place.topology(),
        place.addresses(),
        form.user().isEmpty() ? place.user() : form.user(),
        tls ? new TlsSpec(form.ca(), "") : null,
        place.addressMap(),
        place.masterName(),
        form.sentinelUser());
  }

  private RedisEndpoint read(StoredEnd end) {
    return json.readValue(end.json(), RedisEndpoint.class);
  }

  private String secret(String typed, boolean none, String kept) {
    return none ? null : typed.isEmpty() ? kept : box.seal(typed);
  }

  private String opened(String sealed) {
    return sealed == null ? "" : box.open(sealed);
  }

  private Endpoint find(String id, String field) {
    return endpoints
        .find(Long.parseLong(id))
        .orElseThrow(() -> Refusal.invalid(field, "task.form.endpoint.unknown"));
  }
}
