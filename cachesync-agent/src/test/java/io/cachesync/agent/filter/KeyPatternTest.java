package io.cachesync.agent.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPatternTest {
  @ParameterizedTest
  @CsvSource({
    "*, '', true",
    "**, '', false",
    "a*, '', false",
    "*, anything, true",
    "user:*, user:1, true",
    "user:*, users, false",
    "*:tmp, a:b:tmp, true",
    "a*b*c, aXbXbXc, true",
    "a*b*c, aXbXbXd, false",
    "h?llo, hello, true",
    "h?llo, hllo, false",
    "h[ae]llo, hallo, true",
    "h[ae]llo, hillo, false",
    "h[^e]llo, hello, false",
    "h[^e]llo, hallo, true",
    "h[a-c]llo, hbllo, true",
    "h[c-a]llo, hbllo, true",
    "h[a-c]llo, hdllo, false",
    "h[]llo, hllo, false",
    "h[^]llo, hXllo, true",
    "h[a-]llo, hallo, false",
    "[\\]], ], true",
    "\\*, *, true",
    "\\*, a, false",
    "\\x2a, *, true",
    "\\x2a, a, false",
    "[\\x61-\\x63], b, true",
    "[\\x5d]x, ]x, true",
    "a]b, a]b, true",
    "\\?, ?, true"
  })
  void matchesAsRedisDoes(String pattern, String key, boolean expected) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    assertThat(KeyPattern.of(pattern).matches(bytes, 0, bytes.length)).isEqualTo(expected);
  }

  @Test
  void matchesBytesAndNotCharacters() {
    byte[] key = {(byte) 0xff, 0, 'x'};
    assertThat(KeyPattern.of("\\xff\\x00?").matches(key, 0, 3)).isTrue();
    assertThat(KeyPattern.of("\\xFE*").matches(key, 0, 3)).isFalse();
    byte[] text = "café".getBytes(StandardCharsets.UTF_8);
    assertThat(KeyPattern.of("café").matches(text, 0, text.length)).isTrue();
    assertThat(KeyPattern.of("caf?").matches(text, 0, text.length)).isFalse();
    assertThat(KeyPattern.of("caf??").matches(text, 0, text.length)).isTrue();
  }

  @Test
  void looksOnlyAtTheKey() {
    byte[] buffer = "xxuser:1yy".getBytes(StandardCharsets.UTF_8);
    assertThat(KeyPattern.of("user:?").matches(buffer, 2, 6)).isTrue();
  }

  /** Written as the original is, by recursion over the text. */
  @Test
  void saysTheSameAsTheOriginal() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      byte[] pattern = random(random, "*?[]^-\\abc", 1 + random.nextInt(7));
      byte[] key = random(random, "abc-]^", 1 + random.nextInt(5));
      String text = new String(pattern, StandardCharsets.ISO_8859_1);
      assertThat(KeyPattern.of(text).matches(key, 0, key.length))
          .as("%s %s", text, new String(key, StandardCharsets.ISO_8859_1))
          .isEqualTo(original(pattern, 0, key, 0));
    }
  }

  private static byte[] random(Random random, String alphabet, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
    }
    return bytes;
  }

  private static boolean original(byte[] p, int pattern, byte[] s, int string) {
    int at = pattern;
    int from = string;
    while (at < p.length && from < s.length) {
      switch (p[at]) {
        case '*' -> {
          while (at + 1 < p.length && p[at + 1] == '*') {
            at++;
          }
          if (at + 1 == p.length) {
            return true;
          }
          for (; from < s.length; from++) {
            if (original(p, at + 1, s, from)) {
              return true;
            }
          }
          return false;
        }
        case '?' -> from++;
        case '[' -> {
          at++;
          boolean not = at < p.length && p[at] == '^';
          at += not ? 1 : 0;
          boolean match = false;
          while (true) {
            if (p.length - at >= 2 && p[at] == '\\') {
              at++;
              match |= p[at] == s[from];
            } else if (at < p.length && p[at] == ']') {
              break;
            } else if (at >= p.length) {
              at--;
              break;
            } else if (p.length - at >= 3 && p[at + 1] == '-') {
              int low = Math.min(p[at], p[at + 2]);
              int high = Math.max(p[at], p[at + 2]);
              match |= s[from] >= low && s[from] <= high;
              at += 2;
            } else {
              match |= p[at] == s[from];
            }
            at++;
          }
          if (match == not) {
            return false;
          }
          from++;
        }
        default -> {
          if (p[at] == '\\' && p.length - at >= 2) {
            at++;
          }
          if (p[at] != s[from]) {
            return false;
          }
          from++;
        }
      }
      at++;
      if (from == s.length) {
        while (at < p.length && p[at] == '*') {
          at++;
        }
        break;
      }
    }
    return at >= p.length && from == s.length;
  }
}
