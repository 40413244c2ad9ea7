package io.cachesync.agent.verify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Scores as servers write them: each version with other digits, all to the last bit. */
final class Score {
  private Score() {}

  /** Zero has no sign: some encodings drop it. */
  static boolean isSame(byte[] one, byte[] other) {
    return Arrays.equals(one, other) || parse(one) == parse(other);
  }

  static double parse(byte[] text) {
    String score = new String(text, StandardCharsets.US_ASCII);
    return switch (score) {
      case "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> number(score);
    };
  }

  private static double number(String score) {
    try {
      return Double.parseDouble(score);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
