package io.cachesync.web.task;

import static java.util.stream.Collectors.joining;

import io.cachesync.contract.RedisEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/** The sources of a task besides the first, between their columns and the ends that they are. */
final class MoreSources {
  private final JsonMapper json;

  MoreSources(JsonMapper json) {
    this.json = json;
  }

  /** The passwords of one that was typed in, encrypted; null for none. */
  private record Secrets(String secret, String sentinelSecret) {
    @Override
    public String toString() {
      return "Secrets";
    }
  }

  /** In their order. A registered endpoint is called by its addresses here, not by its name. */
  List<StoredEnd> of(TaskSpec spec) {
    List<Long> ids = spec.moreSources();
    if (ids.isEmpty()) {
      return List.of();
    }
    RedisEndpoint[] at = json.readValue(spec.moreSourcesJson(), RedisEndpoint[].class);
    Secrets[] kept =
        spec.moreSourceSecrets() == null
            ? new Secrets[at.length]
            : json.readValue(spec.moreSourceSecrets(), Secrets[].class);
    List<StoredEnd> ends = new ArrayList<>();
    for (int i = 0; i < at.length; i++) {
      boolean typed = ids.get(i) == TaskSpec.TYPED;
      Secrets secrets = kept[i] == null ? new Secrets(null, null) : kept[i];
      ends.add(
          new StoredEnd(
              typed ? null : ids.get(i),
              TaskEnd.labelOf(at[i]),
              json.writeValueAsString(at[i]),
              secrets.secret(),
              secrets.sentinelSecret()));
    }
    return ends;
  }

  /** What was asked, with these. */
  TaskSpec put(TaskSpec spec, List<StoredEnd> ends) {
    if (ends.isEmpty()) {
      return spec.withMoreSources("", null, null);
    }
    String ids =
        ends.stream()
            .map(end -> end.endpointId() == null ? TaskSpec.TYPED : end.endpointId())
            .map(String::valueOf)
            .collect(joining(",", ",", ","));
    List<RedisEndpoint> at =
        ends.stream().map(end -> json.readValue(end.json(), RedisEndpoint.class)).toList();
    List<Secrets> secrets = ends.stream().map(MoreSources::secrets).toList();
    return spec.withMoreSources(
        ids,
        json.writeValueAsString(at),
        secrets.stream().allMatch(Objects::isNull) ? null : json.writeValueAsString(secrets));
  }

  private static Secrets secrets(StoredEnd end) {
    return end.secret() == null && end.sentinelSecret() == null
        ? null
        : new Secrets(end.secret(), end.sentinelSecret());
  }
}
