package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a target of several sources is emptied so that all of them are copied once more. */
class EmptiedTargetIT {
  @RegisterExtension static final RedisServer FIRST = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension static final RedisServer SECOND = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  @BeforeEach
  void fill() {
    List.of(FIRST, SECOND, TARGET).forEach(RedisServer::flush);
    CLUSTER.flush();
    fill(FIRST, "a", 500);
    fill(SECOND, "b", 500);
  }

  @Test
  void isAskedFirstWhetherItIsASource() {
    between(List.of(FIRST, SECOND), single()).start().awaitCaughtUp().stop();
    RunningLinks.Setup setup = between(List.of(FIRST, TARGET), single());
    setup.afresh = true;
    assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.SOURCE_IS_TARGET);
    try (RespClient target = TARGET.client()) {
      assertThat(target.list("KEYS", "[ab]:*")).hasSize(1_000);
    }
  }

  /** A replica that had not heard of the emptying takes over in its master's place. */
  @Test
  void isEmptiedOnceMoreWhereAMasterBringsBackWhatItHeld() throws RedisException {
    RedisEndpoint target = new RedisEndpoint(Topology.CLUSTER, CLUSTER.addresses(), "", null);
    RunningLinks.Setup setup = between(List.of(FIRST, SECOND), target);
    setup.start().awaitCaughtUp().stop();
    new ClusterKind()
        .empty(
            new RedisClient(target, EndpointSecrets.of("")),
            new OwnKeys("cachesync:", "task", 0, 0),
            List.of(0, 1),
            "emptied");
    RedisServer back = CLUSTER.ownerOf(ClusterServers.SLOTS - 1);
    String key = keyOf(back);
    back.flush();
    try (RespClient client = back.client()) {
      client.call("SET", key, "of before");
    }
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    }
    assertThat(DatasetComparer.compareUnion(List.of(FIRST, SECOND), CLUSTER)).isEmpty();
  }

  @Test
  void isEmptiedAfterAWaitWhereACopyIsCutAgainAndAgain() {
    fill(SECOND, "late", 4_000);
    RunningLinks.Setup setup = between(List.of(FIRST, SECOND), single());
    setup.limits = new LimitSpec(0, 1_500);
    try (RunningLinks links = setup.start()) {
      for (int cut = 1; cut <= 2; cut++) {
        links.await("in the middle", all -> all.get(1).phase() == Phase.FULL_SYNC);
        endConnections("-1-e");
        long times = cut;
        Awaitility.await("to be begun again")
            .until(
                () ->
                    links.said().stream()
                            .filter(line -> line.contains("all sources are copied again in"))
                            .count()
                        == times);
      }
      links.links().direct(Desired.RUN, LimitSpec.none());
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    }
    assertThat(DatasetComparer.compareUnion(List.of(FIRST, SECOND), TARGET)).isEmpty();
  }

  /** From a dump of before the emptying; the link that waits has not begun, and nothing failed. */
  @Test
  void isEmptiedOnceMoreWhereItComesBackWhileALinkWaitsForItsTurn() throws Exception {
    RunningLinks.Setup setup = between(List.of(FIRST, SECOND), single());
    setup.start().awaitCaughtUp().stop();
    byte[] saved = TARGET.save();
    remove(FIRST, "a:1");
    remove(SECOND, "b:1");
    setup.afresh = true;
    setup.parallelFullSyncs = 1;
    setup.limits = new LimitSpec(3_000, 0);
    try (RunningLinks links = setup.start()) {
      links.await(
          "one copies, one waits",
          all ->
              all.stream().anyMatch(link -> link.phase() == Phase.FULL_SYNC_QUEUED)
                  && all.stream().anyMatch(link -> link.phase() == Phase.FULL_SYNC));
      links.direct(Desired.PAUSE);
      links.awaitPhase(Phase.PAUSED);
      TARGET.setBack(saved);
      links.links().direct(Desired.RUN, LimitSpec.none());
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    }
    assertThat(DatasetComparer.compareUnion(List.of(FIRST, SECOND), TARGET)).isEmpty();
  }

  private static void remove(RedisServer server, String key) {
    try (RespClient client = server.client()) {
      client.call("DEL", key);
    }
  }

  private static String keyOf(RedisServer master) {
    for (int i = 0; ; i++) {
      if (CLUSTER.ownerOf(ClusterServers.slot("a:" + i)) == master) {
        return "a:" + i;
      }
    }
  }

  private static void endConnections(String part) {
    try (RespClient target = TARGET.client()) {
      for (String line : target.text("CLIENT", "LIST").split("\n")) {
        if (line.contains(" name=cachesync-") && line.contains(part)) {
          String id = line.substring(line.indexOf("id=") + 3, line.indexOf(' '));
          target.call("CLIENT", "KILL", "ID", id);
        }
      }
    }
  }

  private static void fill(RedisServer server, String name, int keys) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      commands.add(new String[] {"SET", name + ":" + i, "v" + i});
    }
    try (RespClient client = server.client()) {
      client.pipeline(commands);
    }
  }

  private static RedisEndpoint single() {
    return RunningLink.endpoint(TARGET.address());
  }

  private static RunningLinks.Setup between(List<RedisServer> sources, RedisEndpoint target) {
    return RunningLinks.between(
        () -> sources,
        sources.stream().map(each -> RunningLink.endpoint(each.address())).toList(),
        target);
  }
}
