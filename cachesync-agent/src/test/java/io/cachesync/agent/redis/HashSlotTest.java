package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashSlotTest {
  @ParameterizedTest
  @CsvSource({
    "123456789, 12739",
    "foo, 12182",
    "bar, 5061",
    "{user}x, 5474",
    "{}x, 10595",
    "a{b}{c}, 3300",
    "{{x}}y, 11068",
    "foo{}{bar}, 8363",
  })
  void isWhatAServerSays(String key, int slot) {
    assertThat(HashSlot.of(key.getBytes(StandardCharsets.US_ASCII))).isEqualTo(slot);
  }

  @Test
  void hashesEveryByte() {
    byte[] key = new byte[256];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    // In this order the bar stands between the braces.
    assertThat(HashSlot.of(key)).isEqualTo(HashSlot.of(new byte[] {'|'}));
  }

  @Test
  void looksAtItsPartOfTheBufferOnly() {
    byte[] buffer = "}{foo}{".getBytes(StandardCharsets.US_ASCII);
    assertThat(HashSlot.of(buffer, 2, 3)).isEqualTo(12182);
    assertThat(HashSlot.of(buffer, 1, 5)).isEqualTo(12182);
    assertThat(HashSlot.of(buffer, 1, 4)).isNotEqualTo(12182);
  }

  @Test
  void everySlotHasAShortTagThatFallsInIt() {
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      String tag = SlotTags.of(slot);
      assertThat(tag).hasSizeLessThanOrEqualTo(4).matches("[0-9a-z]+");
      byte[] name = ("cachesync:ckpt:{" + tag + "}:task:0.0").getBytes(StandardCharsets.US_ASCII);
      assertThat(HashSlot.of(name)).isEqualTo(slot);
    }
  }

  /** They are names of keys at targets: an agent must find what another version has written. */
  @Test
  void tagsStayWhatTheyWere() {
    assertThat(SlotTags.of(0)).isEqualTo("1bz");
    assertThat(SlotTags.of(5474)).isEqualTo("8kq");
    assertThat(SlotTags.of(16_383)).isEqualTo("hia");
  }
}
