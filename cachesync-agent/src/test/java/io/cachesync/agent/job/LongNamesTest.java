package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.NamedKey;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LongNamesTest {
  private final LongNames names = new LongNames();

  @Test
  void tellsTheBytesOfANameThatIsShownInPart() {
    byte[] text = ("user:" + "a".repeat(2000)).getBytes(StandardCharsets.UTF_8);
    byte[] binary = new byte[2000];
    for (byte[] name : new byte[][] {text, binary}) {
      CheckDifference bounded = names.bounded(difference(name));
      NamedKey told = new NamedKey(0, bounded.key(), bounded.keyBase64());
      assertThat(told.key()).hasSizeLessThan(1200).contains("SHA-256");
      assertThat(told.isWhole()).isTrue();
      assertThat(told.bytes()).isEqualTo(name);
    }
  }

  @Test
  void leavesAShortNameAsItIs() {
    CheckDifference found = difference("user:7".getBytes(StandardCharsets.UTF_8));
    assertThat(names.bounded(found)).isSameAs(found);
  }

  @Test
  void cutsNoCharacterInTwo() {
    for (String before : new String[] {"", "x"}) {
      byte[] name = (before + "😀".repeat(1000)).getBytes(StandardCharsets.UTF_8);
      String shown = names.bounded(difference(name)).key();
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(shown)).isTrue();
    }
  }

  @Test
  void tellsOnlyTheBeginningOfANameBeyondAllBounds() {
    CheckDifference longest = difference(new byte[LongNames.LONGEST_BYTES + 1]);
    assertThat(isWhole(names.bounded(longest))).isFalse();
    CheckDifference most = difference(new byte[LongNames.LONGEST_BYTES]);
    for (long told = 0; told < LongNames.MOST_BYTES; told += LongNames.LONGEST_BYTES) {
      assertThat(isWhole(names.bounded(most))).isTrue();
    }
    assertThat(isWhole(names.bounded(most))).isFalse();
  }

  private static boolean isWhole(CheckDifference found) {
    return new NamedKey(found.database(), found.key(), found.keyBase64()).isWhole();
  }

  private static CheckDifference difference(byte[] name) {
    NamedKey key = NamedKey.of(0, name);
    return new CheckDifference(
        0, key.key(), key.keyBase64(), "hash", DifferenceKind.VALUE, "", "", "", "", 1, 1, 1, 0);
  }
}
