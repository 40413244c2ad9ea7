package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.SetClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JourneyTest {
  private static final Instant BEGIN = Instant.ofEpochSecond(1_000_000);

  @TempDir private Path folder;

  private final SetClock clock = new SetClock(BEGIN);

  @Test
  void aRoundTakesWhatAllProcessesHaveSpentInIt() throws IOException {
    Journey first = journey();
    first.begin(clock.millis());
    clock.passSeconds(5);
    first.keep();
    // It is dead for a while, and what it did behind that counts for nothing.
    clock.passSeconds(100);
    Journey second = journey();
    second.begin(clock.millis());
    assertThat(second.resumes()).isEqualTo(1);
    assertThat(second.startedMillis()).isEqualTo(BEGIN.toEpochMilli());
    clock.passSeconds(2);
    assertThat(second.comparedMillis(clock.millis())).isEqualTo(7_000);
    assertThat(second.nextRound()).isTrue();
    clock.passSeconds(30);
    second.roundBegins();
    clock.passSeconds(1);
    assertThat(second.comparedMillis(clock.millis())).isEqualTo(8_000);
    assertThat(second.nextRound()).isFalse();
    clock.passSeconds(60);
    assertThat(second.comparedMillis(clock.millis())).isEqualTo(8_000);
    assertThat(second.settled())
        .extracting(CheckReport.Round::millis)
        .containsExactly(7000L, 1000L);
  }

  private Journey journey() throws IOException {
    RedisEndpoint end = new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:1"), "", null);
    Checked.Setup setup = Checked.between(end, end);
    DifferenceSink none = difference -> {};
    return new Journey(
        CheckMemory.in(folder), setup.spec(), 2, none, List.of(side(end)), side(end), clock);
  }

  private static Side side(RedisEndpoint end) {
    return new Side("side", new RedisClient(end, ""), LimitSpec.none());
  }
}
