package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of a source beyond its rights: its snapshot, its commands, its memory. */
class SourceChecksIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0"})
  void warnsOfASourceWhoseSnapshotFailedUntilOneSucceeds(ServerVersion version) throws IOException {
    try (RedisServer source =
        new RedisServer(version)
            .option("dbfilename", "dump.rdb")
            .option("repl-diskless-sync", "no")
            .start()) {
      write(source, "SET", "k", "v");
      Path inTheWay = Files.createDirectories(source.folder().resolve("dump.rdb").resolve("x"));
      write(source, "BGSAVE");
      awaitSaved(source, "err");
      PrecheckRun run = new PrecheckRun(source, TARGET);
      run.go();
      PrecheckFinding failed = run.assertWarning(PrecheckCode.SOURCE_SNAPSHOT, "failed");
      assertThat(failed.summary()).contains(source.address()).doesNotContain("{");

      source.config("repl-diskless-sync", "yes");
      run.go();
      if (version == ServerVersion.V2_8) {
        assertThat(run.of(PrecheckCode.SOURCE_SNAPSHOT))
            .extracting(PrecheckFinding::severity, PrecheckFinding::variant)
            .containsExactly(tuple(Severity.BLOCK, "offset"), tuple(Severity.WARNING, "failed"));
        write(source, run.of(PrecheckCode.SOURCE_SNAPSHOT).get(0).command().split(" "));
      } else {
        run.assertWarning(PrecheckCode.SOURCE_SNAPSHOT, "failed");
      }

      Files.delete(inTheWay);
      Files.delete(inTheWay.getParent());
      write(source, failed.command());
      awaitSaved(source, "ok");
      run.go();
      PrecheckFinding passed = run.only(PrecheckCode.SOURCE_SNAPSHOT);
      assertThat(passed.severity()).isEqualTo(Severity.PASS);
      assertThat(passed.values()).containsEntry("timeout", "60");
      assertThat(passed.summary()).doesNotContain("{");
    }
  }

  @Test
  void aFailedSnapshotIsToldWhereTheSettingsMayNotBeRead() throws IOException {
    try (RedisServer source =
        new RedisServer(ServerVersion.V7_0)
            .option("dbfilename", "dump.rdb")
            .option("repl-diskless-sync", "no")
            .user("noconfig", "on nopass " + SmallestRights.source(true) + " -config|get")
            .start()) {
      PrecheckRun run = new PrecheckRun(source, TARGET).users("noconfig", "", "");
      run.go();
      PrecheckFinding unread = run.only(PrecheckCode.SOURCE_SNAPSHOT);
      assertThat(unread.severity()).isEqualTo(Severity.PASS);
      assertThat(unread.variant()).isEqualTo("unread");

      Files.createDirectories(source.folder().resolve("dump.rdb").resolve("x"));
      write(source, "SET", "k", "v");
      write(source, "BGSAVE");
      awaitSaved(source, "err");
      run.go();
      run.assertWarning(PrecheckCode.SOURCE_SNAPSHOT, "failed");
    }
  }

  @Test
  void warnsOfASnapshotThatIsBeingMade() {
    try (RedisServer source =
        new RedisServer(ServerVersion.V7_0).option("rdb-key-save-delay", "100000000").start()) {
      write(source, "SET", "k", "v");
      write(source, "BGSAVE");
      PrecheckRun run = new PrecheckRun(source, TARGET);
      run.go();
      assertThat(run.assertWarning(PrecheckCode.SOURCE_SNAPSHOT, "busy").values())
          .containsEntry("what", "BGSAVE");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void warnsOfLinksThatAreGivenUpEarlyOrHeardSeldom(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start()) {
      source.config("repl-timeout", "15");
      PrecheckRun run = new PrecheckRun(source, TARGET);
      run.go();
      PrecheckFinding early = run.assertWarning(PrecheckCode.SOURCE_SNAPSHOT, "timeout");
      assertThat(early.values()).containsEntry("timeout", "15");
      write(source, early.command().split(" "));

      String name =
          version == ServerVersion.V2_8 ? "repl-ping-slave-period" : "repl-ping-replica-period";
      source.config(name, "25");
      run.go();
      PrecheckFinding seldom = run.assertWarning(PrecheckCode.SOURCE_SNAPSHOT, "ping");
      write(source, seldom.command().split(" "));
      run.go();
      assertThat(run.only(PrecheckCode.SOURCE_SNAPSHOT).severity()).isEqualTo(Severity.PASS);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void tellsOfFlushesWhereTheyWouldStopTheTask(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start()) {
      PrecheckRun run = new PrecheckRun(source, TARGET).onExists(ConflictPolicy.REPLACE);
      run.go();
      assertThat(run.only(PrecheckCode.SOURCE_COMMANDS).variant()).isEmpty();

      write(source, "EVAL", "return 1", "0");
      write(source, "FLUSHALL");
      write(source, "FLUSHDB");
      write(source, "FLUSHALL");
      run.go();
      PrecheckFinding carried = run.only(PrecheckCode.SOURCE_COMMANDS);
      assertThat(carried.severity()).isEqualTo(Severity.PASS);
      assertThat(carried.variant()).isEqualTo("carried");
      assertThat(carried.values())
          .containsEntry("commands", "FLUSHALL 2, FLUSHDB 1")
          .containsEntry("scripts", "1");

      run.filter(new FilterSpec(List.of(0), false)).go();
      run.assertWarning(PrecheckCode.SOURCE_COMMANDS, "beyond");
      FilterSpec without =
          new FilterSpec(
              List.of(0),
              List.of(),
              Map.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of("flushall", "flushdb"),
              List.of(),
              false);
      run.filter(without).go();
      assertThat(run.only(PrecheckCode.SOURCE_COMMANDS).variant()).isEmpty();

      run.filter(FilterSpec.everything());
      write(TARGET, "SET", "theirs", "v");
      run.go();
      run.assertWarning(PrecheckCode.SOURCE_COMMANDS, "others");

      // Claimed by this task, but beside what was there.
      String node = new OwnKeys("cachesync:", "task", 0, 0).node();
      write(TARGET, "SET", "cachesync:claim", "* task");
      write(TARGET, "HSET", node, "owned", "no");
      run.go();
      run.assertWarning(PrecheckCode.SOURCE_COMMANDS, "others");
      write(TARGET, "HSET", node, "owned", "yes");
      run.go();
      assertThat(run.only(PrecheckCode.SOURCE_COMMANDS).variant()).isEqualTo("carried");
    } finally {
      TARGET.flush();
    }
  }

  @Test
  void tellsOfASwapThatTheTargetHasNoCommandFor() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer old = new RedisServer(ServerVersion.V3_2).start()) {
      write(source, "SWAPDB", "0", "1");
      PrecheckRun run = new PrecheckRun(source, old);
      run.go();
      run.assertWarning(PrecheckCode.SOURCE_COMMANDS, "swap");
      run.target(TARGET.address()).go();
      assertThat(run.only(PrecheckCode.SOURCE_COMMANDS).variant()).isEqualTo("carried");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void warnsOfASourceThatRemovesKeysForWantOfMemory(ServerVersion version) {
    try (RedisServer source =
        new RedisServer(version)
            .option("maxmemory", "4mb")
            .option("maxmemory-policy", "allkeys-random")
            .start()) {
      PrecheckRun run = new PrecheckRun(source, TARGET);
      run.go();
      assertThat(run.only(PrecheckCode.SOURCE_EVICTION).variant()).isEmpty();

      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try (RespClient client = source.client()) {
                  for (int i = 0; !enough.get(); i++) {
                    client.call("SET", "k" + i, "v".repeat(10_000));
                  }
                }
              });
      Awaitility.await().atMost(PATIENCE).until(() -> evicted(source) > 0);
      run.measuringLong().go();
      enough.set(true);
      writing.join();
      // What the next one needs for its connections must not take a key its place.
      source.config("maxmemory", "100000000");
      PrecheckFinding evicts = run.assertWarning(PrecheckCode.SOURCE_EVICTION, "evicts");
      assertThat(evicts.values()).containsEntry("policy", "allkeys-random");

      run.go();
      PrecheckFinding former = run.only(PrecheckCode.SOURCE_EVICTION);
      assertThat(former.severity()).isEqualTo(Severity.PASS);
      assertThat(former.variant()).isEqualTo("former");
    }
  }

  private static long evicted(RedisServer server) {
    try (RespClient client = server.client()) {
      return Long.parseLong(client.info("stats").get("evicted_keys"));
    }
  }

  private static void awaitSaved(RedisServer server, String status) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (RespClient client = server.client()) {
                return client.info("persistence").get("rdb_last_bgsave_status").equals(status);
              }
            });
  }

  private static void write(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }
}
