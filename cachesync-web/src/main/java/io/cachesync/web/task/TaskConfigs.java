package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What was asked of a task, to be read and to be copied; secrets stay out. */
@Component
class TaskConfigs {
  private static final String PASSWORD_HERE = "…";

  private final TaskService tasks;
  private final TaskEnds ends;
  private final JsonMapper json;

  TaskConfigs(TaskService tasks, TaskEnds ends, JsonMapper json) {
    this.tasks = tasks;
    this.ends = ends;
    this.json = json.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

  /**
   * For the page.
   *
   * @param json what POST /api/v1/tasks takes
   * @param command the same on the command line, or empty while an end is missing
   */
  record ConfigView(
      TaskSpec spec,
      String bytesPerSecond,
      String commandsPerSecond,
      String lagBound,
      TaskEnd source,
      TaskEnd target,
      String json,
      String command) {}

  ConfigView of(long id, Locale locale) {
    Task task = tasks.get(id);
    TaskSpec spec = tasks.spec(id);
    Figures figures = new Figures(locale);
    return new ConfigView(
        spec,
        spec.bytesPerSecond() == 0 ? "" : figures.bytesPerSecond(spec.bytesPerSecond()),
        spec.commandsPerSecond() == 0 ? "" : figures.perSecond(spec.commandsPerSecond()),
        figures.lag(spec.lagBoundMillis()),
        ends.source(spec),
        ends.target(spec),
        json.writeValueAsString(TaskRequest.of(task, spec, ends)),
        spec.sourceJson() == null || spec.targetJson() == null ? "" : command(task, spec));
  }

  private String command(Task task, TaskSpec spec) {
    SyncSpec sync = ends.syncSpec(task, spec);
    boolean sourcePassword = ends.source(spec).password();
    boolean targetPassword = ends.target(spec).password();
    List<String> words = new ArrayList<>();
    if (sourcePassword) {
      words.add("SOURCE_PASSWORD=" + PASSWORD_HERE);
    }
    if (targetPassword) {
      words.add("TARGET_PASSWORD=" + PASSWORD_HERE);
    }
    words.addAll(List.of("java -jar cachesync-agent.jar sync"));
    words.add("--source " + uri(sync.source()));
    if (sourcePassword) {
      words.add("--source-password-env SOURCE_PASSWORD");
    }
    words.add("--target " + uri(sync.target()));
    if (targetPassword) {
      words.add("--target-password-env TARGET_PASSWORD");
    }
    words.addAll(addressMap("--source-address-map", sync.source()));
    words.addAll(addressMap("--target-address-map", sync.target()));
    words.add("--task " + sync.task());
    if (spec.syncMode() == SyncMode.FULL_ONLY) {
      words.add("--full-only");
    }
    if (!spec.databaseList().isEmpty()) {
      words.add("--include-db " + spec.databaseList());
    }
    if (spec.onExists() == ConflictPolicy.REPLACE) {
      words.add("--on-exists replace");
    }
    return String.join(" \\\n  ", words);
  }

  static List<String> addressMap(String option, RedisEndpoint endpoint) {
    List<String> mappings = new ArrayList<>();
    endpoint.addressMap().forEach((announced, at) -> mappings.add(announced + "=" + at));
    return mappings.isEmpty() ? List.of() : List.of(option + " " + String.join(",", mappings));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** With the colon: a login without one is a password. */
  static String uri(RedisEndpoint endpoint) {
    String user = encoded(endpoint.user());
    String kind =
        switch (endpoint.topology()) {
          case CLUSTER -> "-cluster";
          case SENTINEL -> "-sentinel";
          default -> "";
        };
    boolean sentinel = endpoint.topology() == Topology.SENTINEL;
    return (endpoint.tls() == null ? "redis" : "rediss")
        + kind
        + "://"
        + (user.isEmpty() ? "" : user + ":@")
        + String.join(",", endpoint.addresses())
        + (sentinel ? "/?master=" + encoded(endpoint.masterName()) : "");
  }
}
