package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec.OtherTask;
import io.cachesync.contract.Severity;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each check on real servers: where it passes, and what it says where it must not. */
class PrecheckIT {
  @RegisterExtension static final RedisServer SOURCE = PrecheckServers.source();
  @RegisterExtension static final RedisServer TARGET = PrecheckServers.target();

  private final PrecheckRun run = PrecheckServers.run(SOURCE, TARGET);

  @BeforeEach
  void empty() {
    PrecheckServers.empty(SOURCE, TARGET);
  }

  /** Nor by another precheck, or by the start of an agent: applications did not send it. */
  @Test
  void doesNotTakeItsOwnCallsForThoseOfApplications() {
    PrecheckServers.write(SOURCE, "SET", "k", "v");
    PrecheckServers.write(SOURCE, "CONFIG", "RESETSTAT");
    try (RedisServer older = new RedisServer(ServerVersion.V6_2).start()) {
      run.users("", "", "").target(older.address());
      run.go();
      run.go();
      assertThat(PrecheckServers.info(SOURCE, "commandstats", "cmdstat_function|list")).isNotNull();
      assertThat(run.of(PrecheckCode.VERSIONS))
          .extracting(PrecheckFinding::variant)
          .doesNotContain("commands");
      PrecheckServers.write(SOURCE, "FUNCTION", "FLUSH");
      run.go();
      assertThat(run.of(PrecheckCode.VERSIONS))
          .filteredOn(finding -> finding.variant().equals("commands"))
          .singleElement()
          .satisfies(finding -> assertThat(finding.values()).containsEntry("commands", "FUNCTION"));
    }
  }

  @Test
  void passesWithTheSmallestRightsAndForksNothing() {
    PrecheckServers.write(SOURCE, "SET", "k", "v");

    assertThat(run.go()).isEqualTo(Severity.PASS);

    assertThat(run.codes()).containsExactlyInAnyOrder(PrecheckRun.CODES_OF_SINGLE_SERVERS);
    try (RespClient source = SOURCE.client()) {
      assertThat(source.info("stats"))
          .containsEntry("total_forks", "0")
          .containsEntry("sync_full", "0");
    }
    try (RespClient target = TARGET.client()) {
      assertThat(target.call("DBSIZE")).isEqualTo(0L);
    }
  }

