package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {
  @ParameterizedTest
  @ValueSource(strings = {"user:7", "键", "a\\x00b", "", "🐘 é"})
  void textStaysAsItIs(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Excerpt.text(bytes)).isEqualTo(text);
    assertThat(Excerpt.base64(bytes)).isEmpty();
  }

  @Test
  void bytesThatAreNoTextAreToldTwice() {
    byte[] bytes = {'a', 0, (byte) 0xfe, '\\', '\n', 0x7f};
    assertThat(Excerpt.text(bytes)).isEqualTo("a\\x00\\xfe\\\\\\x0a\\x7f");
    assertThat(Excerpt.base64(bytes)).isEqualTo(Base64.getEncoder().encodeToString(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u202e", "\u200b", "\u0085", "\u2028"})
  void whatWouldHideOrTurnTheTextIsEscaped(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Excerpt.text(bytes)).matches("(\\\\x[0-9a-f]{2})+");
  }

  @Test
  void cutsBetweenCharacters() {
    for (String character : new String[] {"é", "键", "🐘"}) {
      for (int before = 0; before < 4; before++) {
        String text = "a".repeat(before) + character.repeat(100);
        byte[] cut = Excerpt.cut(text.getBytes(StandardCharsets.UTF_8));
        assertThat(Excerpt.text(cut)).isSubstringOf(text);
        assertThat(cut).hasSizeBetween(Excerpt.MOST - 3, Excerpt.MOST);
        byte[] inside = Excerpt.from(text.getBytes(StandardCharsets.UTF_8), 10 + before);
        assertThat(Excerpt.text(inside)).isSubstringOf(text);
        assertThat(inside).hasSizeBetween(Excerpt.MOST - 3, Excerpt.MOST);
      }
    }
  }

  @Test
  void cutsBytesThatAreNoTextWhereTheyAre() {
    byte[] bytes = new byte[200];
    Arrays.fill(bytes, (byte) 0x80);
    assertThat(Excerpt.cut(bytes)).hasSize(Excerpt.MOST);
    assertThat(Excerpt.from(bytes, 150)).hasSize(50);
    assertThat(Excerpt.from(bytes, 300)).isEmpty();
  }
}
