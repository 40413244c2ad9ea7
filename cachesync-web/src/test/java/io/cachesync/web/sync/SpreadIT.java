package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.Sshd;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The shards of a cluster on two machines. */
class SpreadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static Sshd first;
  private static Sshd second;
  private static ConsoleProcess console;
  private static RestClient rest;

  @RegisterExtension static final ClusterServers SOURCE = new ClusterServers(ServerVersion.V7_0, 3);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeAll
  static void start() {
    first = Sshd.start();
    second = Sshd.start();
    console = ConsoleProcess.start();
    rest = new RestClient(console.url(), console.secret("first-token"));
  }

  @AfterAll
  static void stop() {
    console.close();
    second.close();
    first.close();
  }

  @Test
  void runsOnBothStopsGoesOnAndFinishes() {
    addMachine("first", first);
    addMachine("second", second);
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 41)) {
      writes.fill("key", 2_000, 20);
      writes.start();
      long id = create();
      rest.post(task(id) + "/precheck");
      awaitTask(id, task -> state(task, "READY"));
      rest.post(
          task(id) + "/precheck/acknowledge",
          Map.of("codes", List.of("SHORT_EXPIRY", "REPLICATION_BACKLOG")));
      rest.post(task(id) + "/start");
      awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
      assertThat(rest.get(task(id) + "/links").size()).isEqualTo(3);
      assertThat(rest.get("/tasks").toString()).containsOnlyOnce("\"spread\"");
      rest.post(task(id) + "/stop");
      awaitTask(id, task -> state(task, "STOPPED"));
      rest.post(task(id) + "/start");
      awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
      writes.stop();
      rest.post(task(id) + "/finish");
      awaitTask(id, task -> state(task, "DONE"));
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      assertThat(TARGET.keys()).as("keys of ours").isEqualTo(SOURCE.keys());
      assertThat(rest.get(task(id) + "/events").toString()).contains("first, second");
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

  private static long create() {
    return rest.post(
            "/tasks",
            Map.of(
                "name",
                "spread",
                "machines",
                List.of("first", "second"),
                "source",
                Map.of("address", SOURCE.addresses().get(0), "topology", "CLUSTER"),
                "target",
                Map.of("address", TARGET.address())))
        .get("id")
        .asLong();
  }

  private static boolean state(JsonNode task, String state) {
    return task.get("state").asString().equals(state);
  }

  private static boolean inSync(JsonNode task) {
    return task.get("progress").get("inSync").asBoolean();
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
}
