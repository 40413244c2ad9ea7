package io.cachesync.agent.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamReaderTest {
  private static final String STREAM =
      "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n"
          + "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$4\r\n\r\n*1\r\n"
          + "\n"
          + "*1\r\n$4\r\nPING\r\n"
          + "*3\r\n$6\r\nAPPEND\r\n$0\r\n\r\n$20\r\n01234567890123456789\r\n";

  @Test
  void cutsTheSameCommandsHoweverTheBytesAreSplit() throws Exception {
    byte[] bytes = STREAM.getBytes(StandardCharsets.ISO_8859_1);
    List<String> whole = read(bytes, new int[] {bytes.length});
    assertThat(whole)
        .containsExactly(
            "123 SELECT 0", "153 set k \r\n*1", "168 PING", "217 APPEND  01234567890123456789");
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      assertThat(read(bytes, splits(bytes.length, random))).isEqualTo(whole);
    }
  }

  @Test
  void keepsTheBytesAsTheyCame() throws Exception {
    byte[] bytes = STREAM.getBytes(StandardCharsets.ISO_8859_1);
    StreamReader reader = new StreamReader(0);
    reader.append(bytes, 0, bytes.length, 7);
    StringBuilder joined = new StringBuilder();
    for (StreamCommand command = reader.next(); command != null; command = reader.next()) {
      joined.append(
          new String(
              command.buffer(), command.start(), command.length(), StandardCharsets.ISO_8859_1));
      assertThat(command.receivedMillis()).isEqualTo(7);
    }
    assertThat(joined.toString()).isEqualTo(STREAM.replace("\n*1\r\n$4\r\nPI", "*1\r\n$4\r\nPI"));
    assertThat(reader.offset()).isEqualTo(bytes.length);
  }

  @Test
  void refusesAStreamWhosePositionWasLost() {
    for (String wrong :
        List.of(
            "+OK\r\n", "*1\r\n+OK\r\n", "*x\r\n", "*0\r\n", "*1\r\n$2\r\nabc\r\n", "*1\n$1\r\n")) {
      StreamReader reader = new StreamReader(0);
      byte[] bytes = wrong.getBytes(StandardCharsets.ISO_8859_1);
      reader.append(bytes, 0, bytes.length, 0);
      assertThatThrownBy(reader::next).as(wrong).isInstanceOf(StreamFormatException.class);
    }
  }

  @Test
  void readsNumbersAsRedisDoes() throws Exception {
    String text =
        "*5\r\n$1\r\n0\r\n$20\r\n-9223372036854775808\r\n$2\r\n1x\r\n$1\r\n-\r\n$2\r\nPx\r\n";
    StreamReader reader = new StreamReader(0);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    reader.append(bytes, 0, bytes.length, 0);
    StreamCommand command = reader.next();
    assertThat(command.number(0)).isZero();
    assertThat(command.isNumber(1)).isTrue();
    assertThat(command.number(1)).isEqualTo(Long.MIN_VALUE);
    assertThat(command.isNumber(2)).isFalse();
    assertThat(command.isNumber(3)).isFalse();
    assertThat(command.is(4, "PX")).isTrue();
    assertThat(command.is(4, "EX")).isFalse();
  }

  private static int[] splits(int total, Random random) {
    List<Integer> sizes = new ArrayList<>();
    for (int left = total; left > 0; ) {
      int size = 1 + random.nextInt(Math.min(left, 1 + random.nextInt(20)));
      sizes.add(size);
      left -= size;
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  private static List<String> read(byte[] bytes, int[] sizes) throws Exception {
    StreamReader reader = new StreamReader(100);
    List<String> commands = new ArrayList<>();
    int at = 0;
    for (int size : sizes) {
      reader.append(bytes, at, size, at);
      at += size;
      for (StreamCommand command = reader.next(); command != null; command = reader.next()) {
        StringBuilder line = new StringBuilder().append(command.endOffset());
        for (int i = 0; i < command.count(); i++) {
          line.append(' ').append(command.text(i));
        }
        commands.add(line.toString());
      }
    }
    assertThat(reader.pendingBytes()).isZero();
    return commands;
  }
}
