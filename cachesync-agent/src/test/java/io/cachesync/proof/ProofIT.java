package io.cachesync.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Random commands and troubles: in the end both sides are equal. {@code -Dcachesync.seed=N} is the
 * first seed, {@code -Dcachesync.seeds=N} their number.
 */
class ProofIT {
  private static final int THREADS = 2;

  @Test
  void bothSidesAreEqualAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(
                Long.getLong("cachesync.seed", 1),
                Integer.getInteger("cachesync.seeds", 20),
                THREADS)
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }
}
