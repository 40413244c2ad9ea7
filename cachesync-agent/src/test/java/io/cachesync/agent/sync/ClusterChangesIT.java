package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster that changes while a link writes to it: slots move, masters fail over and die. */
class ClusterChangesIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb");

  private final ClusterServers target = new ClusterServers(ServerVersion.V7_0, 3, 1);
  private final AtomicBoolean writing = new AtomicBoolean(true);
  private SampleWriter writer;
  private CompletableFuture<Long> writes;
  private RunningLink link;

  @BeforeEach
  void start() throws Exception {
    SOURCE.flush();
    target.start();
    writer = LinkIT.writerTo(SOURCE);
    writer.fill(3_000, 1);
    writes = LinkIT.trickle(writer, writing);
    RunningLink.Setup setup = RunningLink.between(SOURCE, target);
    setup.filter = new FilterSpec(List.of(0), false);
    link = setup.start().awaitPhase(Phase.INCREMENTAL).awaitApplied(20_000);
  }

  @AfterEach
  void end() throws Exception {
    writing.set(false);
    link.close();
    writer.close();
    target.close();
  }

  @Test
  void goesOnWhereSlotsHaveMoved() throws Exception {
    RedisServer from = target.masters().get(0);
    RedisServer to = target.masters().get(1);
    for (int slot = 0; slot < 400; slot += 50) {
      target.moveSlot(slot, to);
    }
    link.awaitApplied(20_000);
    // Slot 0 decides who writes: it has moved, and moves back.
    target.moveSlot(0, from);
    link.awaitApplied(20_000);
    finish();
  }

  @Test
  void goesOnAtThePromotedReplica() throws Exception {
    target.failOver(target.replicas().get(0));
    link.awaitApplied(20_000);
    target.failOver(target.replicas().get(1));
    link.awaitApplied(20_000);
    finish();
  }

  @Test
  void losesNothingThatADyingMasterHadAcknowledged() throws Exception {
    RedisServer master = target.masters().get(1);
    target.kill(master);
    target.awaitAgreement();
    link.awaitApplied(50_000);
    finish();
  }

  private void finish() throws Exception {
    link.awaitCaughtUp();
    writing.set(false);
    assertThat(writes.get()).isPositive();
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(link.status().retries()).as("%s", link.said()).isPositive();
    assertThat(DatasetComparer.compare(SOURCE, target)).isEmpty();
  }
}
