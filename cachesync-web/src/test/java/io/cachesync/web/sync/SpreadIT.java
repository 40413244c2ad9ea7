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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The shards of a cluster on two machines. */
class SpreadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private static Sshd first;
  private static Sshd second;
  private static ConsoleProcess console;
  private static RestClient rest;

  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3).patient().option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeAll
  static void start() {
    first = Sshd.start();
    second = Sshd.start();
    console = ConsoleProcess.start("cachesync.take-over-after=4s");
    rest = new RestClient(console.url(), console.secret("first-token"));
    addMachine("first", first);
    addMachine("second", second);
  }

  @AfterAll
  static void stop() {
    console.close();
    second.close();
    first.close();
  }

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
    await().atMost(PATIENCE).until(SpreadIT::allMachinesAnswer);
  }

  @Test
  void runsOnBothStopsGoesOnAndFinishes() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 41)) {
      writes.fill("key", 2_000, 20);
      writes.gently().start();
      long id = ready("spread");
      rest.post(task(id) + "/start");
      awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
      assertThat(rest.get(task(id) + "/links").size()).isEqualTo(3);
      assertThat(rest.get("/tasks").toString()).containsOnlyOnce("\"spread\"");
      JsonNode parts = rest.get(task(id)).get("parts");
      assertThat(parts)
          .extracting(part -> part.get("machine").asString())
          .containsExactly("first", "second");
      assertThat(parts).flatExtracting(part -> links(part)).containsExactlyInAnyOrder(0, 1, 2);
      rest.post(task(id) + "/stop");
      awaitTask(id, task -> state(task, "STOPPED"));
      rest.post(task(id) + "/start");
      awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
      finish(id, writes);
      assertThat(rest.get(task(id) + "/events").toString()).contains("first, second");
    }
  }

  @Test
  void isStoppedAsSoonAsItsPartsAreOnTheirWay() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 42)) {
      writes.fill("key", 500, 20);
      writes.gently().start();
      long id = ready("stopped");
      rest.post(task(id) + "/start");
      await()
          .atMost(PATIENCE)
          .until(() -> rest.get(task(id) + "/events").toString().contains("PLACED"));
      rest.post(task(id) + "/stop");
      awaitTask(id, task -> state(task, "STOPPED"));
      assertThat(rest.get(task(id)).get("parts"))
          .allMatch(part -> part.get("state").asString().equals("STOPPED"));
      rest.post(task(id) + "/start");
      awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
      finish(id, writes);
    }
  }

  @Test
  void goesOnWhereAMachineIsLost() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 43)) {
      writes.fill("key", 500, 20);
      writes.gently().start();
      long id = ready("lost");
      rest.post(task(id) + "/start");
      awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
      second.stop();
      // That of another test may be about to end.
      await().atMost(PATIENCE).until(() -> agentsOf(second).size() == 1);
      List<ProcessHandle> agents = agentsOf(second);
      agents.forEach(ProcessHandle::destroyForcibly);
      awaitTask(id, task -> onFirst(task) && state(task, "INCREMENTAL") && inSync(task));
      assertThat(rest.get(task(id) + "/events").toString())
          .contains("MOVED", "second has not answered for 4 s");
      second.restart();
      await().atMost(PATIENCE).until(SpreadIT::allMachinesAnswer);
      spreadAnew(id);
      finish(id, writes);
    } finally {
      second.restart();
    }
  }

  /** From where its parts are on one machine, and from the checkpoints: nothing is copied again. */
  private static void spreadAnew(long id) {
    rest.post(task(id) + "/stop");
    awaitTask(id, task -> state(task, "STOPPED"));
    long copies = fullSyncs(id);
    rest.put(task(id) + "/machines", Map.of("machines", List.of("first", "second")));
    assertThat(rest.get(task(id)).get("parts")).isEmpty();
    rest.post(task(id) + "/start");
    awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
    assertThat(rest.get(task(id)).get("parts"))
        .extracting(part -> part.get("machine").asString())
        .containsExactly("first", "second");
    assertThat(fullSyncs(id)).isEqualTo(copies);
  }

  private static long fullSyncs(long id) {
    return rest.get(task(id) + "/events").findValues("what").stream()
        .filter(what -> what.asString().equals("REPORT_FULL_SYNC"))
        .count();
  }

  @Test
  void goesOnAsOneJobWhereSlotsMoveAndIsSpreadAgain() {
    List<RedisServer> masters = SOURCE.masters();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 44)) {
      writes.fill("key", 2_000, 20);
      writes.gently().start();
      long id = ready("resharded");
      rest.post(task(id) + "/start");
      awaitTask(id, task -> state(task, "INCREMENTAL") && inSync(task));
      int slot = ClusterServers.slot("key:1");
      RedisServer from = SOURCE.ownerOf(slot);
      RedisServer to = from == masters.get(0) ? masters.get(1) : masters.get(0);
      SOURCE.moveSlot(slot, to);
      awaitTask(
          id, task -> task.get("parts").isEmpty() && state(task, "INCREMENTAL") && inSync(task));
      assertThat(rest.get(task(id) + "/events").toString()).contains("the shards go on in one job");
      rest.post(task(id) + "/stop");
      awaitTask(id, task -> state(task, "STOPPED"));
      rest.put(task(id) + "/machines", Map.of("machines", List.of("second", "first")));
      rest.post(task(id) + "/start");
      awaitTask(
          id, task -> task.get("parts").size() == 2 && state(task, "INCREMENTAL") && inSync(task));
      finish(id, writes);
    }
  }

  private static boolean onFirst(JsonNode task) {
    for (JsonNode part : task.get("parts")) {
      if (!part.get("machine").asString().equals("first")) {
        return false;
      }
    }
    return !task.get("parts").isEmpty();
  }

  private static List<Integer> links(JsonNode part) {
    List<Integer> links = new ArrayList<>();
    part.get("links").forEach(link -> links.add(link.asInt()));
    return links;
  }

  private static List<ProcessHandle> agentsOf(Sshd sshd) {
    return ProcessHandle.allProcesses()
        .filter(process -> words(process).contains(sshd.base() + "/jobs/"))
        .filter(process -> words(process).contains("java"))
        .toList();
  }

  private static String words(ProcessHandle process) {
    return process.info().commandLine().orElse("");
  }

  private static long ready(String name) {
    long id = create(name);
    rest.post(task(id) + "/precheck");
    awaitTask(id, task -> state(task, "READY"));
    List<String> open = new ArrayList<>();
    for (JsonNode finding : rest.get(task(id) + "/precheck").get("findings")) {
      if (finding.get("open").asBoolean()) {
        open.add(finding.get("code").asString());
      }
    }
    rest.post(task(id) + "/precheck/acknowledge", Map.of("codes", open));
    return id;
  }

  private static void finish(long id, ClusterWrites writes) {
    writes.stop();
    rest.post(task(id) + "/finish");
    awaitTask(id, task -> state(task, "DONE"));
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    assertThat(TARGET.keys()).as("keys of ours").isEqualTo(SOURCE.keys());
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

  private static long create(String name) {
    return rest.post(
            "/tasks",
            Map.of(
                "name",
                name,
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

  private static boolean allMachinesAnswer() {
    return rest.get("/machines").findValues("fault").stream().allMatch(JsonNode::isNull);
  }
}
