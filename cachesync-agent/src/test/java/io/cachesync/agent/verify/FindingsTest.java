package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DifferenceKind;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FindingsTest {
  @Test
  void keepsTheSameOfManyWhateverTheirOrder() {
    List<Integer> order = IntStream.range(0, 1000).boxed().collect(Collectors.toList());
    Findings first = of(order);
    Collections.reverse(order);
    Findings second = of(order);
    assertThat(first.identities()).isEqualTo(second.identities()).hasSize(Findings.KEPT);
    assertThat(first.count()).isEqualTo(1000);
    assertThat(first.seenIn(second.identities()).count()).isEqualTo(1000);
  }

  @Test
  void sameIsOnlyWhatHoldsTheSameValues() {
    Findings before = field("f", "1", "2");
    assertThat(field("f", "1", "2").seenIn(before.identities()).isEmpty()).isFalse();
    assertThat(field("f", "3", "2").seenIn(before.identities()).isEmpty()).isTrue();
    assertThat(field("f", "1", "3").seenIn(before.identities()).isEmpty()).isTrue();
    assertThat(field("g", "1", "2").seenIn(before.identities()).isEmpty()).isTrue();
  }

  @Test
  void ofOneDamagedFieldBesideOneThatIsWrittenTheDamagedStays() {
    Findings before = field("written", "1", "2");
    before.add(DifferenceKind.FIELD_VALUE, "damaged", "a", "b");
    Findings now = field("written", "3", "2");
    now.add(DifferenceKind.FIELD_VALUE, "damaged", "a", "b");
    assertThat(now.seenIn(before.identities()).kept())
        .extracting(finding -> Excerpt.text(finding.field()))
        .containsExactly("damaged");
  }

  @Test
  void valuesThatDifferBehindWhatIsShownAreNotTheSame() {
    String head = "x".repeat(500);
    Findings before = field("f", head + "1", head + "2");
    assertThat(field("f", head + "3", head + "2").seenIn(before.identities()).isEmpty()).isTrue();
  }

  @Test
  void whatIsAboutToPassIsNeverSeenTwice() {
    Findings before = fleeting();
    assertThat(fleeting().seenIn(before.identities()).isEmpty()).isTrue();
    assertThat(before.lasting().isEmpty()).isTrue();
    assertThat(before.isEmpty()).isFalse();
  }

  private static Findings of(List<Integer> order) {
    Findings findings = new Findings();
    for (int i : order) {
      findings.add(DifferenceKind.FIELD_MISSING, "field " + i, "value", null);
    }
    return findings;
  }

  private static Findings field(String name, String source, String target) {
    Findings findings = new Findings();
    findings.add(DifferenceKind.FIELD_VALUE, name, source, target);
    return findings;
  }

  private static Findings fleeting() {
    Findings findings = new Findings();
    findings.addFleeting(DifferenceKind.EXTRA, null, null, null);
    return findings;
  }
}
