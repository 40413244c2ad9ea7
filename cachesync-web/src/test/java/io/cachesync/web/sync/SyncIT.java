package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.machine.LoginKind;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineForm;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.testkit.Sshd;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One migration by the REST API: a real console, sshd, agent and two servers. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class SyncIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEYS = 2000;

  @TempDir static Path data;
  private static Sshd sshd;

  @RegisterExtension
  static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0).password("source-secret");

  @RegisterExtension
  static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0).password("target-secret");

  @LocalServerPort private int port;
  @Autowired private MachineService machines;
  @Autowired private AgentInstaller installer;
  @Autowired private AgentService agents;
  @Autowired private TaskTransitions transitions;
  @Autowired private JsonMapper json;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void startServer() {
    sshd = Sshd.start();
  }

  @AfterAll
  static void stopServer() {
    sshd.close();
  }

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("cachesync.data-dir", data::toString);
  }

  @Test
  void movesWritesAndSurvivesItsAgentsDeath() {
    addMachine();
    try (RespClient source = SOURCE.client()) {
      for (int i = 0; i < KEYS; i++) {
        source.call("SET", "key:" + i, "value " + i);
      }
      source.call("RPUSH", "list", "0");

      long id = create();
      call("POST", "/" + id + "/precheck", null);
      transitions.observe(id, TaskTrigger.PRECHECK_PASSED, "");
      call("POST", "/" + id + "/start", null);
      awaitInSync(id);

      appendDuring(source, () -> {});
      Job before = job(id);
      ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
      appendDuring(
          source, () -> awaitTask(id, task -> job(id).incarnation() > before.incarnation()));
      awaitInSync(id);

      call("POST", "/" + id + "/pause", null);
      awaitState(id, "PAUSED");
      appendDuring(source, () -> {});
      call("POST", "/" + id + "/resume", null);
      awaitInSync(id);

      call("POST", "/" + id + "/stop", null);
      awaitState(id, "STOPPED");
      appendDuring(source, () -> {});
      call("POST", "/" + id + "/start", null);
      awaitInSync(id);

      call("POST", "/" + id + "/finish", null);
      awaitState(id, "DONE");
      await().atMost(PATIENCE).until(() -> !job(id).open());
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
      assertThat(call("GET", "/" + id + "/events", null).toString())
          .contains("AGENT_DEAD", "REPORT_PAUSED", "REPORT_STOPPED", "REPORT_DONE");
      assertThat(call("GET", "/" + id + "/log", null).toString()).contains("agent started");
    }
  }

  private void appendDuring(RespClient source, Runnable work) {
    source.call("INCR", "counter");
    source.call("RPUSH", "list", "before");
    work.run();
    source.call("INCR", "counter");
    source.call("RPUSH", "list", "after");
  }

  private void addMachine() {
    SystemActor.run(
        () -> {
          Machine machine =
              machines.add(
                  new MachineForm(
                      "here",
                      "127.0.0.1",
                      Integer.toString(sshd.port()),
                      sshd.user(),
                      LoginKind.PASSWORD,
                      Sshd.PASSWORD,
                      null,
                      null,
                      "",
                      "4",
                      sshd.base().toString()),
                  machines.hostKey("127.0.0.1", sshd.port()));
          installer.install(machine.id());
          assertThat(machines.get(machine.id()).usable()).isTrue();
        });
  }

  private long create() {
    JsonNode task =
        call(
            "POST",
            "",
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
      await().atMost(PATIENCE).until(() -> condition.test(call("GET", "/" + id, null)));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          Stream.of("", "/events", "/links", "/log")
              .map(part -> call("GET", "/" + id + part, null).toPrettyString())
              .collect(Collectors.joining("\n")),
          e);
    }
  }

  private Job job(long id) {
    return agents.jobsOfTask(String.valueOf(id)).get(0);
  }

  private JsonNode call(String method, String path, Object body) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/tasks" + path))
              .header(
                  "Authorization",
                  "Bearer " + Files.readString(data.resolve("first-token")).strip())
              .header("Content-Type", "application/json")
              .method(
                  method,
                  body == null
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
      return json.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
