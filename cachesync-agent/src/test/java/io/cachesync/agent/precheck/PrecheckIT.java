package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec.OtherTask;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import io.cachesync.contract.Topology;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each check on real servers: where it passes, and what it says where it must not. */
class PrecheckIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0).user("mig", "on >secret " + SmallestRights.source(true));

  @RegisterExtension
  static final RedisServer TARGET =
      new RedisServer(ServerVersion.V7_0).user("mig", "on >secret " + SmallestRights.target());

  private final PrecheckRun run = new PrecheckRun(SOURCE, TARGET).users("mig", "mig", "secret");

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
    try (RespClient target = TARGET.client()) {
      target.call("CONFIG", "SET", "maxmemory", "0");
      target.call("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }
  }

  @Test
  void asksEachOfSeveralSourcesAndTheTargetOnce() {
    write(SOURCE, "SET", "k", "v");
    // A flush that was counted is a warning where there are several.
    write(SOURCE, "CONFIG", "RESETSTAT");
    try (RedisServer second = new RedisServer(ServerVersion.V6_2).start()) {
      run.users("", "", "").moreSources(second.address());

      assertThat(run.go()).as(run.text()).isEqualTo(Severity.PASS);
      assertThat(run.of(PrecheckCode.PSYNC_PERMITTED))
          .extracting(PrecheckFinding::source)
          .containsExactly(SOURCE.address(), second.address());
      assertThat(run.only(PrecheckCode.TARGET_EMPTY).source()).isEmpty();
      assertThat(run.only(PrecheckCode.FAILOVER).source()).isEmpty();
      assertThat(run.only(PrecheckCode.CONNECTIONS).values())
          .as("one for each link beside the ten")
          .containsEntry("agent", "12");

      write(TARGET, "SET", "theirs", "v");
      run.onExists(ConflictPolicy.REPLACE).go();
      assertThat(run.assertBlock(PrecheckCode.TARGET_EMPTY, "sources").remedy())
          .doesNotContain("replace");
    }
    run.moreSources("127.0.0.1:" + RedisServer.freePort(), "localhost:" + SOURCE.port()).go();
    assertThat(run.of(PrecheckCode.SOURCE_REACHABLE))
        .extracting(PrecheckFinding::severity)
        .containsExactly(Severity.PASS, Severity.BLOCK, Severity.PASS);
    assertThat(run.of(PrecheckCode.SOURCE_IS_NOT_TARGET))
        .extracting(PrecheckFinding::variant)
        .containsExactly("twice", "", "");
  }

  /** Each is asked for its role, whichever of them comes first. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void blocksAReplicaWithoutItsMasterAmongSeveralSources(boolean first) {
    write(SOURCE, "SET", "k", "v");
    try (RedisServer replica =
        new RedisServer(ServerVersion.V6_2)
            .option("replicaof", "127.0.0.1 " + RedisServer.freePort())
            .start()) {
      run.users("", "", "").source(first ? replica.address() : SOURCE.address());
      run.moreSources(first ? SOURCE.address() : replica.address());
      assertThat(run.go()).as(run.text()).isEqualTo(Severity.BLOCK);
      assertThat(run.of(PrecheckCode.ROLES))
          .extracting(PrecheckFinding::source, PrecheckFinding::severity)
          .containsExactlyInAnyOrder(
              tuple(SOURCE.address(), Severity.PASS), tuple(replica.address(), Severity.BLOCK));
    }
  }

  @Test
  void tellsOnceOfATargetThatIsAReplica() {
    write(SOURCE, "SET", "k", "v");
    try (RedisServer second = new RedisServer(ServerVersion.V6_2).start();
        RedisServer replica =
            new RedisServer(ServerVersion.V7_0)
                .option("replicaof", "127.0.0.1 " + TARGET.port())
                .start()) {
      Awaitility.await().until(() -> info(replica, "replication", "role").equals("slave"));
      run.users("", "", "").moreSources(second.address()).target(replica.address()).go();

      PrecheckFinding finding = run.assertBlock(PrecheckCode.ROLES, "target");
      assertThat(run.of(PrecheckCode.ROLES)).containsExactly(finding);
      assertThat(finding.source()).isEmpty();
    }
  }

  /** What the target lacks it lacks for each of them. */
  @Test
  void tellsOnceWhatTheTargetLacksForAllSources() {
    write(SOURCE, "SET", "k", "v");
    try (RedisServer second = new RedisServer(ServerVersion.V7_0).start();
        RedisServer small = new RedisServer(ServerVersion.V7_0).option("databases", "4").start()) {
      write(second, "SET", "other", "v");
      small.config("proto-max-bulk-len", "1mb");
      run.users("", "", "").moreSources(second.address()).target(small.address()).go();

      assertThat(run.assertWarning(PrecheckCode.DATABASES, "fewer").source()).isEmpty();
      assertThat(run.assertWarning(PrecheckCode.TARGET_LIMITS, "small").source()).isEmpty();
      assertThat(run.only(PrecheckCode.VERSIONS).source()).isEmpty();
      // What only one of them has is told of that one.
      write(second, "CONFIG", "SET", "proto-max-bulk-len", "1mb");
      run.go();
      assertThat(run.of(PrecheckCode.TARGET_LIMITS))
          .extracting(PrecheckFinding::source, PrecheckFinding::severity)
          .containsExactly(
              tuple(SOURCE.address(), Severity.WARNING), tuple(second.address(), Severity.PASS));
    }
  }

  /** Nor by another precheck, or by the start of an agent: applications did not send it. */
  @Test
  void doesNotTakeItsOwnCallsForThoseOfApplications() {
    write(SOURCE, "SET", "k", "v");
    write(SOURCE, "CONFIG", "RESETSTAT");
    try (RedisServer older = new RedisServer(ServerVersion.V6_2).start()) {
      run.users("", "", "").target(older.address());
      run.go();
      run.go();
      assertThat(info(SOURCE, "commandstats", "cmdstat_function|list")).isNotNull();
      assertThat(run.of(PrecheckCode.VERSIONS))
          .extracting(PrecheckFinding::variant)
          .doesNotContain("commands");
      write(SOURCE, "FUNCTION", "FLUSH");
      run.go();
      assertThat(run.of(PrecheckCode.VERSIONS))
          .filteredOn(finding -> finding.variant().equals("commands"))
          .singleElement()
          .satisfies(finding -> assertThat(finding.values()).containsEntry("commands", "FUNCTION"));
    }
  }

  @Test
  void passesWithTheSmallestRightsAndForksNothing() {
    write(SOURCE, "SET", "k", "v");

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
  void blocksAWrongPassword() {
    run.users("mig", "mig", "wrong").go();

    PrecheckFinding finding = run.only(PrecheckCode.SOURCE_REACHABLE);
    assertThat(finding.severity()).isEqualTo(Severity.BLOCK);
    assertThat(finding.values()).containsEntry("faultCode", "AUTH_FAILED");
    assertThat(finding.summary()).contains(SOURCE.address()).doesNotContain("wrong");
  }

  @Test
  void blocksAnAddressWhereNothingListens() {
    run.target("127.0.0.1:" + RedisServer.freePort()).go();

    assertThat(run.only(PrecheckCode.SOURCE_REACHABLE).severity()).isEqualTo(Severity.PASS);
    assertThat(run.only(PrecheckCode.TARGET_REACHABLE).values())
        .containsEntry("faultCode", "CONNECTION_REFUSED");
  }

  @Test
  void blocksTheSourceAsTargetByAnotherAddress() {
    run.users("", "", "").target("localhost:" + SOURCE.port()).go();

    run.assertBlock(PrecheckCode.SOURCE_IS_NOT_TARGET, "same");
  }

  @Test
  void blocksAReplicaOfTheSourceAsTarget() {
    try (RedisServer replica =
        new RedisServer(ServerVersion.V7_0)
            .option("replicaof", "127.0.0.1 " + SOURCE.port())
            .start()) {
      Awaitility.await()
          .until(() -> info(replica, "replication", "master_link_status").equals("up"));

      run.users("", "", "").target(replica.address()).go();

      run.assertBlock(PrecheckCode.SOURCE_IS_NOT_TARGET, "replicating");
      run.assertBlock(PrecheckCode.ROLES, "target");
      run.assertBlock(PrecheckCode.TARGET_RIGHTS, "refused");
    }
  }

  @Test
  void acceptsAReplicaAsSourceUntilItsLinkIsDown() {
    RedisServer master = new RedisServer(ServerVersion.V7_0).start();
    try (master;
        RedisServer replica =
            new RedisServer(ServerVersion.V7_0)
                .option("replicaof", "127.0.0.1 " + master.port())
                .start()) {
      Awaitility.await()
          .until(() -> info(replica, "replication", "master_link_status").equals("up"));
      run.users("", "", "").source(replica.address()).go();
      assertThat(run.only(PrecheckCode.ROLES).variant()).isEqualTo("replica");

      master.kill();
      Awaitility.await()
          .until(() -> info(replica, "replication", "master_link_status").equals("down"));
      run.go();
      run.assertBlock(PrecheckCode.ROLES, "link");
    }
  }

  @Test
  void warnsOfAReplicaWhoseMasterCannotBeAskedFromHere() {
    RedisServer master = new RedisServer(ServerVersion.V7_0).start();
    try (master;
        RedisServer replica =
            new RedisServer(ServerVersion.V7_0)
                .option("replicaof", "127.0.0.1 " + master.port())
                .start()) {
      Awaitility.await()
          .until(() -> info(replica, "replication", "master_link_status").equals("up"));
      run.users("", "", "").source(replica.address());
      try (RespClient client = master.client()) {
        client.call("CONFIG", "SET", "requirepass", "of its own");
      }
      run.go();
      PrecheckFinding unasked = run.only(PrecheckCode.ROLES);
      assertThat(unasked.severity()).isEqualTo(Severity.WARNING);
      assertThat(unasked.variant()).isEqualTo("unasked");
      assertThat(unasked.values()).containsEntry("master", master.address());

      Map<String, String> elsewhere = Map.of(master.address(), SOURCE.address());
      run.source(
          new RedisEndpoint(Topology.STANDALONE, List.of(replica.address()), "", null, elsewhere));
      run.go();
      assertThat(run.only(PrecheckCode.ROLES).variant()).isEqualTo("elsewhere");
    }
  }

  @Test
  void blocksANodeOfAClusterGivenAsStandalone() {
    try (RedisServer cluster =
        new RedisServer(ServerVersion.V7_0).option("cluster-enabled", "yes").start()) {
      run.users("", "", "").target(cluster.address()).go();

      assertThat(run.assertBlock(PrecheckCode.TOPOLOGY, "target.cluster").values())
          .containsEntry("mode", "cluster");
      for (PrecheckCode code : List.of(PrecheckCode.TARGET_RIGHTS, PrecheckCode.DATABASES)) {
        PrecheckFinding finding = run.assertWarning(code, "unchecked");
        assertThat(finding.summary()).startsWith("Not checked: ").contains("cluster");
        assertThat(finding.command()).isEmpty();
      }
      EndpointFacts facts = Probe.look(new ProbeSpec(PrecheckRun.at(cluster.address(), ""), ""));
      assertThat(facts.fault()).isNull();
      assertThat(facts.mode()).isEqualTo("cluster");
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

      write(source, "HSET", "h", "f", "v");
      write(source, "HEXPIRE", "h", "1000", "FIELDS", "1", "f");
      run.go();
      assertThat(version(Severity.BLOCK, "fields").values()).containsEntry("keys", "1");

      run.target(old.address()).go();
      assertThat(run.of(PrecheckCode.VERSIONS)).noneMatch(f -> f.variant().contains("treams"));
      write(source, "XADD", "events", "1-1", "a", "b");
      write(source, "CONFIG", "RESETSTAT");
      write(
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
      write(source, "EVAL", "return redis.call('SET', KEYS[1], 1)", "1", "k");
      run.users("", "", "").source(source.address()).go();

      run.assertWarning(PrecheckCode.VERSIONS, "scripts");
    }
  }

  @Test
  void warnsOfCommandsThatTheTargetDoesNotKnow() {
    try (RedisServer source = new RedisServer(ServerVersion.V6_2).start();
        RedisServer target = new RedisServer(ServerVersion.V6_0).start()) {
      write(source, "SADD", "s", "m");
      write(source, "COPY", "s", "s2");
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
    write(SOURCE, "SET", "k", "v");
    run.filter(new FilterSpec(List.of(3), false)).go();

    assertThat(run.assertWarning(PrecheckCode.DATABASES, "nothing").values())
        .containsEntry("databases", "3")
        .containsEntry("present", "0");
  }

  @Test
  void asksThePolicyAboutATargetThatIsNotEmpty() {
    write(TARGET, "SET", "theirs", "v");
    run.go();
    assertThat(run.assertBlock(PrecheckCode.TARGET_EMPTY, "refuse").values())
        .containsEntry("keys", "1");

    run.onExists(ConflictPolicy.REPLACE).go();
    run.assertWarning(PrecheckCode.TARGET_EMPTY, "replace");
  }

  @Test
  void doesNotCountOurOwnKeysAsForeign() {
    write(TARGET, "SET", "cachesync:claim", "* task");
    run.go();

    assertThat(run.only(PrecheckCode.TARGET_EMPTY).variant()).isEqualTo("own");
  }

  @Test
  void blocksTheDatabasesOfAnotherTask() {
    run.otherTasks(new OtherTask("first", info(TARGET, "server", "run_id"), List.of(0, 1))).go();
    assertThat(run.assertBlock(PrecheckCode.OTHER_TASK, "task").values())
        .containsEntry("task", "first");

    run.filter(new FilterSpec(List.of(2), false)).go();
    assertThat(run.only(PrecheckCode.OTHER_TASK).severity()).isEqualTo(Severity.PASS);

    write(TARGET, "SET", "cachesync:claim", "2 second");
    run.otherTasks().filter(new FilterSpec(List.of(2), false)).go();
  }

  @Test
  void blocksTheDatabasesThatAnotherTaskHasClaimed() {
    write(TARGET, "SET", "cachesync:claim", "0,2 second");
    run.filter(new FilterSpec(List.of(2, 3), false)).go();

    assertThat(run.assertBlock(PrecheckCode.OTHER_TASK, "claim").values())
        .containsEntry("task", "second");
  }

  @Test
  void goesOnWhereTheClaimOfNoTaskLies() {
    write(TARGET, "SET", "cachesync:claim", "0x");
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

    write(TARGET, "SET", "cachesync:claim", "* task");
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
      run.users("", "", "").source(source.address()).go();
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
    write(SOURCE, "SET", "k", "v", "EX", "600");
    Awaitility.await().until(() -> !info(SOURCE, "keyspace", "db0").endsWith("avg_ttl=0"));
    run.go();
    run.assertWarning(PrecheckCode.SHORT_EXPIRY, "short");

    SOURCE.flush();
    write(SOURCE, "SET", "k", "v", "EX", "7200");
    Awaitility.await().until(() -> !info(SOURCE, "keyspace", "db0").endsWith("avg_ttl=0"));
    run.go();
    assertThat(run.only(PrecheckCode.SHORT_EXPIRY).severity()).isEqualTo(Severity.PASS);
  }

  @Test
  void warnsWhereTheConsolesClockDiffers() {
    run.consoleMillis(System.currentTimeMillis() - 3_600_000).go();

    run.assertWarning(PrecheckCode.CLOCK_SKEW, "machine");
  }

  @Test
  void probeTellsFactsOrTheFault() {
    write(SOURCE, "SET", "k", "v");
    EndpointFacts facts =
        Probe.look(new ProbeSpec(PrecheckRun.at(SOURCE.address(), "mig"), "secret"));
    assertThat(facts.fault()).isNull();
    assertThat(facts.version()).isEqualTo("7.0.15");
    assertThat(facts.role()).isEqualTo("master");
    assertThat(facts.keysPerDatabase()).containsEntry(0, 1L);
    assertThat(facts.backlogBytes()).isPositive();

    assertThat(
            Probe.look(new ProbeSpec(PrecheckRun.at("no-such-host.invalid:1", ""), ""))
                .fault()
                .code())
        .isEqualTo(FaultCode.ADDRESS_UNKNOWN);
  }

  private PrecheckFinding version(Severity severity, String variant) {
    return run.of(PrecheckCode.VERSIONS).stream()
        .filter(each -> each.severity() == severity && each.variant().equals(variant))
        .findFirst()
        .orElseThrow(() -> new AssertionError(run.of(PrecheckCode.VERSIONS)));
  }

  private static void write(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }

  private static String info(RedisServer server, String section, String field) {
    try (RespClient client = server.client()) {
      return client.info(section).getOrDefault(field, "avg_ttl=0");
    }
  }
}
