package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckSpec.OtherTask;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a cluster is made of and what it holds, as a precheck and a probe tell it. */
class ClusterStatePrecheckIT {
  private static final String CLAIM = new OwnKeys("cachesync:", "", 0, 0).clusterClaim();

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
  void warnsOfMastersOfDifferentVersions() {
    String code = "#!lua name=l\nredis.register_function('f', function() end)";
    ClusterPrecheckRun.call(SINGLE, "FUNCTION", "LOAD", "REPLACE", code);
    ClusterPrecheckRun.call(SINGLE, "FCALL", "f", "0");
    RedisServer older = node(ServerVersion.V6_2);
    RedisServer newer = node(ServerVersion.V7_0);
    try (older;
        newer) {
      ClusterPrecheckRun.call(
          older, "CLUSTER", "MEET", "127.0.0.1", Integer.toString(newer.port()));
      RedisEndpoint endpoint =
          new RedisEndpoint(Topology.CLUSTER, List.of(older.address()), "", null);
      addSlots(older, 0, 8191);
      addSlots(newer, 8192, 16_383);
      run.users("", "", "").target(endpoint);
      Awaitility.await()
          .pollInterval(Duration.ofMillis(200))
          .until(
              () ->
                  run.go() != null
                      && run.of(PrecheckCode.VERSIONS).stream()
                          .anyMatch(each -> each.variant().equals("unequal")));

      assertThat(ends.finding(PrecheckCode.VERSIONS, Severity.WARNING, "unequal").values())
          .containsEntry("versions", "redis 6.2.7, redis 7.0.15");
      assertThat(ends.finding(PrecheckCode.VERSIONS, Severity.BLOCK, "functions").values())
          .as("the oldest counts")
          .containsEntry("targetVersion", "6.2.7");
    }
  }

  @Test
  void blocksWhileASlotIsBeingMoved() {
    RedisServer from = CLUSTER.ownerOf(16_000);
    RedisServer to = CLUSTER.ownerOf(0);
    CLUSTER.beginMove(16_000, to);
    ends.intoCluster().go();

    assertThat(
            ends.finding(PrecheckCode.CLUSTER_STATE, Severity.BLOCK, "moving")
                .values()
                .get("slots"))
        .contains(from.address() + ": 16000", to.address() + ": 16000");
    assertThat(run.only(PrecheckCode.TARGET_RIGHTS).severity()).isEqualTo(Severity.PASS);

    ClusterPrecheckRun.call(from, "CLUSTER", "SETSLOT", "16000", "STABLE");
    ClusterPrecheckRun.call(to, "CLUSTER", "SETSLOT", "16000", "STABLE");
    run.go();
    assertThat(run.only(PrecheckCode.CLUSTER_STATE).severity()).isEqualTo(Severity.PASS);
  }

  @Test
  void blocksWhileAMasterIsAway() {
    try (ClusterServers small =
        new ClusterServers(ServerVersion.V7_0, 3).option("cluster-node-timeout", "500").start()) {
      RedisServer dead = small.masters().get(1);
      dead.kill();
      List<String> known = List.of(dead.address(), small.masters().get(0).address());
      RedisEndpoint endpoint = new RedisEndpoint(Topology.CLUSTER, known, "", null);
      run.users("", "", "").target(endpoint);
      Awaitility.await()
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                run.go();
                // Of no other slots: a master that is slow may be taken for gone for a moment.
                return run.of(PrecheckCode.CLUSTER_STATE).stream()
                    .anyMatch(
                        finding ->
                            finding.variant().equals("uncovered")
                                && finding.toString().contains("5461-10921"));
              });

