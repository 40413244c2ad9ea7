package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shard of the source whose replica takes over without what its master has sent us. */
class LostShardWritesIT {
  @RegisterExtension
  static final ClusterServers SOURCE = new ClusterServers(ServerVersion.V7_0, 3, 1);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void areFetchedAgain() {
    RedisServer master = SOURCE.owners()[ClusterServers.slot("{a}")];
    try (RunningLinks links = RunningLinks.between(SOURCE, TARGET).start();
        RespClient client = master.client()) {
      client.call("SET", "{a}changed", "before");
      client.call("RPUSH", "{a}list", "a");
      client.call("SET", "{a}removed", "x");
      links.awaitPhase(Phase.INCREMENTAL).awaitCaughtUp();
      SOURCE.takeOverWithout(
          master,
          () -> {
            client.call("SET", "{a}changed", "after");
            client.call("RPUSH", "{a}list", "b");
            client.call("DEL", "{a}removed");
            client.call("SET", "{a}new", "y");
            links.awaitCaughtUp();
          });
      links.await("what was lost is healed", LostShardWritesIT::isHealed);
      links.awaitPhase(Phase.INCREMENTAL);
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
      assertThat(links.statuses())
          .allSatisfy(link -> assertThat(link.ledger().balanced()).isTrue());
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  /** The promoted master is asked for nothing that it has given away since. */
  @Test
  void areLeftToTheShardThatTheirSlotHasMovedTo() {
    int slot = ClusterServers.slot("{m}");
    RedisServer master = SOURCE.owners()[slot];
    RedisServer to =
        SOURCE.masters().stream().filter(other -> other != master).findFirst().orElseThrow();
    AtomicBoolean moved = new AtomicBoolean();
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.onSaid =
        line -> {
          if (line.contains("goes on without the last") && !moved.getAndSet(true)) {
            SOURCE.awaitAgreement();
            SOURCE.moveSlot(slot, to);
          }
        };
    try (RunningLinks links = setup.start();
        RespClient client = master.client();
        RespClient target = TARGET.client()) {
      client.call("RPUSH", "{m}list", "a");
      links.awaitPhase(Phase.INCREMENTAL).awaitCaughtUp();
      SOURCE.takeOverWithout(
          master,
          () -> {
            // It is refused and fetched again: what is fetched is of the part that is lost.
            target.call("SET", "{m}list", "of another type");
            client.call("RPUSH", "{m}list", "b");
            links.awaitCaughtUp();
          });
      links.await(
          "the slot is fetched",
          all ->
              all.stream()
                  .flatMap(link -> link.healed().stream())
                  .anyMatch(each -> each.reason() == HealReason.SLOT_MOVED));
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  private static boolean isHealed(List<LinkStatus> links) {
    return links.stream()
        .flatMap(link -> link.healed().stream())
        .anyMatch(each -> each.equals(new Healed(HealReason.SOURCE_FAILED_OVER, 4)));
  }
}
