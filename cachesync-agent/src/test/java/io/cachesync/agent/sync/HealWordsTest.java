package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealWordsTest {
  @Test
  void saysHowManyAndWhyInWords() {
    List<Healed> all =
        List.of(new Healed(HealReason.REFUSED, 3), new Healed(HealReason.UNANSWERED, 2));
    assertThat(HealWords.sentence(2, all))
        .isEqualTo(
            "keys fetched again from the source and healed: 2; since the full sync 5 "
                + "(a command was refused: 3, the end of a batch was not seen: 2)");
  }

  @Test
  void hasWordsForEachReason() {
    for (HealReason reason : HealReason.values()) {
      assertThat(HealWords.sentence(1, List.of(new Healed(reason, 1))))
          .doesNotContain(reason.name());
    }
  }
}
