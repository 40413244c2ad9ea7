package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.resp.RespReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BagTest {
  private final Bag bag = new Bag();

  @Test
  void givesEachElementOnce() throws IOException {
    put("a", "", "b");
    assertThat(takes("b")).isTrue();
    assertThat(takes("b")).isFalse();
    assertThat(takes("")).isTrue();
    assertThat(takes("")).isFalse();
    assertThat(takes("a")).isTrue();
    assertThat(takes("a")).isFalse();
  }

  @Test
  void repliesOfAnElementAreNotRunTogether() throws IOException {
    bag.clear(1);
    append("ab", "c");
    bag.put();
    assertThat(takes("a", "bc")).isFalse();
    assertThat(takes("abc")).isFalse();
    assertThat(takes("ab", "c")).isTrue();
    bag.clear(1);
    append("x\0\0\0\0y", "z");
    bag.put();
    assertThat(takes("x", "y\0\0\0\0z")).isFalse();
  }

  @Test
  void holdsWhatIsLargeAndManyAndIsUsedAgain() throws IOException {
    Random random = new Random(3);
    for (int round = 0; round < 20; round++) {
      List<String> elements = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(3000); i++) {
        elements.add(i + "x".repeat(random.nextInt(100)));
      }
      put(elements.toArray(String[]::new));
      Collections.shuffle(elements, random);
      for (String element : elements) {
        assertThat(takes(element + "x")).isFalse();
        assertThat(takes(element)).isTrue();
      }
    }
  }

  private void put(String... elements) throws IOException {
    bag.clear(elements.length);
    for (String element : elements) {
      append(element);
      bag.put();
    }
  }

  private boolean takes(String... parts) throws IOException {
    append(parts);
    return bag.take();
  }

  private void append(String... parts) throws IOException {
    for (String part : parts) {
      String reply = "$" + part.length() + "\r\n" + part + "\r\n";
      byte[] bytes = reply.getBytes(StandardCharsets.US_ASCII);
      RespReader in = new RespReader(new ByteArrayInputStream(bytes));
      in.readToken();
      bag.append(in);
    }
  }
}