      assertThat(ends.finding(PrecheckCode.TARGET_REACHABLE, Severity.BLOCK, "master").values())
          .containsEntry("address", dead.address());
    }
  }

  @Test
  void weighsMemoryAndEvictionAtEachMaster() {
    try (RespClient source = SINGLE.client()) {
      source.call("DEBUG", "POPULATE", "30000", "key", "500");
    }
    RedisServer one = CLUSTER.masters().get(1);
    one.config("maxmemory", "6mb");
    one.config("maxmemory-policy", "allkeys-lru");
    CLUSTER.masters().get(2).config("maxmemory", "1gb");
    ends.intoCluster().go();

    assertThat(ends.finding(PrecheckCode.TARGET_MEMORY, Severity.BLOCK, "").values())
        .containsEntry("address", one.address());
    assertThat(
            ends.finding(PrecheckCode.TARGET_EVICTION_POLICY, Severity.WARNING, "evicts").values())
        .containsEntry("address", one.address());

    one.config("maxmemory", "20mb");
    run.go();
    assertThat(run.of(PrecheckCode.TARGET_MEMORY))
        .as("its third of the data fits")
        .hasSize(2)
        .allMatch(finding -> finding.severity() == Severity.PASS);
  }

  @Test
  void blocksOtherDatabasesThanTheFirst() {
    ClusterPrecheckRun.call(SINGLE, "SET", "k", "v");
    try (RespClient source = SINGLE.client()) {
      source.call("SELECT", "3");
      source.call("SET", "k", "v");
      source.call("SELECT", "5");
      source.call("SET", "k", "v");
    }
    ends.intoCluster().filter(FilterSpec.everything()).go();
    assertThat(ends.finding(PrecheckCode.DATABASES, Severity.BLOCK, "cluster").values())
        .containsEntry("refused", "3, 5");
    // It has no others that could be empty.
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).values()).containsEntry("databases", "0");

    run.filter(ClusterPrecheckRun.DATABASE_0).go();
    assertThat(run.only(PrecheckCode.DATABASES).severity()).isEqualTo(Severity.PASS);

    SINGLE.flush();
    run.filter(FilterSpec.everything()).go();
    ends.finding(PrecheckCode.DATABASES, Severity.WARNING, "cluster");
  }

  /** Nothing that is there is replaced by shards that are spread, so that is not advised. */
  @Test
  void advisesOneMachineWhereShardsThatAreSpreadMeetKeys() {
    ClusterPrecheckRun.call(SINGLE, "SET", "theirs", "v");
    run.target(SINGLE.address());
    ends.outOfCluster().slots("0-16383").go();
    assertThat(ends.finding(PrecheckCode.TARGET_EMPTY, Severity.BLOCK, "shards").remedy())
        .contains("one machine");
  }

  @Test
  void countsTheKeysOfAllMastersAndSeesAnotherTasksClaim() {
    ends.fill();
    ends.intoCluster().go();
    assertThat(ends.finding(PrecheckCode.TARGET_EMPTY, Severity.BLOCK, "refuse").values())
        .containsEntry("keys", "300");

    CLUSTER.flush();
    ClusterPrecheckRun.call(CLUSTER.ownerOf(ClusterServers.slot(CLAIM)), "SET", CLAIM, "0 b");
    run.go();
    assertThat(ends.finding(PrecheckCode.OTHER_TASK, Severity.BLOCK, "claim").values())
        .containsEntry("task", "b");
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).severity()).isEqualTo(Severity.PASS);

    ClusterPrecheckRun.call(CLUSTER.ownerOf(ClusterServers.slot(CLAIM)), "SET", CLAIM, "0 task");
    run.go();
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).variant()).isEqualTo("own");

    RedisServer last = CLUSTER.masters().get(2);
    CLUSTER.flush();
    run.otherTasks(new OtherTask("c", ClusterPrecheckRun.runId(last), List.of(0))).go();
    assertThat(ends.finding(PrecheckCode.OTHER_TASK, Severity.BLOCK, "task").values())
        .containsEntry("task", "c");
  }

  /** Its key may be at the node already that takes the slot. */
  @Test
  void findsItsClaimInASlotThatIsBeingMoved() {
    int slot = ClusterServers.slot(CLAIM);
    RedisServer from = CLUSTER.ownerOf(slot);
    RedisServer to = CLUSTER.ownerOf(slot < 8192 ? 16_000 : 0);
    ClusterPrecheckRun.call(from, "SET", CLAIM, "0 task");
    CLUSTER.beginMove(slot, to);
    assertThat(CLUSTER.moveKeys(slot, to, 1)).isOne();
    // The rights that are asked for have no ASKING.
    ends.intoCluster().users("", "", "").go();
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).variant()).isEqualTo("own");
    ends.finding(PrecheckCode.CLUSTER_STATE, Severity.WARNING, "moving");

    CLUSTER.endMove(slot, to);
    run.go();
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).variant()).isEqualTo("own");
    CLUSTER.moveSlot(slot, from);
  }

  @Test
  void blocksWhatIsNotWhatItWasGivenAs() {
    run.target(new RedisEndpoint(Topology.CLUSTER, List.of(SINGLE.address()), "target", null)).go();
    ends.finding(PrecheckCode.TOPOLOGY, Severity.BLOCK, "target.single");

    RedisServer replica = CLUSTER.replicas().get(2);
    run.source(replica.address());
    ends.intoCluster().go();
    ends.finding(PrecheckCode.TOPOLOGY, Severity.BLOCK, "source.cluster");
    assertThat(ends.finding(PrecheckCode.SOURCE_IS_NOT_TARGET, Severity.BLOCK, "same").values())
        .containsEntry("target", replica.address());
  }

  @Test
  void blocksAClusterThatIsTooOldAndWarnsWhereMastersAreAlone() {
    try (ClusterServers old = new ClusterServers(ServerVersion.V3_2, 1).start();
        RedisServer source = new RedisServer(ServerVersion.V3_2).start();
        RedisServer replica =
            new RedisServer(ServerVersion.V3_2)
                .option("slaveof", "127.0.0.1 " + source.port())
                .start()) {
      Awaitility.await()
          .until(
              () ->
                  ClusterPrecheckRun.info(replica, "replication", "master_link_status")
                      .equals("up"));
      run.users("", "", "").source(source.address());
      run.target(new RedisEndpoint(Topology.CLUSTER, old.addresses(), "", null)).go();

      ends.finding(PrecheckCode.VERSIONS, Severity.BLOCK, "cluster");
      assertThat(ends.finding(PrecheckCode.ROLES, Severity.WARNING, "alone").values())
          .containsEntry("address", old.addresses().get(0));
    }
  }

  @Test
  void probeTellsEachNodeMastersByTheirFirstSlotBeforeTheirReplicas() {
    ends.fill();
    RedisServer one = CLUSTER.masters().get(1);
    one.config("maxmemory-policy", "allkeys-lru");
    CLUSTER.masters().forEach(master -> master.config("maxmemory", "100mb"));

    EndpointFacts facts = Probe.look(new ProbeSpec(ends.cluster(Map.of()), "secret"));

    assertThat(facts.fault()).isNull();
    assertThat(facts.mode()).isEqualTo("cluster");
    assertThat(facts.keysPerDatabase()).containsExactly(Map.entry(0, 300L));
    assertThat(facts.maxMemoryBytes()).isEqualTo(300L << 20);
    assertThat(facts.maxMemoryPolicy()).isEqualTo("allkeys-lru");
    assertThat(facts.connectedReplicas()).isEqualTo(3);
    assertThat(facts.usedMemoryBytes()).isGreaterThan(facts.nodes().get(0).usedMemoryBytes());
    assertThat(facts.runId()).isEqualTo(ClusterPrecheckRun.runId(CLUSTER.masters().get(0)));
    assertThat(facts.nodes()).hasSize(6).allMatch(node -> node.fault() == null);
    for (int i = 0; i < 3; i++) {
      NodeFacts master = facts.nodes().get(2 * i);
      NodeFacts replica = facts.nodes().get(2 * i + 1);
      RedisServer expected = CLUSTER.masters().get(i);
      assertThat(master.address()).isEqualTo(expected.address());
      assertThat(master.nodeId()).isEqualTo(CLUSTER.id(expected));
      assertThat(master.slots()).isBetween(5461, 5462);
      assertThat(List.of(master.role(), replica.role())).containsExactly("master", "slave");
      assertThat(replica.masterId()).isEqualTo(master.nodeId());
      assertThat(master.keys()).isEqualTo(100);
      assertThat(master.replOffset()).isPositive();
    }
  }

  @Test
  void probeTellsWhichNodeCannotBeReachedAndWhereASlotIsOpen() {
    RedisServer away = CLUSTER.masters().get(1);
    RedisServer to = CLUSTER.masters().get(0);
    String nowhere = "127.0.0.1:" + RedisServer.freePort();
    CLUSTER.beginMove(16_383, to);

    EndpointFacts facts =
        Probe.look(new ProbeSpec(ends.cluster(Map.of(away.address(), nowhere)), "secret"));

    ClusterPrecheckRun.call(CLUSTER.ownerOf(16_383), "CLUSTER", "SETSLOT", "16383", "STABLE");
    ClusterPrecheckRun.call(to, "CLUSTER", "SETSLOT", "16383", "STABLE");
    assertThat(facts.fault()).isNull();
    NodeFacts node = facts.nodes().get(2);
    assertThat(node.fault().code()).isEqualTo(FaultCode.CONNECTION_REFUSED);
    assertThat(node.address()).isEqualTo(nowhere);
    assertThat(node.announced()).isEqualTo(away.address());
    assertThat(node.slots()).isEqualTo(5461);
    assertThat(node.keys()).isEqualTo(-1);
    assertThat(facts.nodes().stream().map(NodeFacts::openSlots)).containsExactly(1, 0, -1, 0, 1, 0);
  }

  @Test
  void probeRefusesASingleServerThatWasGivenAsACluster() {
    EndpointFacts facts =
        Probe.look(
            new ProbeSpec(
                new RedisEndpoint(Topology.CLUSTER, List.of(SINGLE.address()), "", null), ""));

    assertThat(facts.fault().code()).isEqualTo(FaultCode.NOT_A_CLUSTER);
    assertThat(facts.fault().message()).contains(SINGLE.address());
  }

  private static RedisServer node(ServerVersion version) {
    return new RedisServer(version).option("cluster-enabled", "yes").start();
  }

  private static void addSlots(RedisServer server, int first, int last) {
    List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
    IntStream.rangeClosed(first, last).mapToObj(Integer::toString).forEach(words::add);
    ClusterPrecheckRun.call(server, words.toArray(String[]::new));
  }
}
