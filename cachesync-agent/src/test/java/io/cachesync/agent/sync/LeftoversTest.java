package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LeftoversTest {
  private static final int KEYS = 5_000;

  private final Leftovers leftovers = new Leftovers(1);

  @Test
  void findsWhatWasLeftAndNotWritten() {
    for (int i = 0; i < KEYS; i++) {
      leftovers.leave(i % 2, key("key:" + i));
    }
    for (int i = KEYS; i > 0; i--) {
      write(i % 2, "key:" + i); // but the first
    }
    for (int i = 0; i < KEYS; i++) {
      write(1, "new:" + i);
    }
    assertThat(leftovers.mayBe(0, key("key:0"))).isTrue();
    long others = 0;
    for (int i = 1; i < KEYS; i++) {
      others += leftovers.mayBe(i % 2, key("key:" + i)) ? 1 : 0;
      others += leftovers.mayBe(1, key("new:" + i)) ? 1 : 0;
      others += leftovers.mayBe(0, key("never:" + i)) ? 1 : 0;
    }
    assertThat(others).isLessThan(KEYS / 100);
  }

  @Test
  void tellsDatabasesApart() {
    leftovers.leave(0, key("key"));
    write(1, "key");
    assertThat(leftovers.mayBe(0, key("key"))).isTrue();
    assertThat(leftovers.mayBe(1, key("key"))).isFalse();
  }

  @Test
  void doubtsWhatAScanHasToldTwice() {
    leftovers.leave(0, key("key"));
    leftovers.leave(0, key("key"));
    write(0, "key");
    assertThat(leftovers.mayBe(0, key("key"))).isTrue();
  }

  private void write(int database, String name) {
    byte[] padded = key("--" + name + "-");
    leftovers.written(database, padded, 2, padded.length - 3);
  }

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }
}
