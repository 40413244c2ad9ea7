package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a start takes away of a shard of which nothing stands at the target: nothing unknown. */
class CutFinishIT {
  private static final OwnKeys KEYS = new OwnKeys("cachesync:", "task", 0, 0);

  @RegisterExtension static final ClusterServers SOURCE = new ClusterServers(ServerVersion.V7_0, 3);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  private final ClusterWrites writes = new ClusterWrites(SOURCE, 11);

  @BeforeEach
  void fill() {
    SOURCE.flush();
    TARGET.flush();
    CLUSTER.flush();
    writes.fill("key", 600, 20);
  }

  @Test
  void takesNothingAwayOfALinkWhoseCheckpointIsGone() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.start().awaitCaughtUp().stop();
    call("DEL", KEYS.ofLink(1).node(), KEYS.ofLink(1).checkpoint());
    call("SET", "used", "since");
    refusesTwice(setup);
    assertThat(TARGET.keys()).isEqualTo(601 + 5);
    setup.afresh = true;
    try (RunningLinks links = setup.start()) {
      finish(links);
    }
  }

  /** As an end does between any two steps of a finish. */
  @Test
  void goesOnWithAFinishThatWasCutAndWithNothingElse() throws RedisException {
    for (int removed = 1; removed < 3; removed++) {
      TARGET.flush();
      RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
      setup.start().awaitCaughtUp().stop();
      remove(new StandaloneKind(), RunningLink.endpoint(TARGET.address()), removed);
      refusesTwice(setup);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      finishes(setup);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  /** There a removal goes from key to key. */
  @Test
  void goesOnWithAFinishThatWasCutAtACluster() throws RedisException {
    RedisEndpoint target = new RedisEndpoint(Topology.CLUSTER, CLUSTER.addresses(), "", null);
    for (int removed = 1; removed < 3; removed++) {
      CLUSTER.flush();
      RunningLinks.Setup setup = RunningLinks.between(SOURCE, CLUSTER);
      setup.start().awaitCaughtUp().stop();
      remove(new ClusterKind(), target, removed);
      if (removed < 2) {
        // The next one has got as far as telling that it leaves.
        try (RespClient slot = CLUSTER.ownerOf(0).client()) {
          String node = KEYS.ofLink(removed).node(0);
          slot.call("HSET", node, "generation", "0", "done", "0", "owned", "no");
          slot.call("HSET", node, "moved", NodeState.NOTHING_MORE);
        }
      }
      refusesTwice(setup);
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
      finishes(setup);
    }
  }

  /** Where all have taken the target and some have copied, the others still stand there. */
  @Test
  void beginsALinkThatHadOnlyTakenTheTarget() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.start().awaitCaughtUp().stop();
    call("HMSET", KEYS.ofLink(1).node(), "generation", "0", "done", "0");
    call("DEL", KEYS.ofLink(1).checkpoint());
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLinks links = setup.start()) {
      finish(links);
      assertThat(links.hasSaid("1 phase FULL_SYNC")).isTrue();
      assertThat(links.said()).noneMatch(line -> line.startsWith("0 phase FULL_SYNC"));
    }
  }

  /** Of a task in its first copy nothing was finished; a former version did not wait for all. */
  @Test
  void beginsALinkThatHadNotTakenTheTargetWhereOthersAreInTheirFirstCopy() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.start().awaitCaughtUp().stop();
    call("DEL", KEYS.ofLink(1).node(), KEYS.ofLink(1).checkpoint());
    call("HMSET", KEYS.node(), "done", "0");
    call("DEL", KEYS.checkpoint());
    try (RunningLinks links = setup.start()) {
      finish(links);
    }
  }

  /** Somebody else finishes between the look of a start and its hold on the target. */
  @Test
  void doesNotTakeWhatWasRemovedAMomentAgo() throws RedisException {
    RunningLinks.between(SOURCE, TARGET).start().awaitCaughtUp().stop();
    RedisClient client = client(RunningLink.endpoint(TARGET.address()));
    OwnKeys keys = KEYS.ofLink(1);
    try (RedisConnection connection = client.connect()) {
      Claim claim = TargetCheckpointStore.find(connection, keys).orElseThrow();
      String moved = "the slots 5461-10922 of the source";
      TargetCheckpointStore store = new TargetCheckpointStore(client, keys, claim, moved, "late");
      store.mustStand();
      call("DEL", keys.node(), keys.checkpoint());
      assertThatThrownBy(() -> store.takeOver(false, false))
          .isInstanceOfSatisfying(
              RedisException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.CHECKPOINT_GONE));
      assertThat(connection.call("EXISTS", keys.node()).text()).isEqualTo("0");
    }
  }

  private static void refusesTwice(RunningLinks.Setup setup) {
    for (int time = 0; time < 2; time++) {
      LinkOutcome refused = setup.start().end();
      assertThat(refused.fault()).as("%s", refused).isNotNull();
      assertThat(refused.fault().code()).isEqualTo(FaultCode.CHECKPOINT_GONE);
    }
  }

  private static void finishes(RunningLinks.Setup setup) {
    setup.desired = Desired.REMOVE;
    RunningLinks removal = setup.start();
    assertThat(removal.end().phase()).as("%s", removal.said()).isEqualTo(Phase.DONE);
  }

  /** Removes the links with the lowest numbers, as they do it at the end. */
  private static void remove(TargetKind kind, RedisEndpoint target, int links)
      throws RedisException {
    RedisClient client = client(target);
    for (int link = 0; link < links; link++) {
      OwnKeys keys = KEYS.ofLink(link);
      try (TakenTarget taken = kind.takeClaimed(client, keys, "", "cut").orElseThrow()) {
        taken.remove();
      }
    }
  }

  private void finish(RunningLinks links) {
    links.awaitCaughtUp();
    assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  private static RedisClient client(RedisEndpoint target) {
    return new RedisClient(target, EndpointSecrets.of(""));
  }

  private static void call(String... command) {
    try (RespClient target = TARGET.client()) {
      target.call(command);
    }
  }
}
