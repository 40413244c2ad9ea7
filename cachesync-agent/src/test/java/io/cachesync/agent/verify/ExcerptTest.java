package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
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
}
