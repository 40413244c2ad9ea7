package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * Machines that are lost while a migration runs on them: two sshds with base directories of their
 * own are two machines, and an agent that lives on while its sshd is down is the one that nobody
 * can ask or end.
 */
class TakeOverIT {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final Pattern STARTED = Pattern.compile("starts, process (\\d+)");

  private static Sshd first;
  private static Sshd second;
  private static ConsoleProcess console;
  private static RestClient rest;

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeAll
  static void start() {
    first = Sshd.start();
    second = Sshd.start();
    console = ConsoleProcess.start("cachesync.take-over-after=4s");
    rest = new RestClient(console.url(), console.secret("first-token"));
  }

  @AfterAll
  static void stop() {
    console.close();
    second.close();
    first.close();
  }

  @Test
  void goesOnElsewhereAndNeverWritesTwice() throws Exception {
    addMachine("first", first);
    addMachine("second", second);
    long id = create();
    rest.post(task(id) + "/precheck");
    awaitState(id, "READY");
    acknowledge(id);
    rest.post(task(id) + "/start");
    try (Writer writer = new Writer()) {
      awaitInSyncOn(id, "first");

      // The machine is unreachable, and its agent lives and writes on.
      ProcessHandle old = agent(id);
      Path left = jobDirectory(first);
      first.stop();
      awaitInSyncOn(id, "second");
      await().atMost(PATIENCE).until(() -> !old.isAlive());
      first.restart();
      await().atMost(PATIENCE).until(() -> Files.notExists(left));

      // Its agent is frozen while it is replaced, and wakes up to find itself fenced.
      ProcessHandle frozen = agent(id);
      Path leftAgain = jobDirectory(second);
      signal("STOP", frozen);
      second.stop();
      awaitInSyncOn(id, "first");
      signal("CONT", frozen);
      await().atMost(PATIENCE).until(() -> !frozen.isAlive());
      second.restart();
      await().atMost(PATIENCE).until(() -> Files.notExists(leftAgain));

      // The machine is lost while the task is being stopped, and its agent writes on.
      ProcessHandle unstopped = agent(id);
      first.stop();
      rest.post(task(id) + "/stop");
      awaitTask(id, task -> isOn(task, "second", "STOPPED"));
      String stopped = counterAtTarget();
      await().atMost(PATIENCE).until(() -> !unstopped.isAlive());
      assertThat(counterAtTarget()).isEqualTo(stopped);
      rest.post(task(id) + "/start");
      awaitInSyncOn(id, "second");

      // No other machine is left: a person has to say so.
      ProcessHandle dead = agent(id);
      second.stop();
      dead.destroyForcibly();
      rest.post(task(id) + "/stop");
      long machine = machineId("second");
      awaitTask(id, task -> task.at("/fault/code").asString("").equals("MACHINE_UNREACHABLE"));
      assertThat(rest.status("DELETE", "/machines/" + machine)).isEqualTo(409);
      await()
          .atMost(PATIENCE)
          .until(() -> rest.status("POST", "/machines/" + machine + "/gone") < 300);
      awaitState(id, "STOPPED");
      assertThat(rest.status("DELETE", "/machines/" + machine)).isLessThan(300);
      first.restart();
      await().atMost(PATIENCE).until(TakeOverIT::allMachinesAnswer);
      rest.post(task(id) + "/start");
      awaitInSyncOn(id, "first");
      writer.close();
      rest.post(task(id) + "/finish");
      awaitState(id, "DONE");
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
      assertThat(rest.get(task(id) + "/events").toString())
          .contains("MOVED", "not seen to stop", "first has not answered for 4 s");
    }
  }

  private static void addMachine(String name, Sshd sshd) {
    JsonNode machine =
        rest.post(
            "/machines",
            Map.of(
                "name", name,
                "host", "127.0.0.1",
                "port", sshd.port(),
                "user", sshd.user(),
                "password", Sshd.PASSWORD,
                "hostKey", sshd.fingerprint(),
                "baseDir", sshd.base().toString()));
    rest.post("/machines/" + machine.get("id").asLong() + "/install");
  }

  private static long machineId(String name) {
    for (JsonNode machine : rest.get("/machines")) {
      if (machine.get("name").asString().equals(name)) {
        return machine.get("id").asLong();
      }
    }
    throw new AssertionError("no machine " + name);
  }

  private static long create() {
    return rest.post(
            "/tasks",
            Map.of(
                "name",
                "moved",
                "machine",
                "first",
                "source",
                Map.of("address", SOURCE.address()),
                "target",
                Map.of("address", TARGET.address())))
        .get("id")
        .asLong();
  }

  /** A machine that is busy may warn, as of clocks that are read late. */
  private static void acknowledge(long id) {
    List<String> open = new ArrayList<>();
    for (JsonNode finding : rest.get(task(id) + "/precheck").get("findings")) {
      if (finding.get("open").asBoolean()) {
        open.add(finding.get("code").asString());
      }
    }
    rest.post(task(id) + "/precheck/acknowledge", Map.of("codes", open));
  }

  private static ProcessHandle agent(long id) {
    Matcher matcher = STARTED.matcher(rest.get(task(id) + "/log").toString());
    long pid = 0;
    while (matcher.find()) {
      pid = Long.parseLong(matcher.group(1));
    }
    return ProcessHandle.of(pid).orElseThrow();
  }

  private static Path jobDirectory(Sshd sshd) throws IOException {
    try (var jobs = Files.list(sshd.base().resolve("jobs"))) {
      return jobs.findFirst().orElseThrow();
    }
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static void awaitInSyncOn(long id, String machine) {
    awaitTask(
        id,
        task ->
            isOn(task, machine, "INCREMENTAL") && task.get("progress").get("inSync").asBoolean());
  }

  private static boolean isOn(JsonNode task, String machine, String state) {
    return task.get("machine").asString().equals(machine)
        && task.get("state").asString().equals(state);
  }

  private static boolean allMachinesAnswer() {
    return rest.get("/machines").findValues("fault").stream().allMatch(JsonNode::isNull);
  }

  private static String counterAtTarget() {
    try (RespClient target = TARGET.client()) {
      return target.text("GET", "counter");
    }
  }

  private static void awaitState(long id, String state) {
    awaitTask(id, task -> task.get("state").asString().equals(state));
  }

  private static void awaitTask(long id, Predicate<JsonNode> condition) {
    try {
      await().atMost(PATIENCE).until(() -> condition.test(rest.get(task(id))));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          rest.get(task(id))
              + "\n"
              + rest.get(task(id) + "/events")
              + "\n"
              + rest.get(task(id) + "/log"),
          e);
    }
  }

  private static String task(long id) {
    return "/tasks/" + id;
  }

  /** Writes all the while what must be applied exactly once. */
  private static final class Writer implements AutoCloseable {
    private final RespClient source = SOURCE.client();
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private int written;

    Writer() {
      source.call("CONFIG", "SET", "repl-backlog-size", "64mb");
      pace.scheduleAtFixedRate(this::write, 0, 10, TimeUnit.MILLISECONDS);
    }

    private void write() {
      written++;
      source.call("INCR", "counter");
      source.call("RPUSH", "list:" + written % 50, "entry " + written);
      source.call("XADD", "stream", "*", "field", "value " + written);
    }

    @Override
    public void close() throws InterruptedException {
      if (!pace.isShutdown()) {
        pace.shutdown();
        assertThat(pace.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        source.close();
      }
    }
  }
}
