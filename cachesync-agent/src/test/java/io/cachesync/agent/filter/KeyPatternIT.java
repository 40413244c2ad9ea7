package io.cachesync.agent.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeyPatternIT {
  @RegisterExtension static final RedisServer SERVER = new RedisServer(ServerVersion.V7_0);

  /** Without backslashes before an x, which mean a byte here and an x there. */
  private static final String ALPHABET = "*?[]^-\\ab\u00ff";

  @Test
  void findsWhatTheServerFinds() {
    Random random = new Random(11);
    List<String> keys = new ArrayList<>(List.of("", "]", "-", "^", "\\", "*", "\u00ff", "\u0000"));
    for (int i = 0; i < 200; i++) {
      keys.add(random(random, "ab-]^\\*\u00ff\u0000", 1 + random.nextInt(5)));
    }
    try (RespClient client = SERVER.client()) {
      for (String key : keys) {
        client.call("SET", key, "");
      }
      for (int i = 0; i < 2000; i++) {
        String pattern = random(random, ALPHABET, 1 + random.nextInt(6));
        if (pattern.contains("\\\u00ff")) {
          continue; // As text that would be a backslash and a word.
        }
        List<String> expected = new ArrayList<>();
        client.list("KEYS", pattern).forEach(key -> expected.add((String) key));
        KeyPattern compiled = KeyPattern.of(asText(pattern));
        List<String> found =
            keys.stream()
                .distinct()
                .filter(
                    key -> {
                      byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
                      return compiled.matches(bytes, 0, bytes.length);
                    })
                .toList();
        assertThat(found).as(pattern).containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  /** As a person writes it: bytes that are no text as {@code \xHH}. */
  private static String asText(String pattern) {
    return pattern.replace("\u00ff", "\\xff");
  }

  private static String random(Random random, String alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
