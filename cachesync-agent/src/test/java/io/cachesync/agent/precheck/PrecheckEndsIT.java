package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks of which servers the ends are: reached, of what role, one or several sources. */
class PrecheckEndsIT {
  @RegisterExtension static final RedisServer SOURCE = PrecheckServers.source();
  @RegisterExtension static final RedisServer TARGET = PrecheckServers.target();

  private final PrecheckRun run = PrecheckServers.run(SOURCE, TARGET);

  @BeforeEach
  void empty() {
    PrecheckServers.empty(SOURCE, TARGET);
  }

  @Test
  void asksEachOfSeveralSourcesAndTheTargetOnce() {
    PrecheckServers.write(SOURCE, "SET", "k", "v");
    // A flush that was counted is a warning where there are several.
    PrecheckServers.write(SOURCE, "CONFIG", "RESETSTAT");
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

      PrecheckServers.write(TARGET, "SET", "theirs", "v");
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
    PrecheckServers.write(SOURCE, "SET", "k", "v");
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
    PrecheckServers.write(SOURCE, "SET", "k", "v");
    try (RedisServer second = new RedisServer(ServerVersion.V6_2).start();
        RedisServer replica =
            new RedisServer(ServerVersion.V7_0)
                .option("replicaof", "127.0.0.1 " + TARGET.port())
                .start()) {
      Awaitility.await()
          .until(() -> PrecheckServers.info(replica, "replication", "role").equals("slave"));
      run.users("", "", "").moreSources(second.address()).target(replica.address()).go();

      PrecheckFinding finding = run.assertBlock(PrecheckCode.ROLES, "target");
      assertThat(run.of(PrecheckCode.ROLES)).containsExactly(finding);
      assertThat(finding.source()).isEmpty();
    }
  }

  /** What the target lacks it lacks for each of them. */
  @Test
  void tellsOnceWhatTheTargetLacksForAllSources() {
    PrecheckServers.write(SOURCE, "SET", "k", "v");
    try (RedisServer second = new RedisServer(ServerVersion.V7_0).start();
        RedisServer small = new RedisServer(ServerVersion.V7_0).option("databases", "4").start()) {
      PrecheckServers.write(second, "SET", "other", "v");
      small.config("proto-max-bulk-len", "1mb");
      run.users("", "", "").moreSources(second.address()).target(small.address()).go();

      assertThat(run.assertWarning(PrecheckCode.DATABASES, "fewer").source()).isEmpty();
      assertThat(run.assertWarning(PrecheckCode.TARGET_LIMITS, "small").source()).isEmpty();
      assertThat(run.only(PrecheckCode.VERSIONS).source()).isEmpty();
      // What only one of them has is told of that one.
      PrecheckServers.write(second, "CONFIG", "SET", "proto-max-bulk-len", "1mb");
      run.go();
      assertThat(run.of(PrecheckCode.TARGET_LIMITS))
          .extracting(PrecheckFinding::source, PrecheckFinding::severity)
          .containsExactly(
              tuple(SOURCE.address(), Severity.WARNING), tuple(second.address(), Severity.PASS));
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
          .until(
              () ->
                  PrecheckServers.info(replica, "replication", "master_link_status").equals("up"));

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
          .until(
              () ->
                  PrecheckServers.info(replica, "replication", "master_link_status").equals("up"));
      run.users("", "", "").source(replica.address()).go();
      assertThat(run.only(PrecheckCode.ROLES).variant()).isEqualTo("replica");

      master.kill();
      Awaitility.await()
          .until(
              () ->
                  PrecheckServers.info(replica, "replication", "master_link_status")
                      .equals("down"));
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
          .until(
              () ->
                  PrecheckServers.info(replica, "replication", "master_link_status").equals("up"));
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
  void probeTellsFactsOrTheFault() {
    PrecheckServers.write(SOURCE, "SET", "k", "v");
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
}
