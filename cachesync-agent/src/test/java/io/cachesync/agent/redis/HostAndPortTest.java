package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAndPortTest {
  @ParameterizedTest
  @CsvSource({
    "redis.example, redis.example, 6379, redis.example:6379",
    "10.0.0.1:7000, 10.0.0.1, 7000, 10.0.0.1:7000",
    "[::1]:6380, ::1, 6380, [::1]:6380",
    "[fe80::2], fe80::2, 6379, [fe80::2]:6379",
    "fe80::2, fe80::2, 6379, [fe80::2]:6379",
    "' a:1 ', a, 1, a:1"
  })
  void readsAddresses(String text, String host, int port, String shown) {
    HostAndPort address = HostAndPort.parse(text);
    assertThat(address).isEqualTo(new HostAndPort(host, port));
    assertThat(address).hasToString(shown);
    assertThat(HostAndPort.parse(address.toString())).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":6379", "a:", "a:x", "a:0", "a:65536", "[::1", "[::1]6379", "a:-1"})
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> HostAndPort.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
