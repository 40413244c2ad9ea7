package io.cachesync.agent.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespReaderTest {
  private static final String REPLIES =
      "+OK\r\n-ERR no such key\r\n:-42\r\n$5\r\nab\r\nc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
          + "*3\r\n+QUEUED\r\n*2\r\n:1\r\n$1\r\nx\r\n-NOAUTH needed\r\n:9223372036854775807\r\n";

  @Test
  void holdsNothingOfAStringThatIsTooLong() throws IOException {
    String replies = "$5\r\nab\r\nc\r\n$700000\r\n" + "x".repeat(700_000) + "\r\n$2\r\nyz\r\n";
    RespReader reader = new RespReader(split(replies, new Random(2)), 16);
    assertThat(reader.readToken(5)).isEqualTo(RespReader.BULK);
    assertThat(reader.tokenText()).isEqualTo("ab\r\nc");
    assertThat(reader.readToken(5)).isEqualTo(RespReader.BULK);
    assertThat(reader.integer()).isEqualTo(-1);
    assertThat(reader.length()).isZero();
    assertThat(reader.buffer().length).isLessThan(100_000);
    assertThat(reader.read().text()).isEqualTo("yz");
  }

  @Test
  void readsEveryKindOfReplyHoweverItIsSplit() throws IOException {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      RespReader reader = new RespReader(split(REPLIES, random), 16);
      assertThat(reader.read().text()).isEqualTo("OK");
      RespValue error = reader.read();
      assertThat(error.isError()).isTrue();
      assertThat(error.errorPrefix()).isEqualTo("ERR");
      assertThat(reader.read().integer()).isEqualTo(-42);
      assertThat(reader.read().text()).isEqualTo("ab\r\nc");
      assertThat(reader.read().bytes()).isEmpty();
      assertThat(reader.read().isNull()).isTrue();
      RespValue nothing = reader.read();
      assertThat(nothing.isNull()).isTrue();
      assertThat(nothing.isArray()).isFalse();
      assertThat(reader.read().elements()).isEmpty();
      RespValue array = reader.read();
      assertThat(array.elements()).hasSize(3);
      assertThat(array.elements().get(1).elements().get(1).text()).isEqualTo("x");
      assertThat(array.elements().get(2).errorPrefix()).isEqualTo("NOAUTH");
      assertThat(reader.read().integer()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void readsTokensWithoutATree() throws IOException {
    RespReader reader = new RespReader(split("*2\r\n+OK\r\n$3\r\nabc\r\n:7\r\n", new Random(2)));
    assertThat(reader.readToken()).isEqualTo(RespReader.ARRAY);
    assertThat(reader.integer()).isEqualTo(2);
    assertThat(reader.readToken()).isEqualTo(RespReader.SIMPLE);
    assertThat(reader.tokenIs("OK".getBytes(StandardCharsets.US_ASCII))).isTrue();
    assertThat(reader.readToken()).isEqualTo(RespReader.BULK);
    assertThat(reader.tokenText()).isEqualTo("abc");
    assertThat(reader.readToken()).isEqualTo(RespReader.INTEGER);
    assertThat(reader.integer()).isEqualTo(7);
  }

  @Test
  void skipsWholeReplies() throws IOException {
    RespReader reader = new RespReader(split(REPLIES, new Random(3)));
    for (int i = 0; i < 9; i++) {
      reader.skip();
    }
    assertThat(reader.read().integer()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void passesOverTheLineFeedsOfAMasterThatPreparesASnapshot() throws IOException {
    Random random = new Random(4);
    for (int round = 0; round < 200; round++) {
      RespReader reader =
          new RespReader(split("\n\n\n+FULLRESYNC abc 1\r\n\n\n$5\r\nREDIS*1", random), 16);
      assertThat(reader.readReplicationLine()).isEqualTo("+FULLRESYNC abc 1");
      assertThat(reader.readReplicationLine()).isEqualTo("$5");
      byte[] raw = new byte[7];
      int length = 0;
      while (length < 7) {
        length += reader.readRaw(raw, length, 7 - length);
      }
      assertThat(new String(raw, StandardCharsets.US_ASCII)).isEqualTo("REDIS*1");
      assertThat(reader.readRaw(raw, 0, 1)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 400\r\n",
        "+OK\n",
        ":12a\r\n",
        ":\r\n",
        "$-2\r\n",
        "$3\r\nabcd\r\n",
        "$99999999999\r\n",
        "\r\n"
      })
  void refusesWhatIsNotResp(String bytes) {
    RespReader reader = new RespReader(split(bytes, new Random(5)));
    assertThatThrownBy(reader::read).isInstanceOf(RespFormatException.class);
  }

  @Test
  void tellsTheEndInsideAReplyApart() {
    for (int cut = 0; cut < REPLIES.length(); cut++) {
      RespReader reader = new RespReader(split(REPLIES.substring(0, cut), new Random(cut)));
      assertThatThrownBy(
              () -> {
                while (true) {
                  reader.read();
                }
              })
          .isInstanceOf(EOFException.class);
    }
  }

  private static InputStream split(String text, Random random) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        return super.read(into, offset, 1 + random.nextInt(length));
      }
    };
  }
}
