package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.contract.UnsupportedPolicy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What was asked of a task, to be read and to be copied; secrets stay out. */
@Component
class TaskConfigs {
  private static final String PASSWORD_HERE = "…";

  private final TaskService tasks;
  private final TaskEnds ends;
  private final FilterTexts texts;
  private final JsonMapper json;

  TaskConfigs(TaskService tasks, TaskEnds ends, FilterTexts texts, JsonMapper json) {
    this.tasks = tasks;
    this.ends = ends;
    this.texts = texts;
    this.json = json.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

  /**
   * For the page.
   *
   * @param sources the first one first
   * @param moved what of the source is moved, in sentences
   * @param json what POST /api/v1/tasks takes
   * @param command the same on the command line, or empty while an end is missing
   */
  record ConfigView(
      TaskSpec spec,
      String bytesPerSecond,
      String commandsPerSecond,
      String lagBound,
      List<TaskEnd> sources,
      TaskEnd target,
      List<String> moved,
      String json,
      String command) {}

  ConfigView of(long id, Locale locale) {
    Task task = tasks.get(id);
    TaskSpec spec = tasks.spec(id);
    TaskSpec.How how = spec.how();
    Figures figures = new Figures(locale);
    return new ConfigView(
        spec,
        how.bytesPerSecond() == 0 ? "" : figures.bytesPerSecond(how.bytesPerSecond()),
        how.commandsPerSecond() == 0 ? "" : figures.perSecond(how.commandsPerSecond()),
        figures.lag(how.lagBoundMillis()),
        sources(spec),
        ends.target(spec),
        texts.of(ends.filter(spec), locale),
        json.writeValueAsString(TaskRequest.of(task, spec, tasks.chosenMachines(id), ends)),
        spec.source().json() == null || spec.target().json() == null ? "" : command(task, spec));
  }

  private List<TaskEnd> sources(TaskSpec spec) {
    List<TaskEnd> sources = new ArrayList<>();
    sources.add(ends.source(spec));
    sources.addAll(ends.moreSources(spec));
    return sources;
  }

  private String command(Task task, TaskSpec spec) {
    SyncSpec sync = ends.syncSpec(task, spec);
    TaskSpec.What what = spec.what();
    boolean targetPassword = ends.target(spec).password();
    List<TaskEnd> sources = sources(spec);
    boolean sourcePassword = sources.stream().anyMatch(TaskEnd::password);
    List<String> words = new ArrayList<>();
    for (int i = 0; sourcePassword && i < sources.size(); i++) {
      words.add(variable(i) + "=" + (sources.get(i).password() ? PASSWORD_HERE : ""));
    }
    if (targetPassword) {
      words.add("TARGET_PASSWORD=" + PASSWORD_HERE);
    }
    words.add("java -jar cachesync-agent.jar sync");
    for (int i = 0; i < sources.size(); i++) {
      words.add("--source " + uri(sources.get(i).endpoint()));
      if (sourcePassword) {
        words.add("--source-password-env " + variable(i));
      }
    }
    words.add("--target " + uri(sync.target()));
    if (targetPassword) {
      words.add("--target-password-env TARGET_PASSWORD");
    }
    sources.stream()
        .filter(TaskEnd::sentinelPassword)
        .findFirst()
        .ifPresent(end -> sentinelLogin("source", end, words));
    if (ends.target(spec).sentinelPassword()) {
      sentinelLogin("target", ends.target(spec), words);
    }
    words.addAll(addressMap("--source-address-map", sync.allSources()));
    words.addAll(addressMap("--target-address-map", List.of(sync.target())));
    words.add("--task " + sync.task());
    if (what.syncMode() == SyncMode.FULL_ONLY) {
      words.add("--full-only");
    }
    if (!what.databaseList().isEmpty()) {
      words.add("--include-db " + what.databaseList());
    }
    words.addAll(filter(sync.filter()));
    if (what.onExists() != ConflictPolicy.REFUSE) {
      words.add("--on-exists " + what.onExists().name().toLowerCase(Locale.ROOT));
    }
    if (what.onUnsupported() == UnsupportedPolicy.SKIP) {
      words.add("--on-unsupported skip");
    }
    if (spec.how().parallelFullSyncs() != 0) {
      words.add("--parallel-full-syncs " + spec.how().parallelFullSyncs());
    }
    return String.join(" \\\n  ", words);
  }

  /** The variable stands before the command, as the other passwords do. */
  private static void sentinelLogin(String end, TaskEnd sentinels, List<String> words) {
    String variable = end.toUpperCase(Locale.ROOT) + "_SENTINEL_PASSWORD";
    words.add(0, variable + "=" + PASSWORD_HERE);
    if (!sentinels.sentinelUser().isEmpty()) {
      words.add("--" + end + "-sentinel-user " + quoted(sentinels.sentinelUser()));
    }
    words.add("--" + end + "-sentinel-password-env " + variable);
  }

  /** Without the databases to move, whose option is older. */
  static List<String> filter(FilterSpec filter) {
    List<String> words = new ArrayList<>();
    option(words, "--exclude-db", filter.excludeDatabases());
    option(
        words,
        "--db-map",
        filter.databaseMap().entrySet().stream()
            .map(each -> each.getKey() + ":" + each.getValue())
            .toList());
    filter.includeKeys().forEach(each -> words.add("--include-key " + quoted(each)));
    filter.excludeKeys().forEach(each -> words.add("--exclude-key " + quoted(each)));
    option(words, "--include-type", filter.includeTypes());
    option(words, "--exclude-type", filter.excludeTypes());
    option(words, "--exclude-command", filter.excludeCommands());
    filter
        .renames()
        .forEach(
            each ->
                words.add(
                    "--rename-prefix " + quoted(each.from() + FilterForm.BECOMES + each.to())));
    return words;
  }

  private static void option(List<String> words, String name, List<?> values) {
    if (!values.isEmpty()) {
      words.add(name + " " + values.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
  }

  /** As a shell takes it for one word, whatever stands in it. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static String variable(int source) {
    return source == 0 ? "SOURCE_PASSWORD" : "SOURCE_" + (source + 1) + "_PASSWORD";
  }

  /** One option for all ends of a side. */
  static List<String> addressMap(String option, List<RedisEndpoint> ends) {
    Set<String> mappings = new LinkedHashSet<>();
    ends.forEach(
        end -> end.addressMap().forEach((announced, at) -> mappings.add(announced + "=" + at)));
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
