package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A source that ends while it is copied for the first time. The full sync that is begun again would
 * take away what the target has: it is begun of the same source only.
 */
class SourceLostInCopyIT {
  private static final int KEYS = 2_000;
  private static final int SOME = 100;

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  private RedisServer source;
  private FaultProxy address;
  private RunningLink.Setup setup;

  @BeforeEach
  void empty() {
    TARGET.flush();
  }

  @AfterEach
  void end() {
    address.close();
    source.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void takesNothingAwayForOneThatCameBackEmpty(ServerVersion version) {
    begin(server(version));
    try (RunningLink link = copying()) {
      source.kill();
      long keys = TARGET.keys();
      source.start();
      stops(link, keys);
    }
    isBegunAfresh();
  }

  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_4"})
  void norWhereTheAgentWasKilledToo(ServerVersion version) {
    begin(server(version));
    copying().crash();
    source.kill();
    long keys = TARGET.keys();
    source.start();
    address.slowReplies(0);
    try (RunningLink link = setup.start()) {
      stops(link, keys);
    }
    // What it was told once it is told again, until a person decides.
    try (RunningLink link = setup.start()) {
      stops(link, keys);
    }
    isBegunAfresh();
  }

  @Test
  void norWhatACopyThatWasAskedForAfreshHas() {
    begin(server(ServerVersion.V7_0));
    address.slowReplies(0);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    setup.afresh = true;
    address.slowReplies(1_000_000);
    try (RunningLink link = setup.start()) {
      Awaitility.await()
          .until(() -> link.said().stream().anyMatch(line -> line.contains("full sync 2 of")));
      source.kill();
      long keys = TARGET.keys();
      source.start();
      stops(link, keys);
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void norAtACluster(boolean agentToo) {
    CLUSTER.flush();
    begin(server(ServerVersion.V7_0));
    setup = new RunningLink.Setup(setup.source, RunningLink.between(source, CLUSTER).target);
    RunningLink first = setup.start();
    try {
      Awaitility.await().until(() -> CLUSTER.keys() > SOME);
      if (agentToo) {
        first.crash();
      }
      source.kill();
      long keys = CLUSTER.keys();
      source.start();
      address.slowReplies(0);
      RunningLink second = agentToo ? setup.start() : first;
      assertThat(second.end().fault().code()).isEqualTo(FaultCode.SOURCE_REPLACED);
      assertThat(CLUSTER.keys()).isGreaterThanOrEqualTo(keys);
      second.close();
    } finally {
      first.close();
    }
  }

  /** From 7.0 on a snapshot tells the history that it is of. */
  @Test
  void goesOnWhereItComesBackWithItsSnapshot() {
    // Its snapshot is made at once, though it is sent slowly.
    begin(server(ServerVersion.V7_0).option("repl-diskless-sync", "no"));
    try (RunningLink link = copying()) {
      call(source, "SET", "later", "v");
      source.restart();
      goesOn(link);
    }
  }

  /** One of before the copy has lost more than anybody can tell. */
  @Test
  void stopsWhereItsSnapshotIsOfBeforeTheCopy() {
    begin(server(ServerVersion.V7_0));
    // A snapshot tells its history from the first replica on.
    address.slowReplies(0);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    byte[] before = source.save();
    call(source, "SET", "later", "v");
    setup.afresh = true;
    address.slowReplies(1_000_000);
    try (RunningLink link = setup.start()) {
      Awaitility.await()
          .until(() -> link.said().stream().anyMatch(line -> line.contains("full sync 2 of")));
      long keys = TARGET.keys();
      source.setBack(before);
      stops(link, keys);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_4"})
  void goesOnAtTheReplicaThatTookOver(ServerVersion version) {
    begin(server(version));
    try (RedisServer replica =
        server(version).option("replicaof", "127.0.0.1 " + source.port()).start()) {
      Awaitility.await().until(() -> replica.keys() == KEYS);
      try (RunningLink link = copying()) {
        Awaitility.await().until(() -> replica.replOffset() == source.replOffset());
        source.kill();
        call(replica, "REPLICAOF", "NO", "ONE");
        call(replica, "SET", "later", "v");
        address.leadTo(replica.port());
        goesOn(link);
      }
    }
  }

  /**
   * It knows nothing of what it went by before, as its new master lacks what it had: that one
   * knows.
   */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_4"})
  void goesOnAtAReplicaThatHasCopiedTheMasterThatTookOver(ServerVersion version) {
    try (RedisServer master = server(version).withoutPings().start();
        RedisServer next = replicaOf(master)) {
      fill(master);
      Awaitility.await().until(() -> next.keys() == KEYS);
      source = replicaOf(master);
      Awaitility.await().until(() -> source.keys() == KEYS);
      read(source);
      try (RunningLink link = copying()) {
        call(next, "REPLICAOF", "NO", "ONE");
        call(master, "SET", "lost", "v");
        Awaitility.await().until(() -> source.keys() == KEYS + 1);
        call(next, "SET", "later", "v");
        call(source, "REPLICAOF", "127.0.0.1", Integer.toString(next.port()));
        // It ends the connection, behind which much of the snapshot may be under way.
        address.cut();
        goesOn(link);
      }
    }
  }

  /** The same where the copy was of what the new master never had. */
  @Test
  void stopsWhereTheMasterThatTookOverNeverHadWhatWasCopied() {
    try (RedisServer master = server(ServerVersion.V7_4).withoutPings().start();
        RedisServer next = replicaOf(master)) {
      fill(master);
      Awaitility.await().until(() -> next.keys() == KEYS);
      source = replicaOf(master);
      Awaitility.await().until(() -> source.keys() == KEYS);
      call(next, "REPLICAOF", "NO", "ONE");
      call(master, "SET", "lost", "v");
      Awaitility.await().until(() -> source.keys() == KEYS + 1);
      read(source);
      try (RunningLink link = copying()) {
        long keys = TARGET.keys();
        call(source, "REPLICAOF", "127.0.0.1", Integer.toString(next.port()));
        address.cut();
        stops(link, keys);
      }
    }
  }

  /** After an hour without replicas a master takes another id, here after a second. */
  @Test
  void goesOnWhereItHasOnlyChangedItsId() {
    begin(server(ServerVersion.V7_0).option("repl-backlog-ttl", "1"));
    RunningLink copying = copying();
    // It keeps its id for as long as somebody copies it.
    String copied = history();
    copying.crash();
    Awaitility.await().until(() -> !history().equals(copied));
    call(source, "SET", "later", "v");
    try (RunningLink link = setup.start()) {
      goesOn(link);
    }
  }

  private static RedisServer server(ServerVersion version) {
    return new RedisServer(version);
  }

  private static RedisServer replicaOf(RedisServer master) {
    return server(master.version()).option("replicaof", "127.0.0.1 " + master.port()).start();
  }

  private void begin(RedisServer server) {
    source = server.start();
    fill(source);
    read(source);
  }

  private void read(RedisServer source) {
    address = new FaultProxy(source.port());
    address.slowReplies(1_000_000);
    setup = new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address());
  }

  /** One that has copied some, and has not received all. */
  private RunningLink copying() {
    RunningLink link = setup.start();
    Awaitility.await().until(() -> TARGET.keys() > SOME);
    return link;
  }

  private void goesOn(RunningLink link) {
    address.slowReplies(0);
    link.awaitCaughtUp();
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    try (RespClient target = TARGET.client()) {
      assertThat(target.text("GET", "later")).isEqualTo("v");
    }
    assertThat(TARGET.keys()).isEqualTo(KEYS + 1);
  }

  private void stops(RunningLink link, long keys) {
    assertThat(link.end().fault().code())
        .as("%s", link.said())
        .isEqualTo(FaultCode.SOURCE_REPLACED);
    assertThat(link.end().fault().message()).contains("the target was left as it is");
    // What was received of the snapshot may have come to be written behind the look.
    assertThat(TARGET.keys()).isGreaterThanOrEqualTo(keys);
  }

  /** A person's word. */
  private void isBegunAfresh() {
    call(source, "SET", "only", "v");
    address.slowReplies(0);
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
  }

  private String history() {
    try (RespClient client = source.client()) {
      return client.info("replication").get("master_replid");
    }
  }

  private static void fill(RedisServer server) {
    List<String[]> writes = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      writes.add(new String[] {"SET", "key:" + i, RunningLink.noise(5_000)});
    }
    server.pipeline(writes);
  }

  private static void call(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }
}
