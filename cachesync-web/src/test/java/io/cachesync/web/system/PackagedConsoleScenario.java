package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.Browser;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.DatabaseServer;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.Sshd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The jar as it is shipped, on a real database, with real servers around it. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class PackagedConsoleScenario {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension
  final RedisServer sourceServer = new RedisServer(ServerVersion.V7_0).password("source-secret");

  @RegisterExtension
  final RedisServer targetServer = new RedisServer(ServerVersion.V7_0).password("target-secret");

  private final Supplier<DatabaseServer> databases;
  private Sshd sshd;
  private DatabaseServer database;
  private ConsoleProcess console;
  private String[] settings;

  PackagedConsoleScenario(Supplier<DatabaseServer> databases) {
    this.databases = databases;
  }

  @BeforeAll
  void start() {
    sshd = Sshd.start();
    database = databases.get();
    settings =
        new String[] {
          "spring.datasource.url=" + database.createDatabase("cachesync"),
          "spring.datasource.username=root",
          "spring.datasource.password="
        };
    console = ConsoleProcess.start(settings);
  }

  @AfterAll
  void stop() {
    if (console != null) {
      console.close();
    }
    if (database != null) {
      database.close();
    }
    if (sshd != null) {
      sshd.close();
    }
  }

  @Test
  void signsTheFirstAdminInAndKeepsTheSessionOverARestart() {
    Browser browser = new Browser(console.url());
    String generated = console.secret("initial-admin-password");

    assertThat(browser.signIn("admin", generated).body()).contains("Change your password");
    String own = "a-password-of-my-own";
    assertThat(
            browser
                .post("/account/password", "current", generated, "password", own, "repeated", own)
                .body())
        .contains("Your password is changed.");

    console.restart();

    assertThat(browser.get("/users").statusCode()).isEqualTo(200);
    assertThat(browser.get("/audit").body()).contains("Password changed");
    assertThat(console.log()).doesNotContain(generated).doesNotContain(own);
  }

  @Test
  void aSecondConsoleSharesTheDatabaseGivenTheSameKey() {
    try (ConsoleProcess second = ConsoleProcess.start(withKey(console.secret("secret.key")))) {
      assertThat(new Browser(second.url()).get("/sign-in").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void migratesFromTheFirstRequestToTheLast() {
    try (RespClient source = sourceServer.client()) {
      for (int i = 0; i < 1000; i++) {
        source.call("HSET", "hash:" + i, "field", "value " + i);
      }
      source.call("SET", "short", "lived", "EX", "5000");

      RestClient rest = new RestClient(console.url(), console.secret("first-token"));
      addMachine(rest);
      addEndpoint(rest, "old", sourceServer, "source-secret");
      addEndpoint(rest, "new", targetServer, "target-secret");
      String task = "/tasks/" + addTask(rest);
      rest.post(task + "/precheck");
      await(rest, task, answer -> !answer.get("state").asString().equals("PRECHECKING"));
      acknowledgeWarnings(rest, task + "/precheck");
      rest.post(task + "/start");
      await(rest, task, PackagedConsoleScenario::inSync);

      source.call("RPUSH", "list", "written", "meanwhile");
      source.call("DEL", "hash:0");
      rest.post(task + "/finish");
      await(rest, task, answer -> answer.get("state").asString().equals("DONE"));

      assertThat(targetServer.digest()).isEqualTo(sourceServer.digest());
      DatasetComparer.assertEqual(sourceServer, targetServer);
      assertThat(console.log()).doesNotContain("source-secret").doesNotContain("target-secret");
    }
  }

  private void addMachine(RestClient rest) {
    JsonNode machine =
        rest.post(
            "/machines",
            Map.of(
                "name",
                "here",
                "host",
                "127.0.0.1",
                "port",
                sshd.port(),
                "user",
                sshd.user(),
                "privateKey",
                sshd.privateKey(),
                "baseDir",
                sshd.base().toString(),
                "hostKey",
                sshd.fingerprint()));
    String path = "/machines/" + machine.get("id").asLong();
    for (String action : List.of("/test", "/install")) {
      JsonNode steps = rest.post(path + action);
      assertThat(steps.get(steps.size() - 1).get("state").asString())
          .as(steps.toPrettyString())
          .isEqualTo("PASS");
    }
  }

  private static void addEndpoint(
      RestClient rest, String name, RedisServer server, String password) {
    rest.post(
        "/endpoints", Map.of("name", name, "addresses", server.address(), "password", password));
  }

  private static long addTask(RestClient rest) {
    return rest.post(
            "/tasks",
            Map.of(
                "name",
                "move",
                "machine",
                "here",
                "source",
                Map.of("endpoint", "old"),
                "target",
                Map.of("endpoint", "new")))
        .get("id")
        .asLong();
  }

  private static void acknowledgeWarnings(RestClient rest, String precheck) {
    List<String> open = new ArrayList<>();
    for (JsonNode finding : rest.get(precheck).get("findings")) {
      if (finding.get("open").asBoolean()) {
        open.add(finding.get("code").asString());
      }
    }
    JsonNode result = rest.post(precheck + "/acknowledge", Map.of("codes", open));
    assertThat(result.get("mayStart").asBoolean()).as(result.toPrettyString()).isTrue();
  }

  private static boolean inSync(JsonNode task) {
    return task.get("state").asString().equals("INCREMENTAL")
        && task.get("progress").get("inSync").asBoolean();
  }

  private static void await(RestClient rest, String task, Predicate<JsonNode> condition) {
    try {
      Awaitility.await().atMost(PATIENCE).until(() -> condition.test(rest.get(task)));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          rest.get(task).toPrettyString() + rest.get(task + "/log").toPrettyString(), e);
    }
  }

  private String[] withKey(String key) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = "CACHESYNC_SECRET_KEY=" + key;
    return all;
  }
}
