package io.cachesync.web.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;

/** One task that a program creates and drives by the REST API of a console. */
public final class RestMigration {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final Pattern STARTED = Pattern.compile("starts, process (\\d+)");

  private final RestClient rest;
  private final String path;

  private RestMigration(RestClient rest, String path) {
    this.rest = rest;
    this.path = path;
  }

  /** Adds the machine "here", tests it and installs the agent on it. */
  public static void addMachine(RestClient rest, Sshd sshd) {
    addMachine(rest, "here", sshd);
  }

  /** The same under another name. */
  public static void addMachine(RestClient rest, String name, Sshd sshd) {
    Map<String, Object> machine = new HashMap<>();
    machine.put("name", name);
    machine.put("host", "127.0.0.1");
    machine.put("port", sshd.port());
    machine.put("user", sshd.user());
    machine.put("privateKey", sshd.privateKey());
    machine.put("baseDir", sshd.base().toString());
    machine.put("hostKey", sshd.fingerprint());
    String path = "/machines/" + rest.post("/machines", machine).get("id").asLong();
    for (String action : List.of("/test", "/install")) {
      JsonNode steps = rest.post(path + action);
      assertThat(steps.get(steps.size() - 1).get("state").asString())
          .as(steps.toPrettyString())
          .isEqualTo("PASS");
    }
  }

  /** An end as a task names it. */
  public static Map<String, Object> end(RedisServer server, String password) {
    return Map.of("address", server.address(), "password", password);
  }

  /**
   * A new task on the machine "here".
   *
   * @param more further fields of the request
   */
  public static RestMigration create(
      RestClient rest,
      Map<String, Object> source,
      Map<String, Object> target,
      Map<String, Object> more) {
    Map<String, Object> task = new HashMap<>(more);
    task.put("source", source);
    return create(rest, target, task);
  }

  /** The same with one source or several among the further fields. */
  public static RestMigration create(
      RestClient rest, Map<String, Object> target, Map<String, Object> more) {
    Map<String, Object> task = new HashMap<>(more);
    task.putIfAbsent("name", "move");
    task.put("machine", "here");
    task.put("target", target);
    return new RestMigration(rest, "/tasks/" + rest.post("/tasks", task).get("id").asLong());
  }

  /** The same task, driven through another console. */
  public RestMigration through(RestClient other) {
    return new RestMigration(other, path);
  }

  /** Checks, and acknowledges what is no more than a warning. */
  public void precheck() {
    rest.post(path + "/precheck");
    await(task -> !state(task).equals("PRECHECKING"));
    List<String> open = new ArrayList<>();
    for (JsonNode finding : rest.get(path + "/precheck").get("findings")) {
      if (finding.get("open").asBoolean()) {
        open.add(finding.get("code").asString());
      }
    }
    JsonNode result = rest.post(path + "/precheck/acknowledge", Map.of("codes", open));
    assertThat(result.get("mayStart").asBoolean()).as(result.toPrettyString()).isTrue();
  }

  /** Checks, and answers what was found. */
  public JsonNode findings() {
    rest.post(path + "/precheck");
    await(task -> !state(task).equals("PRECHECKING"));
    return rest.get(path + "/precheck").get("findings");
  }

  /** Another login at an end, with the fields of the request. */
  public void login(Map<String, Object> login) {
    rest.post(path + "/login", login);
  }

  public JsonNode links() {
    return rest.get(path + "/links");
  }

  /** Asks for start, pause, resume, stop or finish. */
  public void ask(String action) {
    rest.post(path + '/' + action);
  }

  public JsonNode get() {
    return rest.get(path);
  }

  public String state() {
    return state(get());
  }

  /** Its log as JSON. */
  public String log() {
    return rest.get(path + "/log").toString();
  }

  /** The process ids that its agents told in the log, oldest first. */
  public List<Long> agentPids() {
    Matcher matcher = STARTED.matcher(log());
    List<Long> pids = new ArrayList<>();
    while (matcher.find()) {
      pids.add(Long.valueOf(matcher.group(1)));
    }
    return pids;
  }

  public void awaitState(String state) {
    await(task -> state(task).equals(state));
  }

  public void awaitInSync() {
    await(
        task ->
            state(task).equals("INCREMENTAL") && task.get("progress").get("inSync").asBoolean());
  }

  public void await(Predicate<JsonNode> condition) {
    try {
      Awaitility.await().atMost(PATIENCE).until(() -> condition.test(get()));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          Stream.of("", "/events", "/links", "/log", "/precheck")
              .map(part -> rest.get(path + part).toPrettyString())
              .collect(Collectors.joining("\n")),
          e);
    }
  }

  private static String state(JsonNode task) {
    return task.get("state").asString();
  }
}
