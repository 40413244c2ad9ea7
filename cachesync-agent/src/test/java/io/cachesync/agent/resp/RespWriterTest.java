package io.cachesync.agent.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespWriterTest {
  private final RespWriter writer = new RespWriter(64);

  @Test
  void buildsCommandsOfEveryKindOfArgument() {
    byte[] bytes = "xkeyx".getBytes(StandardCharsets.US_ASCII);
    writer.begin(4).arg("SET").arg(bytes, 1, 3).arg("v\r\n").arg(-7);
    assertThat(text()).isEqualTo("*4\r\n$3\r\nSET\r\n$3\r\nkey\r\n$3\r\nv\r\n\r\n$2\r\n-7\r\n");
  }

  @Test
  void buildsAnArgumentInPieces() {
    writer.begin(1).beginArg(4).raw(new byte[] {'a', 'b'}, 0, 2);
    writer.raw(new byte[] {'c', 'd'}, 0, 2).endArg();
    assertThat(text()).isEqualTo("*1\r\n$4\r\nabcd\r\n");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, -1, -10, 1234567890123L, Long.MAX_VALUE, Long.MIN_VALUE})
  void writesNumbersInFull(long number) {
    String digits = Long.toString(number);
    writer.arg(number);
    assertThat(text()).isEqualTo("$" + digits.length() + "\r\n" + digits + "\r\n");
  }

  @Test
  void growsForOneHugeArgumentAndGivesTheMemoryBack() {
    writer.command(new byte[5 << 20]);
    assertThat(writer.length()).isEqualTo((5 << 20) + 16);
    writer.clear();
    assertThat(writer.isEmpty()).isTrue();
    assertThat(writer.buffer()).hasSize(64);
  }

  @Test
  void forgetsWhatWasTruncated() {
    writer.command("PING");
    int length = writer.length();
    writer.command("PONG").truncate(length);
    assertThat(text()).isEqualTo("*1\r\n$4\r\nPING\r\n");
  }

  private String text() {
    return new String(writer.toByteArray(), StandardCharsets.US_ASCII);
  }
}
