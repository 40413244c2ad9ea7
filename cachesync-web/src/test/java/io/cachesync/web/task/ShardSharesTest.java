package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShardSharesTest {
  @Test
  void machinesHaveWholeShardsWithAboutAsManySlots() {
    assertThat(ShardShares.of(List.of("0-5460", "5461-10922", "10923-16383"), 2))
        .containsExactly("5461-10922", "0-5460,10923-16383");
    assertThat(ShardShares.of(List.of("0-9,20", "10-19", "21-99"), 2))
        .containsExactly("21-99", "0-9,20,10-19");
  }

  @Test
  void noMachineGoesWithoutAShard() {
    assertThat(ShardShares.of(List.of("0-8191", "8192-16383"), 3))
        .containsExactly("0-8191", "8192-16383");
  }
}
