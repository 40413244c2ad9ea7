package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole life: full sync under writes, stream, finish; both sides equal. */
class LinkIT {
  private static final int KEYS = 5_000;
  private static final boolean ALL = "all".equals(System.getProperty("cachesync.test.scope"));
  private static final Set<ServerVersion> EVERYDAY =
      Set.of(ServerVersion.V2_8, ServerVersion.V6_2, ServerVersion.V7_0, ServerVersion.V7_4);

  /** Same version, then upwards; what only an older target lacks is another matter. */
  static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (ServerVersion version : ServerVersion.values()) {
      if (EVERYDAY.contains(version) || ALL) {
        pairs.add(Arguments.of(version, version));
      }
      if (ALL) {
        pairs.add(Arguments.of(ServerVersion.V2_8, version));
        pairs.add(Arguments.of(version, ServerVersion.V7_4));
      }
    }
    pairs.add(Arguments.of(ServerVersion.V2_8, ServerVersion.V7_4));
    pairs.add(Arguments.of(ServerVersion.V6_2, ServerVersion.V7_4));
    return pairs.stream().distinct();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void bothSidesAreEqualAfterFinish(ServerVersion from, ServerVersion to) throws Exception {
    try (RedisServer source = new RedisServer(from).withoutPings().start();
        RedisServer target = new RedisServer(to).start();
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
      if (from == to) {
        assertThat(target.digest()).isEqualTo(source.digest());
      }
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