  @Test
  void saysWhatAnOlderTargetHasNoPlaceFor() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_4).start();
        RedisServer old = new RedisServer(ServerVersion.V2_8).start()) {
      run.users("", "", "").source(source.address()).go();
      PrecheckFinding passed = run.only(PrecheckCode.VERSIONS);
      assertThat(passed.variant()).isEqualTo("older");
      assertThat(passed.values()).containsEntry("sourceRdb", "12").containsEntry("targetRdb", "10");

      PrecheckServers.write(source, "HSET", "h", "f", "v");
      PrecheckServers.write(source, "HEXPIRE", "h", "1000", "FIELDS", "1", "f");
      run.go();
      assertThat(version(Severity.BLOCK, "fields").values()).containsEntry("keys", "1");

      run.target(old.address()).go();
      assertThat(run.of(PrecheckCode.VERSIONS)).noneMatch(f -> f.variant().contains("treams"));
      PrecheckServers.write(source, "XADD", "events", "1-1", "a", "b");
      PrecheckServers.write(source, "CONFIG", "RESETSTAT");
      PrecheckServers.write(
          source, "FUNCTION", "LOAD", "#!lua name=l\nredis.register_function('f', function() end)");
      run.go();
      version(Severity.BLOCK, "streams");
      version(Severity.BLOCK, "functions");

      run.onUnsupported(UnsupportedPolicy.SKIP).go();
      version(Severity.WARNING, "streams");
      version(Severity.WARNING, "fields");
      version(Severity.WARNING, "functions");
      assertThat(run.of(PrecheckCode.VERSIONS))
          .noneMatch(finding -> finding.severity() == Severity.BLOCK);
    }
  }

  @Test
  void warnsOfScriptsOfASourceThatSendsTheirText() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start()) {
      PrecheckServers.write(source, "EVAL", "return redis.call('SET', KEYS[1], 1)", "1", "k");
      run.users("", "", "").source(source.address()).go();

      run.assertWarning(PrecheckCode.VERSIONS, "scripts");
    }
  }

  @Test
  void warnsOfCommandsThatTheTargetDoesNotKnow() {
    try (RedisServer source = new RedisServer(ServerVersion.V6_2).start();
        RedisServer target = new RedisServer(ServerVersion.V6_0).start()) {
      PrecheckServers.write(source, "SADD", "s", "m");
      PrecheckServers.write(source, "COPY", "s", "s2");
      run.users("", "", "").source(source.address()).target(target.address()).go();

      assertThat(run.assertWarning(PrecheckCode.VERSIONS, "commands").values())
          .containsEntry("commands", "COPY");
    }
  }

  @Test
  void blocksADatabaseThatTheTargetLacks() {
    try (RedisServer small = new RedisServer(ServerVersion.V7_0).option("databases", "4").start()) {
      run.users("", "", "").target(small.address());
      run.go();
      assertThat(run.assertWarning(PrecheckCode.DATABASES, "fewer").values())
          .containsEntry("refused", "4");

      try (RespClient source = SOURCE.client()) {
        source.call("SELECT", "9");
        source.call("SET", "k", "v");
      }
      run.go();
      assertThat(run.assertBlock(PrecheckCode.DATABASES, "missing").values())
          .containsEntry("refused", "9");
    }
  }

  @Test
  void warnsOfDatabasesThatHoldNothing() {
    PrecheckServers.write(SOURCE, "SET", "k", "v");
    run.filter(new FilterSpec(List.of(3), false)).go();

    assertThat(run.assertWarning(PrecheckCode.DATABASES, "nothing").values())
        .containsEntry("databases", "3")
        .containsEntry("present", "0");
  }

  @Test
  void asksThePolicyAboutATargetThatIsNotEmpty() {
    PrecheckServers.write(TARGET, "SET", "theirs", "v");
    run.go();
    assertThat(run.assertBlock(PrecheckCode.TARGET_EMPTY, "refuse").values())
        .containsEntry("keys", "1");

    run.onExists(ConflictPolicy.REPLACE).go();
    run.assertWarning(PrecheckCode.TARGET_EMPTY, "replace");
  }

  @Test
  void doesNotCountOurOwnKeysAsForeign() {
    PrecheckServers.write(TARGET, "SET", "cachesync:claim", "* task");
    run.go();

    assertThat(run.only(PrecheckCode.TARGET_EMPTY).variant()).isEqualTo("own");
  }

  @Test
  void blocksTheDatabasesOfAnotherTask() {
    run.otherTasks(
            new OtherTask("first", PrecheckServers.info(TARGET, "server", "run_id"), List.of(0, 1)))
        .go();
    assertThat(run.assertBlock(PrecheckCode.OTHER_TASK, "task").values())
        .containsEntry("task", "first");

    run.filter(new FilterSpec(List.of(2), false)).go();
    assertThat(run.only(PrecheckCode.OTHER_TASK).severity()).isEqualTo(Severity.PASS);

    PrecheckServers.write(TARGET, "SET", "cachesync:claim", "2 second");
    run.otherTasks().filter(new FilterSpec(List.of(2), false)).go();
  }

  @Test
  void blocksTheDatabasesThatAnotherTaskHasClaimed() {
    PrecheckServers.write(TARGET, "SET", "cachesync:claim", "0,2 second");
    run.filter(new FilterSpec(List.of(2, 3), false)).go();

    assertThat(run.assertBlock(PrecheckCode.OTHER_TASK, "claim").values())
        .containsEntry("task", "second");
  }

  @Test
  void goesOnWhereTheClaimOfNoTaskLies() {
    PrecheckServers.write(TARGET, "SET", "cachesync:claim", "0x");
    run.go();

    run.assertWarning(PrecheckCode.OTHER_TASK, "unmeasured");
    assertThat(run.only(PrecheckCode.SHORT_EXPIRY).severity()).isEqualTo(Severity.PASS);
  }

  @Test
  void blocksATargetWithTooLittleMemory() {
    try (RespClient source = SOURCE.client()) {
      source.call("DEBUG", "POPULATE", "20000", "key", "500");
    }
    try (RespClient target = TARGET.client()) {
      target.call("CONFIG", "SET", "maxmemory", "8mb");
    }
    run.go();
    assertThat(run.assertBlock(PrecheckCode.TARGET_MEMORY, "").command())
        .startsWith("CONFIG SET maxmemory ");
    assertThat(run.only(PrecheckCode.TARGET_EVICTION_POLICY).severity()).isEqualTo(Severity.PASS);

    PrecheckServers.write(TARGET, "SET", "cachesync:claim", "* task");
    TARGET.config("maxmemory", "20mb");
    try (RespClient target = TARGET.client()) {
      target.call("DEBUG", "POPULATE", "20000", "key", "500");
    }
    run.go();
    assertThat(run.only(PrecheckCode.TARGET_MEMORY).severity())
        .as("a task that goes on has its data there already")
        .isEqualTo(Severity.PASS);

    TARGET.flush();
    TARGET.config("maxmemory", "1gb");
    TARGET.config("maxmemory-policy", "allkeys-lru");
    run.go();
    assertThat(run.only(PrecheckCode.TARGET_MEMORY).severity()).isEqualTo(Severity.PASS);
    assertThat(run.assertWarning(PrecheckCode.TARGET_EVICTION_POLICY, "evicts").command())
        .isEqualTo("CONFIG SET maxmemory-policy noeviction");
  }

  @Test
  void measuresTheWriteRateAgainstBufferAndBacklog() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start()) {
      source.config("repl-backlog-size", "16384");
      source.config("client-output-buffer-limit", "replica 16384 16384 1");
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try (RespClient client = source.client()) {
                  while (!enough.get()) {
                    client.call("SET", "k", "v".repeat(1000));
                  }
                }
              });
      Awaitility.await().until(() -> source.keys() > 0);
      run.users("", "", "").source(source.address()).measuringLong().go();
      enough.set(true);
      writing.join();

      assertThat(run.assertBlock(PrecheckCode.REPLICA_OUTPUT_BUFFER, "small").command())
          .matches("CONFIG SET client-output-buffer-limit \"replica \\d+ \\d+ 60\"");
      PrecheckFinding backlog = run.assertWarning(PrecheckCode.REPLICATION_BACKLOG, "small");
      try (RespClient client = source.client()) {
        String[] words = backlog.command().split(" ");
        assertThat(client.call(words)).isEqualTo("OK");
      }
      run.relayMaxBytes(1).go();
      run.assertWarning(PrecheckCode.AGENT_DISK, "short");
    }
  }

  @Test
  void warnsOfShortExpiryTimes() {
    PrecheckServers.write(SOURCE, "SET", "k", "v", "EX", "600");
    Awaitility.await()
        .until(() -> !PrecheckServers.info(SOURCE, "keyspace", "db0").endsWith("avg_ttl=0"));
    run.go();
    run.assertWarning(PrecheckCode.SHORT_EXPIRY, "short");

    SOURCE.flush();
    PrecheckServers.write(SOURCE, "SET", "k", "v", "EX", "7200");
    Awaitility.await()
        .until(() -> !PrecheckServers.info(SOURCE, "keyspace", "db0").endsWith("avg_ttl=0"));
    run.go();
    assertThat(run.only(PrecheckCode.SHORT_EXPIRY).severity()).isEqualTo(Severity.PASS);
  }

  /** As of a machine that stands still for a moment. */
  @Test
  void takesALateAnswerForNoOtherClock() {
    try (FaultProxy late = new FaultProxy(TARGET.port())) {
      late.holdRepliesFrom("\r\nTIME\r\n");
      CompletableFuture<Void> later = CompletableFuture.runAsync(() -> answerLater(late));
      run.target("127.0.0.1:" + late.port()).go();
      later.join();
      assertThat(run.only(PrecheckCode.CLOCK_SKEW).severity()).isEqualTo(Severity.PASS);
    }
  }

  private static void answerLater(FaultProxy late) {
    Awaitility.await().until(late::repliesHeld);
    Instant later = Instant.now().plusMillis(1500);
    Awaitility.await().until(() -> Instant.now().isAfter(later));
    late.resume();
  }

  @Test
  void warnsWhereTheConsolesClockDiffers() {
    run.consoleMillis(System.currentTimeMillis() - 3_600_000).go();

    run.assertWarning(PrecheckCode.CLOCK_SKEW, "machine");
  }

  private PrecheckFinding version(Severity severity, String variant) {
    return run.of(PrecheckCode.VERSIONS).stream()
        .filter(each -> each.severity() == severity && each.variant().equals(variant))
        .findFirst()
        .orElseThrow(() -> new AssertionError(run.of(PrecheckCode.VERSIONS)));
  }
}
