package io.cachesync.web.task;

import static java.util.stream.Collectors.joining;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.endpoint.LoginPlace;
import io.cachesync.web.endpoint.SentinelLogin;
import io.cachesync.web.endpoint.TypedPlace;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.system.Refusal;
import java.util.List;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** Makes what a draft keeps of its ends of what a person chose or typed. */
@Service
class DraftEnds {
  private static final int LABEL_MAX = 300;

  private final TaskService tasks;
  private final EndpointService endpoints;
  private final SecretBox box;
  private final JsonMapper json;

  DraftEnds(TaskService tasks, EndpointService endpoints, SecretBox box, JsonMapper json) {
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.box = box;
    this.json = json;
  }

  /**
   * An end as it would be stored, to be looked at now.
   *
   * @param name source or target
   * @param taskId the draft whose saved passwords count where none were typed, or null
   */
  @RequiresOperator
  Reached reached(String name, EndForm form, Long taskId) {
    TaskSpec before = taskId == null ? TaskSpec.empty(0) : tasks.spec(taskId);
    StoredEnd stored =
        stored(name, form, name.equals(EndsForm.SOURCE) ? before.source() : before.target());
    EndpointSecrets secrets =
        stored.endpointId() != null
            ? endpoints.secrets(stored.endpointId())
            : new EndpointSecrets(opened(stored.secret()), opened(stored.sentinelSecret()));
    return new Reached(json.readValue(stored.json(), RedisEndpoint.class), secrets);
  }

  /** Where an end is, and its passwords. */
  record Reached(RedisEndpoint endpoint, EndpointSecrets secrets) {
    @Override
    public String toString() {
      return "Reached[" + endpoint + "]";
    }
  }

  /**
   * One end.
   *
   * @param name source or target
   * @param before what the draft holds of it
   */
  StoredEnd stored(String name, EndForm form, StoredEnd before) {
    return form.isRegistered() ? registered(name, form) : typed(name, form, before);
  }

  /**
   * The registered endpoints that are sources besides.
   *
   * @param ids as the form has them
   */
  List<Endpoint> moreSources(List<String> ids) {
    return ids.stream().map(id -> find(id, "moreSources")).toList();
  }

  static String idColumn(List<Endpoint> more) {
    return more.isEmpty()
        ? ""
        : more.stream().map(each -> each.id().toString()).collect(joining(",", ",", ","));
  }

  String moreJson(List<Endpoint> more) {
    return more.isEmpty()
        ? null
        : json.writeValueAsString(more.stream().map(Endpoint::toContract).toList());
  }

  private StoredEnd registered(String name, EndForm form) {
    Endpoint endpoint = find(form.endpoint(), name + ".endpoint");
    return new StoredEnd(
        endpoint.id(), endpoint.name(), json.writeValueAsString(endpoint.toContract()), null, null);
  }

  private StoredEnd typed(String name, EndForm form, StoredEnd before) {
    TypedPlace place = form.place();
    boolean tls = form.tls() || place.tls();
    RedisEndpoint now =
        new RedisEndpoint(
            place.topology(),
            place.addresses(),
            form.user().isEmpty() ? place.user() : form.user(),
            tls ? new TlsSpec(form.ca(), "") : null,
            place.addressMap(),
            place.masterName(),
            form.sentinelUser());
    RedisEndpoint then =
        before.endpointId() != null || before.json() == null
            ? null
            : json.readValue(before.json(), RedisEndpoint.class);
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
        label(place),
        json.writeValueAsString(now),
        secret(typed, form.noPassword(), same ? before.secret() : null),
        sentinelSecret);
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

  /** What the pages call it: its address, and how many more there are. */
  private static String label(TypedPlace place) {
    int more = place.addresses().size() - 1;
    String at = place.addresses().get(0) + (more == 0 ? "" : " +" + more);
    String label = place.masterName().isEmpty() ? at : place.masterName() + " (" + at + ")";
    return label.length() > LABEL_MAX ? label.substring(0, LABEL_MAX) : label;
  }
}
