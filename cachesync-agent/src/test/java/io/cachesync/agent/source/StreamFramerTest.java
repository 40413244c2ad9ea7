package io.cachesync.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFramerTest {
  @Test
  void findsTheSameCommandsHoweverTheStreamIsSplit() throws FaultException {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      List<Integer> ends = new ArrayList<>();
      List<Integer> databases = new ArrayList<>();
      byte[] stream = randomStream(random, ends, databases);
      StreamFramer framer = new StreamFramer(1000, -1);
      int at = 0;
      int whole = 0;
      while (at < stream.length) {
        int length = Math.min(stream.length - at, 1 + random.nextInt(random.nextInt(200) + 1));
        // Nothing lies behind it that could be read by mistake.
        byte[] piece = Arrays.copyOfRange(stream, at, at + length);
        int taken = framer.take(piece, 0, length);
        if (taken > 0) {
          whole = at + taken;
        }
        at += length;
        int reached = at;
        int expected = (int) ends.stream().filter(end -> end <= reached).count();
        assertThat(framer.commands()).isEqualTo(expected);
        assertThat(whole).isEqualTo(expected == 0 ? 0 : ends.get(expected - 1));
        assertThat(framer.database()).isEqualTo(expected == 0 ? -1 : databases.get(expected - 1));
        assertThat(framer.offset()).isEqualTo(1000 + at);
      }
      assertThat(whole).isEqualTo(stream.length);
    }
  }

  @Test
  void followsSelectInsideATransactionAndInAnySpelling() throws FaultException {
    StreamFramer framer = new StreamFramer(0, 3);
    take(framer, new RespWriter().command("MULTI").command("SET", "a", "1").toByteArray());
    assertThat(framer.database()).isEqualTo(3);
    take(framer, new RespWriter().command("sElEcT", "12").command("EXEC").toByteArray());
    assertThat(framer.database()).isEqualTo(12);
  }

  @Test
  void tellsWhereAnAcknowledgementWasAskedFor() throws FaultException {
    StreamFramer framer = new StreamFramer(100, 0);
    byte[] getAck = new RespWriter().command("REPLCONF", "GETACK", "*").toByteArray();
    take(framer, getAck);
    take(framer, new RespWriter().command("PING").toByteArray());
    assertThat(framer.takeGetAck()).isTrue();
    assertThat(framer.getAckOffset()).isEqualTo(137);
    assertThat(framer.takeGetAck()).isFalse();
  }

  @Test
  void handlesArgumentsThatLookLikeCommands() throws FaultException {
    StreamFramer framer = new StreamFramer(0, 0);
    String trap = "x\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n9\r\n";
    byte[] bytes = new RespWriter().command("SET", "k", trap).toByteArray();
    assertThat(framer.take(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    assertThat(framer.database()).isZero();
    assertThat(framer.commands()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n*1\r\n$4\r\nPING\r\n",
        "PING\r\n",
        "*0\r\n",
        "*1\r\n+OK\r\n",
        "*1\r\n$4\r\nPINGG\r\n",
        "*x\r\n",
        "*\r\n",
        "*1\n$4\r\nPING\r\n",
        "*1\r\n$-1\r\n",
        "*2\r\n$6\r\nSELECT\r\n$1\r\nx\r\n"
      })
  void refusesWhatIsNotACommand(String bytes) {
    StreamFramer framer = new StreamFramer(0, 0);
    assertThatThrownBy(() -> take(framer, bytes.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.STREAM_CORRUPT));
  }

  private static void take(StreamFramer framer, byte[] bytes) throws FaultException {
    framer.take(bytes, 0, bytes.length);
  }

  private static byte[] randomStream(Random random, List<Integer> ends, List<Integer> databases) {
    RespWriter stream = new RespWriter();
    int database = -1;
    int commands = 1 + random.nextInt(20);
    for (int i = 0; i < commands; i++) {
      if (random.nextInt(3) == 0) {
        database = random.nextInt(16);
        stream.command("SELECT", Integer.toString(database));
      } else {
        int arguments = 1 + random.nextInt(4);
        stream.begin(arguments);
        for (int argument = 0; argument < arguments; argument++) {
          byte[] value = new byte[random.nextInt(4) == 0 ? random.nextInt(500) : random.nextInt(9)];
          random.nextBytes(value);
          stream.arg(value);
        }
      }
      ends.add(stream.length());
      databases.add(database);
    }
    return stream.toByteArray();
  }
}
