package io.cachesync.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarkedPayloadTest {
  private static final byte[] MARK =
      "0123456789abcdef0123456789abcdefaaaaaaaa".getBytes(StandardCharsets.US_ASCII);

  @Test
  void findsTheEndHoweverItIsSplit() throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 3000; round++) {
      byte[] rdb = almostMarks(random);
      byte[] rest = new byte[random.nextInt(100)];
      random.nextBytes(rest);
      byte[] all = concat(rdb, MARK, rest);
      int most = 1 + random.nextInt(random.nextBoolean() ? 5 : 300);
      check(all, rdb, random, most);
    }
  }

  @Test
  void findsTheEndInOneRead() throws Exception {
    byte[] rdb = new byte[100_000];
    Arrays.fill(rdb, (byte) 'a');
    check(concat(rdb, MARK, "*1".getBytes(StandardCharsets.US_ASCII)), rdb, null, 0);
  }

  @Test
  void findsTheEndOfNothing() throws Exception {
    check(MARK, new byte[0], null, 0);
    check(MARK, new byte[0], new Random(1), 1);
  }

  @Test
  void goesNoFurtherThanTheFirstMark() throws Exception {
    check(concat(MARK, MARK), new byte[0], new Random(1), 7);
  }

  private static void check(byte[] all, byte[] rdb, Random random, int most) throws Exception {
    MarkedPayload payload = new MarkedPayload(MARK);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (!payload.ended()) {
      int left = all.length - at;
      int length = random == null ? left : Math.min(left, 1 + random.nextInt(most));
      assertThat(length).isPositive();
      at += payload.take(all, at, length, out::write);
    }
    assertThat(at).isEqualTo(rdb.length + MARK.length);
    assertThat(out.toByteArray()).isEqualTo(rdb);
  }

  /** Bytes with beginnings and endings of the mark in them, but never the whole. */
  private static byte[] almostMarks(Random random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int pieces = random.nextInt(12);
    for (int i = 0; i < pieces; i++) {
      int from = random.nextInt(MARK.length);
      int length = random.nextInt(MARK.length - from + 1);
      bytes.write(MARK, from, length);
      if (length == MARK.length || random.nextBoolean()) {
        bytes.write('-');
      }
    }
    byte[] made = bytes.toByteArray();
    String all = new String(concat(made, MARK), StandardCharsets.US_ASCII);
    return all.indexOf(new String(MARK, StandardCharsets.US_ASCII)) == made.length
        ? made
        : new byte[0];
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
