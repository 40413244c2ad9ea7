package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster into one of another version with fewer shards; masters of the source fail over. */
class ClusterToClusterIT {
  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3, 1).option("repl-backlog-size", "64mb");

  @RegisterExtension static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_4, 2);

  private final ClusterWrites writes = new ClusterWrites(SOURCE, 1);

  @BeforeEach
  void fill() {
    SOURCE.flush();
    TARGET.flush();
    writes.fill("key", 2_000, 20);
    writes.start();
  }

  @AfterEach
  void end() {
    writes.close();
  }

  @Test
  void goesOnWhereKilledAgentsStood() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    for (int kill = 0; kill < 3; kill++) {
      RunningLinks links = setup.start().awaitApplied(20_000);
      for (RedisServer master : TARGET.masters()) {
        try (RespClient client = master.client()) {
          client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
      }
      links.awaitApplied(5_000);
      links.crash();
    }
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLinks links = setup.start()) {
      finish(links);
      assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
    }
  }

  @Test
  void leavesNoGhostsWhereItBeginsAfresh() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.start().awaitApplied(5_000).stop();
    writes.delete("key", 1_500);
    setup.afresh = true;
    try (RunningLinks links = setup.start()) {
      finish(links);
    }
  }

  @Test
  void followsShardsThatFailOver() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    try (RunningLinks links = setup.start().awaitApplied(10_000)) {
      SOURCE.failOver(SOURCE.replicas().get(0));
      links.awaitApplied(10_000);
      links.stop();
    }
    SOURCE.failOver(SOURCE.replicas().get(1));
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLinks links = setup.start().awaitApplied(10_000)) {
      SOURCE.failOver(SOURCE.replicas().get(2));
      links.awaitApplied(10_000);
      finish(links);
      assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      assertThat(links.statuses())
          .extracting(LinkStatus::source)
          .containsExactlyElementsOf(SOURCE.masters().stream().map(RedisServer::address).toList());
    }
  }

  private void finish(RunningLinks links) {
    links.awaitPhase(Phase.INCREMENTAL);
    writes.stop();
    assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    for (LinkStatus link : links.statuses()) {
      assertThat(link.ledger().balanced()).as("%s", link).isTrue();
      assertThat(link.deadLetters()).isEmpty();
    }
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    assertThat(TARGET.keys()).as("keys of ours").isEqualTo(SOURCE.keys());
  }
}
