package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole life: full sync under writes, stream, finish; both sides equal. */
class LinkIT {
  private static final int KEYS = 5_000;

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void bothSidesAreEqualAfterFinish(ServerVersion version) throws Exception {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        SampleWriter writer = writerTo(source)) {
      writer.fill(KEYS, 1);
      AtomicBoolean writing = new AtomicBoolean(true);
      CompletableFuture<Long> writes = trickle(writer, writing);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        writing.set(false);
        assertThat(writes.get()).isPositive();
        LinkOutcome outcome = link.finish();
        assertThat(outcome.phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        LinkStatus status = link.status();
        assertThat(status.ledger().applied()).isPositive();
        assertThat(status.ledger().waiting()).isZero();
        assertThat(status.ledger().balanced()).isTrue();
      }
      assertThat(target.digest()).isEqualTo(source.digest());
      DatasetComparer.assertEqual(source, target);
    }
  }

  static SampleWriter writerTo(RedisServer server) throws Exception {
    return SampleWriter.connect(RunningLink.endpoint(server.address()), "");
  }

  static CompletableFuture<Long> trickle(SampleWriter writer, AtomicBoolean writing) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return writer.trickle(KEYS, 3, 2_000, writing::get);
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }
}
