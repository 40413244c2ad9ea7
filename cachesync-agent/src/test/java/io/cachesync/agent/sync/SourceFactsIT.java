package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a source says of itself, read by a process that may stand still meanwhile. */
class SourceFactsIT {
  private static final long STILL_MILLIS = 3_600_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aLateAnswerDoesNotMakeItsClockSeemBehind(int late) throws RedisException {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start()) {
      RedisClient client = new RedisClient(RunningLink.endpoint(source.address()), "");
      SourceFacts facts = SourceFacts.read(client, false, lateAt(late));
      assertThat(facts.aheadMillis()).isBetween(-STILL_MILLIS / 2, STILL_MILLIS / 2);
    }
  }

  /** The clock as it is seen by who stood still before one of the looks at it. */
  private static Clock lateAt(int late) {
    AtomicInteger looks = new AtomicInteger();
    return new Clock() {
      @Override
      public Instant instant() {
        boolean still = looks.incrementAndGet() == late;
        return Instant.now().plusMillis(still ? STILL_MILLIS : 0);
      }

      @Override
      public ZoneId getZone() {
        return ZoneId.of("UTC");
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
