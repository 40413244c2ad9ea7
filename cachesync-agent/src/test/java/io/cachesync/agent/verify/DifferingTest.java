package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DifferenceKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferingTest {
  private final List<ContinuousReport.Key> told = new ArrayList<>();
  private final Differing differing = new Differing(told::add);

  /** Those beyond a thousand are proved again each time they are touched. */
  @Test
  void countsAndTellsEachKeyOnceHoweverManyDiffer() {
    for (int times = 0; times < 3; times++) {
      for (int i = 0; i < 1500; i++) {
        add(i);
      }
    }
    assertThat(differing.size()).isEqualTo(1500);
    assertThat(told).hasSize(1500);
    assertThat(differing.keys()).hasSize(1000);
    assertThat(differing.contains(key(1499))).isTrue();
  }

  @Test
  void letsGoOfWhatIsEqualAgain() {
    for (int i = 0; i < 1500; i++) {
      add(i);
    }
    differing.equal(key(3));
    differing.equal(key(1400));
    differing.equal(key(1400));
    differing.equal(key(9999));
    assertThat(differing.size()).isEqualTo(1498);
    assertThat(differing.contains(key(1400))).isFalse();
    add(1400);
    assertThat(differing.size()).isEqualTo(1499);
    // There is room again, and one that was known before is still counted once.
    add(1450);
    assertThat(differing.size()).isEqualTo(1499);
  }

  private void add(int number) {
    Findings findings = new Findings();
    findings.add(DifferenceKind.VALUE, "", "a", "b");
    differing.add(key(number), findings, 7);
  }

  private static TouchedKey key(int number) {
    return new TouchedKey(0, ("key:" + number).getBytes(StandardCharsets.UTF_8));
  }
}
