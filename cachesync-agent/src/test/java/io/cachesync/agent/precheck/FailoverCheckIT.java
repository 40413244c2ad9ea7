package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.SentinelView;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.SentinelServers;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Masters that are just being replaced, and sentinels of different opinions. */
class FailoverCheckIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  /** The replica stands still, so that it cannot catch up and the failover waits for it. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_0"})
  void blocksASourceInTheMiddleOfAFailover(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer replica =
            new RedisServer(version).option("replicaof", "127.0.0.1 " + source.port()).start();
        RespClient client = source.client()) {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> client.info("replication").getOrDefault("slave0", "").contains("online"));
      PrecheckRun run = new PrecheckRun(source, TARGET);
      run.go();
      assertThat(run.only(PrecheckCode.FAILOVER).severity()).isEqualTo(Severity.PASS);

      replica.freeze();
      try {
        client.call("SET", "k", "v");
        client.call("FAILOVER");
        run.go();
        assertThat(run.assertBlock(PrecheckCode.FAILOVER, "running").values())
            .containsEntry("address", source.address())
            .containsEntry("state", "waiting-for-sync");
        client.call("FAILOVER", "ABORT");
      } finally {
        replica.thaw();
      }
      run.go();
      assertThat(run.only(PrecheckCode.FAILOVER).severity()).isEqualTo(Severity.PASS);

      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> client.info("replication").getOrDefault("slave0", "").contains("online"));
      try (RespClient promoted = replica.client()) {
        promoted.call("REPLICAOF", "NO", "ONE");
      }
      run.source(replica.address()).go();
      PrecheckFinding former = run.only(PrecheckCode.FAILOVER);
      assertThat(former.severity()).isEqualTo(Severity.PASS);
      assertThat(former.variant()).isEqualTo("promoted");
      assertThat(former.summary()).contains(replica.address()).doesNotContain("{");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2"})
  void asksEachSentinel(ServerVersion version) {
    try (SentinelServers source = SentinelServers.patient(version);
        RedisServer another = new RedisServer(version).start();
        RedisServer stray = SentinelServers.watching(another)) {
      PrecheckRun run = new PrecheckRun(source.master(), TARGET);
      run.source(sentinels(source.addresses())).go();
      assertThat(run.only(PrecheckCode.FAILOVER).severity())
          .as(run.text())
          .isEqualTo(Severity.PASS);

      List<String> more = new ArrayList<>(source.addresses());
      more.add(stray.address());
      more.add("127.0.0.1:" + RedisServer.freePort());
      run.source(sentinels(more)).go();
      PrecheckFinding disagree = found(run, "disagree");
      assertThat(disagree.severity()).isEqualTo(Severity.WARNING);
      assertThat(disagree.summary())
          .contains(stray.address() + ": " + another.address(), SentinelServers.NAME)
          .contains(": " + source.master().address())
          .doesNotContain("{");
      assertThat(found(run, "silent").values().get("sentinels")).contains(more.get(4));
      if (version != ServerVersion.V2_8) {
        assertThat(found(run, "quorum").values().get("sentinels"))
            .startsWith(stray.address() + ": NOQUORUM");
      }

      // Those of a source that is not the first.
      run.source(another.address()).moreSources(List.of(sentinels(more))).go();
      assertThat(found(run, "disagree").summary()).contains(stray.address());
    }
  }

  @Test
  void tellsWhatSentinelsAreAboutToDo() {
    List<PrecheckFinding> findings = new ArrayList<>();
    FailoverCheck.told(
        "orders",
        List.of(
            view(1, Set.of("master", "s_down", "o_down", "failover_in_progress")),
            view(2, Set.of("master", "s_down")),
            view(3, Set.of("master"))),
        findings);
    assertThat(findings)
        .extracting(PrecheckFinding::severity, PrecheckFinding::variant, PrecheckFinding::values)
        .containsExactly(
            tuple(Severity.BLOCK, "sentinel", Map.of("name", "orders", "sentinels", "s:1")),
            tuple(Severity.WARNING, "down", Map.of("name", "orders", "sentinels", "s:2")));
  }

  private static SentinelView view(int port, Set<String> flags) {
    return new SentinelView(new HostAndPort("s", port), null, "10.0.0.1:6379", flags, "");
  }

  private static PrecheckFinding found(PrecheckRun run, String variant) {
    return run.of(PrecheckCode.FAILOVER).stream()
        .filter(finding -> finding.variant().equals(variant))
        .findFirst()
        .orElseThrow(() -> new AssertionError(variant + " of " + run.text()));
  }

  private static RedisEndpoint sentinels(List<String> addresses) {
    return new RedisEndpoint(
        Topology.SENTINEL, addresses, "", null, Map.of(), SentinelServers.NAME, "");
  }
}
