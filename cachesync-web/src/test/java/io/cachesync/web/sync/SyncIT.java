package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.Sshd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** One migration by the REST API: a packaged console, a real sshd, agents and two servers. */
class SyncIT {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int KEYS = 2000;
  private static final Pattern STARTED = Pattern.compile("starts, process (\\d+)");

  private static Sshd sshd;
  private static ConsoleProcess console;

  @RegisterExtension
  static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0).password("source-secret");

  @RegisterExtension
  static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0).password("target-secret");

  private RestClient rest;

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
    rest = new RestClient(console.url(), console.secret("first-token"));
    long machine = addMachine();
    try (RespClient source = SOURCE.client()) {
      for (int i = 0; i < KEYS; i++) {
        source.call("SET", "key:" + i, "value " + i);
      }
      long id = create("first");
      rest.post(task(id) + "/precheck");
      awaitState(id, "READY");
      acknowledge(id);
      rest.post(task(id) + "/start");
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
      rest.post(task(id) + "/pause");
      awaitState(id, "PAUSED");
      changeOnce(source);
      rest.post(task(id) + "/resume");
      awaitInSync(id);

      rest.post(task(id) + "/stop");
      awaitState(id, "STOPPED");
      changeOnce(source);
      rest.post(task(id) + "/start");
      awaitInSync(id);
      changeOnce(source);

      rest.post(task(id) + "/finish");
      awaitState(id, "DONE");
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
      finishesAStoppedTaskAsItIs(source);
      showsItsHistoryWithoutItsMachine(id, machine);
    }
  }

  private void finishesAStoppedTaskAsItIs(RespClient source) {
    TARGET.flush();
    long id = create("second");
    rest.post(task(id) + "/precheck");
    awaitState(id, "READY");
    acknowledge(id);
    rest.post(task(id) + "/start");
    awaitInSync(id);
    rest.post(task(id) + "/stop");
    awaitState(id, "STOPPED");
    long keys = SOURCE.keys();
    String stood = standing(id);
    source.call("SET", "after the stop", "1");
    rest.post(task(id) + "/finish");
    awaitState(id, "DONE");
    assertThat(TARGET.keys()).isEqualTo(keys);
    assertThat(standing(id)).isEqualTo(stood);
    assertThat(rest.get(task(id) + "/log").toString()).contains("3 keys of ours removed");
  }

  /** Without the speeds, which the last report tells once more. */
  private String standing(long id) {
    JsonNode link = rest.get(task(id) + "/links").get(0);
    return Stream.of("phase", "keysApplied", "appliedOffset", "ledger")
        .map(name -> name + " " + link.get(name))
        .collect(Collectors.joining(", "));
  }

  private void showsItsHistoryWithoutItsMachine(long id, long machine) {
    // Refused until the console has seen that the agent ended.
    await().atMost(PATIENCE).until(() -> rest.delete("/machines/" + machine) < 300);
    JsonNode task = rest.get(task(id));
    assertThat(task.get("state").asString()).isEqualTo("DONE");
    assertThat(task.get("machine").asString()).isEqualTo("here");
    assertThat(rest.get(task(id) + "/events").toString())
        .contains("AGENT_DEAD", "REPORT_PAUSED", "REPORT_STOPPED", "REPORT_DONE");
    assertThat(rest.get(task(id) + "/log").toString())
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
        rest.post(
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
    rest.post("/machines/" + id + "/install");
    return id;
  }

  private long create(String name) {
    JsonNode task =
        rest.post(
            "/tasks",
            Map.of(
                "name",
                name,
                "machine",
                "here",
                "source",
                Map.of("address", SOURCE.address(), "password", "source-secret"),
                "target",
                Map.of("address", TARGET.address(), "password", "target-secret")));
    assertThat(task.toString()).doesNotContain("secret");
    return task.get("id").asLong();
  }

  /** A machine that is busy may warn, as of clocks that are read late. */
  private void acknowledge(long id) {
    List<String> open = new ArrayList<>();
    for (JsonNode finding : rest.get(task(id) + "/precheck").get("findings")) {
      if (finding.get("open").asBoolean()) {
        open.add(finding.get("code").asString());
      }
    }
    rest.post(task(id) + "/precheck/acknowledge", Map.of("codes", open));
  }

  /** The process id that the newest agent told in the log. */
  private long agentPid(long id) {
    Matcher matcher = STARTED.matcher(rest.get(task(id) + "/log").toString());
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
      await().atMost(PATIENCE).until(() -> condition.test(rest.get(task(id))));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          Stream.of("", "/events", "/links", "/log", "/precheck")
              .map(part -> rest.get(task(id) + part).toString())
              .collect(Collectors.joining("\n")),
          e);
    }
  }

  private static String task(long id) {
    return "/tasks/" + id;
  }
}
