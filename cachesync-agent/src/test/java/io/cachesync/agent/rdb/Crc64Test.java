package io.cachesync.agent.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {
  @Test
  void matchesTheCheckValue() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(Crc64.update(0, digits, 0, 9)).isEqualTo(0xe9c6d914c4b8d9caL);
  }

  @Test
  void isTheSameHoweverTheBytesAreSplit() {
    Random random = new Random(3);
    byte[] bytes = new byte[1000];
    random.nextBytes(bytes);
    long bitwise = bitwise(bytes);
    for (int round = 0; round < 200; round++) {
      long crc = 0;
      int at = 0;
      while (at < bytes.length) {
        int length = Math.min(bytes.length - at, random.nextInt(60));
        crc = Crc64.update(crc, bytes, at, length);
        at += length;
      }
      assertThat(crc).isEqualTo(bitwise);
    }
  }

  private static long bitwise(byte[] bytes) {
    long crc = 0;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0x95ac9329ac4bc9b5L;
      }
    }
    return crc;
  }
}
