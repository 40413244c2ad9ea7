package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.Sshd;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One migration by the REST API: a packaged console, a real sshd, agents and two servers. */
class SyncIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int KEYS = 2000;
  private static final Pattern STARTED = Pattern.compile("starts, process (\\d+)");

  private static Sshd sshd;
  private static ConsoleProcess console;

  @RegisterExtension
  static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0).password("source-secret");

  @RegisterExtension
  static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0).password("target-secret");

  private final JsonMapper json = JsonMapper.shared();
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    sshd = Sshd.start();
    console = ConsoleProcess.start();
  }

  @AfterAll
  static void stop() {
    console.close();
    sshd.close();
  }

  @Test
  void losesNothingWhateverDies() {
    long machine = addMachine();
    try (RespClient source = SOURCE.client()) {
      for (int i = 0; i < KEYS; i++) {
        source.call("SET", "key:" + i, "value " + i);
      }
      long id = create();
      call("POST", task(id) + "/precheck", null);
      awaitState(id, "READY");
      call("POST", task(id) + "/start", null);
      awaitInSync(id);
      changeOnce(source);

      long first = agentPid(id);
      ProcessHandle.of(first).orElseThrow().destroyForcibly();
      changeOnce(source);
      awaitTask(id, task -> agentPid(id) != first);
      awaitInSync(id);

      console.restartAfterKill();
      changeOnce(source);
      awaitInSync(id);
      call("POST", task(id) + "/pause", null);
      awaitState(id, "PAUSED");
      changeOnce(source);
      call("POST", task(id) + "/resume", null);
      awaitInSync(id);

      call("POST", task(id) + "/stop", null);
      awaitState(id, "STOPPED");
      changeOnce(source);
      call("POST", task(id) + "/start", null);
      awaitInSync(id);
      changeOnce(source);

      call("POST", task(id) + "/finish", null);
      awaitState(id, "DONE");
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
      showsItsHistoryWithoutItsMachine(id, machine);
    }
  }

  private void showsItsHistoryWithoutItsMachine(long id, long machine) {
    // Refused until the console has seen that the agent ended.
    await()
        .atMost(PATIENCE)
        .until(() -> send("DELETE", "/machines/" + machine, null).statusCode() < 300);
    JsonNode task = call("GET", task(id), null);
    assertThat(task.get("state").asString()).isEqualTo("DONE");
    assertThat(task.get("machine").asString()).isEqualTo("here");
    assertThat(call("GET", task(id) + "/events", null).toString())
        .contains("AGENT_DEAD", "REPORT_PAUSED", "REPORT_STOPPED", "REPORT_DONE");
    assertThat(call("GET", task(id) + "/log", null).toString())
        .contains("agent started on here")
        .doesNotContain("source-secret", "target-secret");
    assertThat(console.log()).doesNotContain("source-secret", "target-secret");
  }

  /** Commands that must not be applied twice, nor be lost. */
  private static void changeOnce(RespClient source) {
    source.call("INCR", "counter");
    source.call("RPUSH", "list", "entry");
    source.call("XADD", "stream", "*", "field", "value");
  }

  private long addMachine() {
    JsonNode machine =
        call(
            "POST",
            "/machines",
            Map.of(
                "name", "here",
                "host", "127.0.0.1",
                "port", sshd.port(),
                "user", sshd.user(),
                "password", Sshd.PASSWORD,
                "hostKey", sshd.fingerprint(),
                "baseDir", sshd.base().toString()));
    long id = machine.get("id").asLong();
    call("POST", "/machines/" + id + "/install", null);
    return id;
  }

  private long create() {
    JsonNode task =
        call(
            "POST",
            "/tasks",
            Map.of(
                "name",
                "first",
                "machine",
                "here",
                "source",
                Map.of("address", SOURCE.address(), "password", "source-secret"),
                "target",
                Map.of("address", TARGET.address(), "password", "target-secret")));
    assertThat(task.toString()).doesNotContain("secret");
    return task.get("id").asLong();
  }

  /** The process id that the newest agent told in the log. */
  private long agentPid(long id) {
    Matcher matcher = STARTED.matcher(call("GET", task(id) + "/log", null).toString());
    long pid = 0;
    while (matcher.find()) {
      pid = Long.parseLong(matcher.group(1));
    }
    return pid;
  }

  private void awaitInSync(long id) {
    awaitTask(
        id,
        task ->
            task.get("state").asString().equals("INCREMENTAL")
                && task.get("progress").get("inSync").asBoolean());
  }

  private void awaitState(long id, String state) {
    awaitTask(id, task -> task.get("state").asString().equals(state));
  }

  private void awaitTask(long id, Predicate<JsonNode> condition) {
    try {
      await().atMost(PATIENCE).until(() -> condition.test(call("GET", task(id), null)));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          Stream.of("", "/events", "/links", "/log", "/precheck")
              .map(part -> send("GET", task(id) + part, null).body())
              .collect(Collectors.joining("\n")),
          e);
    }
  }

  private static String task(long id) {
    return "/tasks/" + id;
  }

  private JsonNode call(String method, String path, Object body) {
    HttpResponse<String> answer = send(method, path, body);
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isLessThan(300);
    return json.readTree(answer.body());
  }

  private HttpResponse<String> send(String method, String path, Object body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(console.url() + "/api/v1" + path))
            .header("Authorization", "Bearer " + console.secret("first-token"))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
