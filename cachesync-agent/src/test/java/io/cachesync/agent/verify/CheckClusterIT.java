package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster and a single server compared, either of them as the source. */
class CheckClusterIT {
  private static final int KEYS = 500;

  @RegisterExtension static final RedisServer SINGLE = new RedisServer(ServerVersion.V7_4);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 3).patient();

  @Test
  void findsWhatIsUnlikeWhereverItsSlotIs() throws Exception {
    RedisEndpoint single = Checked.endpoint(SINGLE);
    RedisEndpoint cluster = cluster();
    fill(cluster);
    copyToSingle();
    FilterSpec first = new FilterSpec(List.of(0), false);

    Checked equal = Checked.between(cluster, single).filter(first).run();
    assertThat(equal.isDone()).as("%s", equal.report()).isTrue();
    assertThat(equal.kinds()).isEmpty();
    assertThat(equal.report().settled().get(0).keysCompared()).isGreaterThan(KEYS / 2);

    try (RespClient client = SINGLE.client()) {
      for (int i = 0; i < 20; i++) {
        client.call("SET", "plain:" + i, "damaged");
      }
      client.call("DEL", "plain:30");
      client.call("SET", "extra", "v");
    }
    Checked toSingle = Checked.between(cluster, single).filter(first).run();
    assertThat(toSingle.kinds()).hasSize(22).containsAllEntriesOf(named("plain:30", "extra"));
    Checked toCluster = Checked.between(single, cluster).filter(first).run();
    assertThat(toCluster.kinds()).hasSize(22).containsAllEntriesOf(named("extra", "plain:30"));
  }

  /** The cluster has no database 3: what the target has there is of the single source, or extra. */
  @Test
  void aClusterAndASingleServerAreSourcesOfOneTarget() throws Exception {
    SINGLE.flush();
    CLUSTER.flush();
    try (RedisServer third = new RedisServer(ServerVersion.V6_2).start();
        RespClient other = third.client();
        RespClient target = SINGLE.client()) {
      RedisEndpoint cluster = cluster();
      fill(cluster);
      copyToSingle();
      for (RespClient side : List.of(other, target)) {
        side.call("SET", "of-the-other", "v");
        side.call("SELECT", "3");
        side.call("SET", "plain:1", "of the other");
      }
      Checked equal = Checked.between(cluster, Checked.endpoint(SINGLE)).and(third).run();
      assertThat(equal.isDone()).as("%s", equal.report()).isTrue();
      assertThat(equal.kinds()).isEmpty();
      target.call("SET", "plain:2", "in no source");
      other.call("SET", "plain:3", "not at the target");
      Checked unlike = Checked.between(cluster, Checked.endpoint(SINGLE)).and(third).run();
      assertThat(unlike.kinds())
          .isEqualTo(
              Map.of(
                  "3 plain:2", Set.of(DifferenceKind.EXTRA),
                  "3 plain:3", Set.of(DifferenceKind.MISSING)));
    }
  }

  @Test
  void keysOfSlotsThatMoveBehindTheScanAreSeen() throws Exception {
    SINGLE.flush();
    CLUSTER.flush();
    Side side = new Side("source", new RedisClient(cluster(), ""), LimitSpec.none());
    side.meet("cachesync:");
    int slot = ClusterServers.slot("moves");
    try (RespClient client = CLUSTER.ownerOf(slot).client()) {
      client.call("SET", "moves", "v");
    }
    RedisServer other = CLUSTER.masters().get(slot < ClusterServers.SLOTS / 2 ? 2 : 0);
    Databases databases = Databases.of(new FilterSpec(List.of(0), false), List.of(side), side);
    Set<String> passed = ConcurrentHashMap.newKeySet();
    List<String> taken = new CopyOnWriteArrayList<>();
    new WholeScan(
            side,
            false,
            databases,
            (database, key) -> {
              // As though the scan of who has it then had been over already.
              if (passed.add(text(key))) {
                CLUSTER.moveSlot(slot, other);
                return null;
              }
              return key;
            },
            batch -> batch.keys().forEach(key -> taken.add(text(key))),
            60_000,
            new ScanPlaces(),
            "source",
            new Stillness())
        .run();
    assertThat(taken).containsOnly("moves");
  }

  @Test
  void aSlotThatStaysOpenIsNoVerdict() throws Exception {
    SINGLE.flush();
    CLUSTER.flush();
    int slot = ClusterServers.slot("open");
    RedisServer from = CLUSTER.ownerOf(slot);
    RedisServer to =
        CLUSTER.masters().stream().filter(node -> node != from).findFirst().orElseThrow();
    CLUSTER.beginMove(slot, to);
    try {
      Checked checked = Checked.between(cluster(), Checked.endpoint(SINGLE)).run();
      assertThat(checked.report().phase()).isEqualTo(CheckPhase.FAILED);
      assertThat(checked.report().fault().code()).isEqualTo(FaultCode.CLUSTER_DOWN);
      assertThat(checked.report().fault().message()).contains("slot " + slot, "source");
    } finally {
      CLUSTER.endMove(slot, to);
    }
    assertThat(Checked.between(cluster(), Checked.endpoint(SINGLE)).run().isDone()).isTrue();
  }

  /** Clusters of Valkey 9 may have several: what is not compared is not called equal. */
  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void ofSeveralDatabasesOfAClusterTheFirstIsToBeChosen() throws Exception {
    try (ClusterServers several =
            new ClusterServers(ServerVersion.VALKEY_9, 2)
                .option("cluster-databases", "16")
                .start();
        RespClient client = several.ownerOf(ClusterServers.slot("key")).client()) {
      SINGLE.flush();
      client.call("SELECT", "3");
      client.call("SET", "key", "v");
      RedisEndpoint source = new RedisEndpoint(Topology.CLUSTER, several.addresses(), "", null);
      for (FilterSpec filter :
          List.of(FilterSpec.everything(), new FilterSpec(List.of(3), false))) {
        Checked checked = Checked.between(source, Checked.endpoint(SINGLE)).filter(filter).run();
        assertThat(checked.report().fault().code()).isEqualTo(FaultCode.FILTER_INVALID);
        assertThat(checked.report().fault().message()).contains("database 3", "--include-db 0");
      }
      FilterSpec first = new FilterSpec(List.of(0), false);
      assertThat(Checked.between(source, Checked.endpoint(SINGLE)).filter(first).run().isDone())
          .isTrue();
    }
  }

  private static RedisEndpoint cluster() {
    return new RedisEndpoint(Topology.CLUSTER, CLUSTER.addresses(), "", null);
  }

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  private static Map<String, Set<DifferenceKind>> named(String missing, String extra) {
    return Map.of(
        "0 " + missing, Set.of(DifferenceKind.MISSING), "0 " + extra, Set.of(DifferenceKind.EXTRA));
  }

  private static void fill(RedisEndpoint cluster) throws Exception {
    try (SampleWriter writer = SampleWriter.connect(cluster, "")) {
      writer.fill(KEYS, 1);
    }
    RedisServer[] owners = CLUSTER.owners();
    for (int i = 0; i < 50; i++) {
      String key = "plain:" + i;
      try (RespClient client = owners[ClusterServers.slot(key)].client()) {
        client.call("SET", key, "value " + i);
      }
    }
  }

  /** With their times to live, to the millisecond. */
  private static void copyToSingle() {
    try (RespClient to = SINGLE.client()) {
      for (RedisServer master : CLUSTER.masters()) {
        try (RespClient from = master.client()) {
          for (Object key : from.list("KEYS", "*")) {
            String name = (String) key;
            long time = from.number("PEXPIRETIME", name);
            to.call(
                "RESTORE",
                name,
                Long.toString(Math.max(0, time)),
                from.text("DUMP", name),
                "ABSTTL");
          }
        }
      }
    }
  }
}
