package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each check on a real cluster, as target and as source: what holds at one master only is said. */
class ClusterPrecheckIT {
  private static final FilterSpec DATABASE_0 = new FilterSpec(List.of(0), false);

  private static final String CLAIM = new OwnKeys("cachesync:", "", 0, 0).clusterClaim();

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 3, 1);

  @RegisterExtension static final RedisServer SINGLE = new RedisServer(ServerVersion.V7_0);

  private final PrecheckRun run = new PrecheckRun(SINGLE, SINGLE).filter(DATABASE_0);

  @BeforeEach
  void empty() {
    SINGLE.flush();
    call(SINGLE, "CONFIG", "RESETSTAT");
    for (RedisServer master : CLUSTER.masters()) {
      call(master, "FLUSHALL");
      call(master, "CONFIG", "RESETSTAT");
      master.config("maxmemory", "0");
      master.config("maxmemory-policy", "noeviction");
    }
    for (RedisServer node : CLUSTER.nodes()) {
      allow(node, "source", SmallestRights.sourceCluster(true));
      allow(node, "target", SmallestRights.targetCluster());
    }
    allow(SINGLE, "source", SmallestRights.source(true));
    allow(SINGLE, "target", SmallestRights.target());
    run.users("source", "target", "secret");
  }

  @Test
  void passesIntoAClusterWithTheSmallestRightsAndChangesNothingThere() {
    call(SINGLE, "SET", "k", "v");
    fill();
    List<String> before = digests();

    assertThat(intoCluster().onExists(ConflictPolicy.REPLACE).go()).isEqualTo(Severity.WARNING);

    assertThat(run.codes()).containsExactlyInAnyOrder(PrecheckRun.ALL_CODES);
    assertThat(finding(PrecheckCode.TARGET_EMPTY, Severity.WARNING, "replace").values())
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
    fill();

    assertThat(outOfCluster().go()).as(run.text()).isEqualTo(Severity.PASS);

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
    intoCluster().go();
    assertThat(run.only(PrecheckCode.CROSS_SLOT).severity()).isEqualTo(Severity.PASS);

    call(SINGLE, "MSET", "a", "1", "b", "2");
    call(SINGLE, "MSET", "a", "1", "b", "2");
    call(SINGLE, "RENAME", "a", "c");
    call(SINGLE, "DEL", "b", "c");
    run.go();
    assertThat(run.assertWarning(PrecheckCode.CROSS_SLOT, "several").values())
        .containsEntry("commands", "MSET 2, RENAME 1");

    call(SINGLE, "CONFIG", "RESETSTAT");
    run.source(cluster(Map.of())).target(SINGLE.address()).go();
    assertThat(run.of(PrecheckCode.CROSS_SLOT)).as("out of a cluster").isEmpty();
  }

  /** One flush would hit what the other shards have brought. */
  @Test
  void warnsOfFlushesThatWereCountedAtAMasterOfSeveral() {
    outOfCluster().go();
    assertThat(run.only(PrecheckCode.SOURCE_COMMANDS).severity()).isEqualTo(Severity.PASS);

    call(CLUSTER.masters().get(1), "FLUSHALL");
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
      intoCluster().go();
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
    run.target(cluster(Map.of(away.address(), nowhere))).go();

    assertThat(finding(PrecheckCode.TARGET_REACHABLE, Severity.BLOCK, "master").values())
        .containsEntry("address", nowhere)
        .containsEntry("announced", away.address())
        .containsEntry("faultCode", "CONNECTION_REFUSED");
    assertThat(run.only(PrecheckCode.TARGET_RIGHTS).severity())
        .as("the others are asked all the same")
        .isEqualTo(Severity.PASS);

    Map<String, String> reached = new HashMap<>();
    CLUSTER.nodes().forEach(node -> reached.put(node.address(), "localhost:" + node.port()));
    run.target(cluster(reached)).go();
    assertThat(run.only(PrecheckCode.TARGET_REACHABLE).severity()).isEqualTo(Severity.PASS);
    assertThat(run.only(PrecheckCode.TARGET_RIGHTS).values().get("address")).contains("localhost");
  }

  @Test
  void warnsOfAReplicaThatIsNotReached() {
    RedisServer away = CLUSTER.replicas().get(0);
    run.target(cluster(Map.of(away.address(), "127.0.0.1:" + RedisServer.freePort()))).go();

    assertThat(finding(PrecheckCode.TARGET_REACHABLE, Severity.WARNING, "node").values())
        .containsEntry("announced", away.address());
  }

  @Test
  void namesTheMasterWhereTheTargetUserLacksARight() {
    RedisServer one = CLUSTER.masters().get(2);
    call(one, "ACL", "SETUSER", "target", "-@hash", "+hgetall", "+hmset", "+hset");
    intoCluster().go();
    assertThat(finding(PrecheckCode.TARGET_RIGHTS, Severity.WARNING, "writes").values())
        .containsEntry("address", one.address());

    call(one, "ACL", "SETUSER", "target", "+@hash", "-hset", "-cluster|getkeysinslot");
    run.go();
    assertThat(finding(PrecheckCode.TARGET_RIGHTS, Severity.BLOCK, "forbidden").values())
        .as("a cluster needs more")
        .containsEntry("commands", "CLUSTER GETKEYSINSLOT, HSET");

    call(one, "ACL", "SETUSER", "target", "-multi");
    run.go();
    PrecheckFinding finding = finding(PrecheckCode.TARGET_RIGHTS, Severity.BLOCK, "forbidden");
    assertThat(finding.values()).containsEntry("address", one.address());
    assertThat(finding.command()).contains("+cluster|nodes");
  }

  @Test
  void namesTheMasterWhereTheSourceUserMayNotReplicate() {
    RedisServer one = CLUSTER.masters().get(0);
    call(one, "ACL", "SETUSER", "source", "-psync");
    outOfCluster().go();

    assertThat(finding(PrecheckCode.PSYNC_PERMITTED, Severity.BLOCK, "forbidden").values())
        .containsEntry("address", one.address());
  }

  @Test
  void namesTheMasterThatDoesNotTellItsMap() {
    RedisServer one = CLUSTER.masters().get(2);
    call(one, "ACL", "SETUSER", "source", "-cluster|nodes");
    outOfCluster().go();

    assertThat(finding(PrecheckCode.SOURCE_REACHABLE, Severity.BLOCK, "master").values())
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
    outOfCluster().go();
    enough.set(true);
    writing.join();
    one.config("client-output-buffer-limit", limit);

    assertThat(finding(PrecheckCode.REPLICA_OUTPUT_BUFFER, Severity.BLOCK, "small").values())
        .containsEntry("address", one.address());
    assertThat(finding(PrecheckCode.REPLICATION_BACKLOG, Severity.WARNING, "small").values())
        .containsEntry("address", one.address());
  }

  @Test
  void warnsOfMastersOfDifferentVersions() {
    String code = "#!lua name=l\nredis.register_function('f', function() end)";
    call(SINGLE, "FUNCTION", "LOAD", "REPLACE", code);
    call(SINGLE, "FCALL", "f", "0");
    RedisServer older = node(ServerVersion.V6_2);
    RedisServer newer = node(ServerVersion.V7_0);
    try (older;
        newer) {
      call(older, "CLUSTER", "MEET", "127.0.0.1", Integer.toString(newer.port()));
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

      assertThat(finding(PrecheckCode.VERSIONS, Severity.WARNING, "unequal").values())
          .containsEntry("versions", "redis 6.2.7, redis 7.0.15");
      assertThat(finding(PrecheckCode.VERSIONS, Severity.BLOCK, "functions").values())
          .as("the oldest counts")
          .containsEntry("targetVersion", "6.2.7");
    }
  }

  @Test
  void blocksWhileASlotIsBeingMoved() {
    RedisServer from = CLUSTER.ownerOf(16_000);
    RedisServer to = CLUSTER.ownerOf(0);
    CLUSTER.beginMove(16_000, to);
    intoCluster().go();

    assertThat(finding(PrecheckCode.CLUSTER_STATE, Severity.BLOCK, "moving").values().get("slots"))
        .contains(from.address() + ": 16000", to.address() + ": 16000");
    assertThat(run.only(PrecheckCode.TARGET_RIGHTS).severity()).isEqualTo(Severity.PASS);

    call(from, "CLUSTER", "SETSLOT", "16000", "STABLE");
    call(to, "CLUSTER", "SETSLOT", "16000", "STABLE");
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
                return run.of(PrecheckCode.CLUSTER_STATE).stream()
                    .anyMatch(finding -> finding.variant().equals("uncovered"));
              });

      assertThat(finding(PrecheckCode.TARGET_REACHABLE, Severity.BLOCK, "master").values())
          .containsEntry("address", dead.address());
      assertThat(run.of(PrecheckCode.CLUSTER_STATE).toString()).contains("5461-10921");
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
    intoCluster().go();

    assertThat(finding(PrecheckCode.TARGET_MEMORY, Severity.BLOCK, "").values())
        .containsEntry("address", one.address());
    assertThat(finding(PrecheckCode.TARGET_EVICTION_POLICY, Severity.WARNING, "evicts").values())
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
    call(SINGLE, "SET", "k", "v");
    try (RespClient source = SINGLE.client()) {
      source.call("SELECT", "3");
      source.call("SET", "k", "v");
      source.call("SELECT", "5");
      source.call("SET", "k", "v");
    }
    intoCluster().filter(FilterSpec.everything()).go();
    assertThat(finding(PrecheckCode.DATABASES, Severity.BLOCK, "cluster").values())
        .containsEntry("refused", "3, 5");
    // It has no others that could be empty.
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).values()).containsEntry("databases", "0");

    run.filter(DATABASE_0).go();
    assertThat(run.only(PrecheckCode.DATABASES).severity()).isEqualTo(Severity.PASS);

    SINGLE.flush();
    run.filter(FilterSpec.everything()).go();
    finding(PrecheckCode.DATABASES, Severity.WARNING, "cluster");
  }

  /** Nothing that is there is replaced by shards that are spread, so that is not advised. */
  @Test
  void advisesOneMachineWhereShardsThatAreSpreadMeetKeys() {
    call(SINGLE, "SET", "theirs", "v");
    run.target(SINGLE.address());
    outOfCluster().slots("0-16383").go();
    assertThat(finding(PrecheckCode.TARGET_EMPTY, Severity.BLOCK, "shards").remedy())
        .contains("one machine");
  }

  @Test
  void countsTheKeysOfAllMastersAndSeesAnotherTasksClaim() {
    fill();
    intoCluster().go();
    assertThat(finding(PrecheckCode.TARGET_EMPTY, Severity.BLOCK, "refuse").values())
        .containsEntry("keys", "300");

    CLUSTER.flush();
    call(CLUSTER.ownerOf(ClusterServers.slot(CLAIM)), "SET", CLAIM, "0 b");
    run.go();
    assertThat(finding(PrecheckCode.OTHER_TASK, Severity.BLOCK, "claim").values())
        .containsEntry("task", "b");
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).severity()).isEqualTo(Severity.PASS);

    call(CLUSTER.ownerOf(ClusterServers.slot(CLAIM)), "SET", CLAIM, "0 task");
    run.go();
    assertThat(run.only(PrecheckCode.TARGET_EMPTY).variant()).isEqualTo("own");

    RedisServer last = CLUSTER.masters().get(2);
    CLUSTER.flush();
    run.otherTasks(new OtherTask("c", runId(last), List.of(0))).go();
    assertThat(finding(PrecheckCode.OTHER_TASK, Severity.BLOCK, "task").values())
        .containsEntry("task", "c");
  }

  @Test
  void blocksWhatIsNotWhatItWasGivenAs() {
    run.target(new RedisEndpoint(Topology.CLUSTER, List.of(SINGLE.address()), "target", null)).go();
    finding(PrecheckCode.TOPOLOGY, Severity.BLOCK, "target.single");

    RedisServer replica = CLUSTER.replicas().get(2);
    run.source(replica.address());
    intoCluster().go();
    finding(PrecheckCode.TOPOLOGY, Severity.BLOCK, "source.cluster");
    assertThat(finding(PrecheckCode.SOURCE_IS_NOT_TARGET, Severity.BLOCK, "same").values())
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
          .until(() -> info(replica, "replication", "master_link_status").equals("up"));
      run.users("", "", "").source(source.address());
      run.target(new RedisEndpoint(Topology.CLUSTER, old.addresses(), "", null)).go();

      finding(PrecheckCode.VERSIONS, Severity.BLOCK, "cluster");
      assertThat(finding(PrecheckCode.ROLES, Severity.WARNING, "alone").values())
          .containsEntry("address", old.addresses().get(0));
    }
  }

  @Test
  void probeTellsEachNodeMastersByTheirFirstSlotBeforeTheirReplicas() {
    fill();
    RedisServer one = CLUSTER.masters().get(1);
    one.config("maxmemory-policy", "allkeys-lru");
    CLUSTER.masters().forEach(master -> master.config("maxmemory", "100mb"));

    EndpointFacts facts = Probe.look(new ProbeSpec(cluster(Map.of()), "secret"));

    assertThat(facts.fault()).isNull();
    assertThat(facts.mode()).isEqualTo("cluster");
    assertThat(facts.keysPerDatabase()).containsExactly(Map.entry(0, 300L));
    assertThat(facts.maxMemoryBytes()).isEqualTo(300L << 20);
    assertThat(facts.maxMemoryPolicy()).isEqualTo("allkeys-lru");
    assertThat(facts.connectedReplicas()).isEqualTo(3);
    assertThat(facts.usedMemoryBytes()).isGreaterThan(facts.nodes().get(0).usedMemoryBytes());
    assertThat(facts.runId()).isEqualTo(runId(CLUSTER.masters().get(0)));
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
        Probe.look(new ProbeSpec(cluster(Map.of(away.address(), nowhere)), "secret"));

    call(CLUSTER.ownerOf(16_383), "CLUSTER", "SETSLOT", "16383", "STABLE");
    call(to, "CLUSTER", "SETSLOT", "16383", "STABLE");
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

  private PrecheckRun intoCluster() {
    return run.target(cluster(Map.of()));
  }

  private PrecheckRun outOfCluster() {
    return run.source(
        new RedisEndpoint(
            Topology.CLUSTER, List.of(CLUSTER.nodes().get(0).address()), "source", null));
  }

  private static RedisEndpoint cluster(Map<String, String> addressMap) {
    String one = CLUSTER.nodes().get(0).address();
    return new RedisEndpoint(Topology.CLUSTER, List.of(one), "target", null, addressMap);
  }

  private PrecheckFinding finding(PrecheckCode code, Severity severity, String variant) {
    List<PrecheckFinding> found =
        run.of(code).stream()
            .filter(each -> each.severity() == severity && each.variant().equals(variant))
            .toList();
    assertThat(found).as("%s of %s", code, run.text()).hasSize(1);
    assertThat(found.get(0).remedy()).isNotEmpty();
    assertThat(found.get(0).summary() + found.get(0).remedy()).doesNotContain("{", "}");
    return found.get(0);
  }

  /** A hundred keys at each master. */
  private static void fill() {
    List<RedisServer> masters = CLUSTER.masters();
    int[] left = {100, 100, 100};
    RedisServer[] owners = CLUSTER.owners();
    List<List<String[]>> commands =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; left[0] + left[1] + left[2] > 0; i++) {
      int master = masters.indexOf(owners[ClusterServers.slot("key:" + i)]);
      if (left[master] > 0) {
        left[master]--;
        commands.get(master).add(new String[] {"SET", "key:" + i, "v"});
      }
    }
    for (int i = 0; i < 3; i++) {
      masters.get(i).pipeline(commands.get(i));
    }
  }

  private static RedisServer node(ServerVersion version) {
    return new RedisServer(version).option("cluster-enabled", "yes").start();
  }

  private static void addSlots(RedisServer server, int first, int last) {
    List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
    IntStream.rangeClosed(first, last).mapToObj(Integer::toString).forEach(words::add);
    call(server, words.toArray(String[]::new));
  }

  private static List<String> digests() {
    return CLUSTER.masters().stream().map(RedisServer::digest).toList();
  }

  private static List<String> addresses(List<RedisServer> servers) {
    return servers.stream().map(RedisServer::address).toList();
  }

  private static void allow(RedisServer server, String user, String rules) {
    List<String> words = new ArrayList<>(List.of("ACL", "SETUSER", user, "reset", "on", ">secret"));
    words.addAll(List.of(rules.trim().split(" +")));
    call(server, words.toArray(String[]::new));
  }

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }

  private static String runId(RedisServer server) {
    return info(server, "server", "run_id");
  }

  private static String info(RedisServer server, String section, String field) {
    try (RespClient client = server.client()) {
      return client.info(section).get(field);
    }
  }
}
