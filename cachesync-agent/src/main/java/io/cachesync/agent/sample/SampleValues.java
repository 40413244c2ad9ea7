package io.cachesync.agent.sample;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Deterministic values. */
final class SampleValues {
  private static final byte[] LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
          .getBytes(StandardCharsets.ISO_8859_1);
  private static final String[] WORDS = {
    "order", "cart", "session", "user", "price", "stock", "city", "colour", "device", "coupon"
  };

  private SampleValues() {}

  /** Text without order, so that it does not compress. */
  static byte[] letters(SplittableRandom random, int length) {
    byte[] value = new byte[length];
    for (int i = 0; i < length; ) {
      long bits = random.nextLong();
      for (int j = 0; j < 10 && i < length; j++, bits >>>= 6) {
        value[i++] = LETTERS[(int) (bits & 63)];
      }
    }
    return value;
  }

  static byte[] bytes(SplittableRandom random, int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  /** Text that repeats itself. */
  static String words(SplittableRandom random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return text.toString();
  }

  static String word(SplittableRandom random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  static long number(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(256) - 128;
      case 1 -> random.nextInt(1 << 16);
      case 2 -> random.nextInt();
      default -> random.nextLong();
    };
  }

  /** Scores of every form an RDB has: whole, broken, infinite. */
  static String score(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> "inf";
      case 1 -> "-inf";
      case 2, 3 -> Integer.toString(random.nextInt(1000) - 500);
      default -> Double.toString(random.nextInt(1 << 20) / 1024.0);
    };
  }
}
