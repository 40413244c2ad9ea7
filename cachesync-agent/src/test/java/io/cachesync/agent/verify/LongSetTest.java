package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LongSetTest {
  @Test
  void tellsWhatItHasSeen() {
    LongSet seen = new LongSet();
    Set<Long> expected = new TreeSet<>();
    Random random = new Random(1);
    for (int i = 0; i < 50_000; i++) {
      long value = random.nextInt(30_000) - 10L;
      assertThat(seen.add(value)).as("%d", value).isEqualTo(expected.add(value));
    }
  }
}
