package io.cachesync.agent.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RespWriterTest {
  @Test
  void writesNumbersOfEveryLength() throws IOException {
    long number = 1;
    for (int digits = 1; digits < 19; digits++) {
      for (long each : new long[] {number - 1, number, number * 10 - 1, -number}) {
        String text = Long.toString(each);
        assertThat(written(new RespWriter().begin(1).arg(each)))
            .isEqualTo("*1\r\n$" + text.length() + "\r\n" + text + "\r\n");
      }
      number *= 10;
    }
  }

  @Test
  void writesArgumentsOfEveryLength() throws IOException {
    RespWriter writer = new RespWriter(64);
    StringBuilder expected = new StringBuilder();
    for (int length = 0; length < 2100; length++) {
      String text = "x".repeat(length);
      writer.arg(("ab" + text + "cd").getBytes(StandardCharsets.US_ASCII), 2, length);
      expected.append('$').append(length).append("\r\n").append(text).append("\r\n");
    }
    assertThat(written(writer)).isEqualTo(expected.toString());
  }

  @Test
  void putsWhatIsNotCopiedInItsPlace() throws IOException {
    byte[] large = "xLARGEx".getBytes(StandardCharsets.US_ASCII);
    RespWriter writer = new RespWriter();
    writer.begin(2).arg("GET").beginArg(5).slice(large, 1, 5).endArg();
    writer.begin(1).arg("PING");
    assertThat(writer.sliceLength()).isEqualTo(5);
    assertThatThrownBy(() -> writer.slice(large, 0, 1)).isInstanceOf(IllegalStateException.class);
    assertThat(written(writer)).isEqualTo("*2\r\n$3\r\nGET\r\n$5\r\nLARGE\r\n*1\r\n$4\r\nPING\r\n");
    assertThat(writer.sliceLength()).isZero();
    assertThat(written(writer.begin(1).arg("PING"))).isEqualTo("*1\r\n$4\r\nPING\r\n");
  }

  private static String written(RespWriter writer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.writeTo(bytes);
    return bytes.toString(StandardCharsets.US_ASCII);
  }
}
