package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeySumsTest {
  private static final int KEYS = 10_000;

  private final KeySums source = new KeySums();
  private final KeySums target = new KeySums();

  @Test
  void theSameKeysInAnotherOrderAreAlike() {
    for (int i = 0; i < KEYS; i++) {
      source.add(0, key(i));
      target.add(0, key(KEYS - 1 - i));
    }
    assertThat(source.isLike(target)).isTrue();
  }

  @Test
  void aKeyOfOneSideIsFoundAndHardlyAnyOtherAskedFor() {
    for (int i = 0; i < KEYS; i++) {
      source.add(0, key(i));
      target.add(0, key(i));
    }
    byte[] extra = key(KEYS);
    target.add(0, extra);
    assertThat(target.isLike(source)).isFalse();
    assertThat(target.isLike(source, 0, extra)).isFalse();
    long asked = IntStream.range(0, KEYS).filter(i -> !target.isLike(source, 0, key(i))).count();
    assertThat(asked).isLessThan(5);
  }

  @Test
  void theSameNameInAnotherDatabaseIsAnotherKey() {
    source.add(0, key(1));
    target.add(1, key(1));
    assertThat(target.isLike(source)).isFalse();
    assertThat(target.isLike(source, 1, key(1))).isFalse();
  }

  private static byte[] key(int number) {
    return ("key:" + number).getBytes(StandardCharsets.US_ASCII);
  }
}
