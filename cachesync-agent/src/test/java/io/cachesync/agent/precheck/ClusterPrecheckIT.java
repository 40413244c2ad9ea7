package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each check on a real cluster, as target and as source: what holds at one master only is said. */
class ClusterPrecheckIT {
  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 3, 1).patient();

  @RegisterExtension static final RedisServer SINGLE = new RedisServer(ServerVersion.V7_0);

  private final ClusterPrecheckRun ends = new ClusterPrecheckRun(CLUSTER, SINGLE);
  private final PrecheckRun run = ends.run();

  @BeforeEach
  void empty() {
    ends.empty();
  }

  @Test
  void passesIntoAClusterWithTheSmallestRightsAndChangesNothingThere() {
    ClusterPrecheckRun.call(SINGLE, "SET", "k", "v");
    ends.fill();
    List<String> before = digests();

    assertThat(ends.intoCluster().onExists(ConflictPolicy.REPLACE).go())
        .isEqualTo(Severity.WARNING);

    assertThat(run.codes()).containsExactlyInAnyOrder(PrecheckRun.ALL_CODES);
    assertThat(ends.finding(PrecheckCode.TARGET_EMPTY, Severity.WARNING, "replace").values())
        .containsEntry("keys", "300");
    assertThat(run.text()).doesNotContain("code=ROLES", "code=TARGET_RIGHTS", "code=CLUSTER_STATE");
    assertThat(run.only(PrecheckCode.CLUSTER_STATE).values())
        .containsEntry("masters", "3")
        .containsEntry("replicas", "3");
    assertThat(digests()).isEqualTo(before);

    CLUSTER.flush();
    assertThat(run.go()).as(run.text()).isEqualTo(Severity.PASS);
    assertThat(digests()).containsOnly("0".repeat(40));
  }

  @Test
  void passesOutOfAClusterAndForksNothing() {
    ends.fill();

    assertThat(ends.outOfCluster().go()).as(run.text()).isEqualTo(Severity.PASS);

    assertThat(run.only(PrecheckCode.PSYNC_PERMITTED).values().get("address"))
        .contains(addresses(CLUSTER.masters()));
    for (RedisServer master : CLUSTER.masters()) {
      try (RespClient client = master.client()) {
        assertThat(client.info("replication")).containsEntry("connected_slaves", "1");
        assertThat(client.info("keyspace").get("db0")).startsWith("keys=100,");
      }
    }
  }

  @Test
  void warnsOfCommandsThatAClusterTakesInOneSlotOnly() {
    ends.intoCluster().go();
    assertThat(run.only(PrecheckCode.CROSS_SLOT).severity()).isEqualTo(Severity.PASS);

    ClusterPrecheckRun.call(SINGLE, "MSET", "a", "1", "b", "2");
    ClusterPrecheckRun.call(SINGLE, "MSET", "a", "1", "b", "2");
    ClusterPrecheckRun.call(SINGLE, "RENAME", "a", "c");
    ClusterPrecheckRun.call(SINGLE, "DEL", "b", "c");
    run.go();
    assertThat(run.assertWarning(PrecheckCode.CROSS_SLOT, "several").values())
        .containsEntry("commands", "MSET 2, RENAME 1");

    ClusterPrecheckRun.call(SINGLE, "CONFIG", "RESETSTAT");
    run.source(ends.cluster(Map.of())).target(SINGLE.address()).go();
    assertThat(run.of(PrecheckCode.CROSS_SLOT)).as("out of a cluster").isEmpty();
  }

  /** One flush would hit what the other shards have brought. */
  @Test
  void warnsOfFlushesThatWereCountedAtAMasterOfSeveral() {
    ends.outOfCluster().go();
    assertThat(run.only(PrecheckCode.SOURCE_COMMANDS).severity()).isEqualTo(Severity.PASS);

    ClusterPrecheckRun.call(CLUSTER.masters().get(1), "FLUSHALL");
    run.go();
    assertThat(run.assertWarning(PrecheckCode.SOURCE_COMMANDS, "several").values())
        .containsEntry("commands", "FLUSHALL 1");
  }

  /** Each node of a cluster is asked for its own limits. */
  @Test
  void namesTheMasterThatTakesSmallerValues() {
    RedisServer one = CLUSTER.masters().get(1);
    one.config("proto-max-bulk-len", "2mb");
    try {
      ends.intoCluster().go();
      assertThat(run.assertWarning(PrecheckCode.TARGET_LIMITS, "small").values())
          .containsEntry("address", one.address())
          .containsEntry("limit", "2.0 MB");
    } finally {
      one.config("proto-max-bulk-len", "512mb");
    }
  }

  @Test
  void namesTheMasterThatIsNotReachedWhereItSaysAndFindsItByTheAddressMap() {
    RedisServer away = CLUSTER.masters().get(1);
    String nowhere = "127.0.0.1:" + RedisServer.freePort();
    run.target(ends.cluster(Map.of(away.address(), nowhere))).go();

    assertThat(ends.finding(PrecheckCode.TARGET_REACHABLE, Severity.BLOCK, "master").values())
        .containsEntry("address", nowhere)
        .containsEntry("announced", away.address())
        .containsEntry("faultCode", "CONNECTION_REFUSED");
    assertThat(run.only(PrecheckCode.TARGET_RIGHTS).severity())
        .as("the others are asked all the same")
        .isEqualTo(Severity.PASS);

    Map<String, String> reached = new HashMap<>();
    CLUSTER.nodes().forEach(node -> reached.put(node.address(), "localhost:" + node.port()));
    run.target(ends.cluster(reached)).go();
    assertThat(run.only(PrecheckCode.TARGET_REACHABLE).severity()).isEqualTo(Severity.PASS);
    assertThat(run.only(PrecheckCode.TARGET_RIGHTS).values().get("address")).contains("localhost");
  }

  @Test
  void warnsOfAReplicaThatIsNotReached() {
    RedisServer away = CLUSTER.replicas().get(0);
    run.target(ends.cluster(Map.of(away.address(), "127.0.0.1:" + RedisServer.freePort()))).go();

    assertThat(ends.finding(PrecheckCode.TARGET_REACHABLE, Severity.WARNING, "node").values())
        .containsEntry("announced", away.address());
  }

  @Test
  void namesTheMasterWhereTheTargetUserLacksARight() {
    RedisServer one = CLUSTER.masters().get(2);
    ClusterPrecheckRun.call(
        one, "ACL", "SETUSER", "target", "-@hash", "+hgetall", "+hmset", "+hset");
    ends.intoCluster().go();
    assertThat(ends.finding(PrecheckCode.TARGET_RIGHTS, Severity.WARNING, "writes").values())
        .containsEntry("address", one.address());

    ClusterPrecheckRun.call(
        one, "ACL", "SETUSER", "target", "+@hash", "-hset", "-cluster|getkeysinslot");
    run.go();
    assertThat(ends.finding(PrecheckCode.TARGET_RIGHTS, Severity.BLOCK, "forbidden").values())
        .as("a cluster needs more")
        .containsEntry("commands", "CLUSTER GETKEYSINSLOT, HSET");

    ClusterPrecheckRun.call(one, "ACL", "SETUSER", "target", "-multi");
    run.go();
    PrecheckFinding finding = ends.finding(PrecheckCode.TARGET_RIGHTS, Severity.BLOCK, "forbidden");
    assertThat(finding.values()).containsEntry("address", one.address());
    assertThat(finding.command()).contains("+cluster|nodes");
  }

  @Test
  void namesTheMasterWhereTheSourceUserMayNotReplicate() {
    RedisServer one = CLUSTER.masters().get(0);
    ClusterPrecheckRun.call(one, "ACL", "SETUSER", "source", "-psync");
    ends.outOfCluster().go();

    assertThat(ends.finding(PrecheckCode.PSYNC_PERMITTED, Severity.BLOCK, "forbidden").values())
        .containsEntry("address", one.address());
  }

  @Test
  void namesTheMasterThatDoesNotTellItsMap() {
    RedisServer one = CLUSTER.masters().get(2);
    ClusterPrecheckRun.call(one, "ACL", "SETUSER", "source", "-cluster|nodes");
    ends.outOfCluster().go();

    assertThat(ends.finding(PrecheckCode.SOURCE_REACHABLE, Severity.BLOCK, "master").values())
        .containsEntry("address", one.address())
        .containsEntry("faultCode", "NO_PERMISSION");
  }

  @Test
  void measuresBufferAndBacklogAtTheMasterThatIsWrittenTo() {
    RedisServer one = CLUSTER.ownerOf(ClusterServers.slot("k"));
    String limit = "replica 268435456 67108864 60";
    one.config("client-output-buffer-limit", "replica 16384 16384 1");
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try (RespClient client = one.client()) {
                while (!enough.get()) {
                  client.call("SET", "k", "v".repeat(1000));
                }
              }
            });
    Awaitility.await().until(() -> one.keys() > 0);
    ends.outOfCluster().measuringLong().go();
    enough.set(true);
    writing.join();
    one.config("client-output-buffer-limit", limit);

    assertThat(ends.finding(PrecheckCode.REPLICA_OUTPUT_BUFFER, Severity.BLOCK, "small").values())
        .containsEntry("address", one.address());
    assertThat(ends.finding(PrecheckCode.REPLICATION_BACKLOG, Severity.WARNING, "small").values())
        .containsEntry("address", one.address());
  }

  private static List<String> digests() {
    return CLUSTER.masters().stream().map(RedisServer::digest).toList();
  }

  private static List<String> addresses(List<RedisServer> servers) {
    return servers.stream().map(RedisServer::address).toList();
  }
}
