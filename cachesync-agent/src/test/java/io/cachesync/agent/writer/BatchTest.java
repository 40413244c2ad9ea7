package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BatchTest {
  private final Batch batch = new Batch(0);

  @Test
  void setsThatComeOneBehindTheOtherGoAsOne() throws Exception {
    set(10, 0, "a", "1");
    set(20, 0, "b", "2");
    verbatim(30, 0, "INCR", "n");
    set(40, 0, "c", "3");
    batch.seal();
    assertThat(text())
        .isEqualTo(
            command("MSET", "a", "1", "b", "2") + command("INCR", "n") + command("SET", "c", "3"));
    assertThat(batch.count()).isEqualTo(3);
    assertThat(batch.commands()).isEqualTo(4);
    assertThat(batch.bytes()).isEqualTo(text().length());
  }

  /** What is refused leaves each of them in doubt. */
  @Test
  void tellsWhereEachOfThemEnds() throws Exception {
    verbatim(5, 0, "INCR", "n");
    set(10, 0, "a", "1");
    set(20, 0, "b", "2");
    batch.seal();
    assertThat(batch.offsets(0)).containsExactly(5);
    assertThat(batch.offsets(1)).containsExactly(10, 20);
    assertThat(batch.describe(1)).isEqualTo("MSET a (source offset 10)");
  }

  @Test
  void anotherDatabaseEndsThem() throws Exception {
    set(10, 0, "a", "1");
    set(20, 3, "b", "2");
    batch.seal();
    assertThat(text())
        .isEqualTo(command("SET", "a", "1") + command("SELECT", "3") + command("SET", "b", "2"));
  }

  @Test
  void aBatchThatIsClearedHasNothingOfThem() throws Exception {
    set(10, 0, "a", "1");
    batch.clear();
    set(20, 0, "b", "2");
    batch.seal();
    assertThat(text()).isEqualTo(command("SET", "b", "2"));
    assertThat(batch.offsets(0)).containsExactly(20);
  }

  private void set(long offset, int database, String key, String value) throws Exception {
    batch.from(offset, database);
    batch.set(read("SET", key, value));
  }

  private void verbatim(long offset, int database, String... words) throws Exception {
    batch.from(offset, database);
    batch.verbatim(read(words));
  }

  private static StreamCommand read(String... words) throws Exception {
    byte[] bytes = command(words).getBytes(StandardCharsets.ISO_8859_1);
    StreamReader reader = new StreamReader(0);
    reader.append(bytes, 0, bytes.length, 0);
    return reader.next();
  }

  private static String command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append("$" + word.length() + "\r\n" + word + "\r\n");
    }
    return text.toString();
  }

  private String text() {
    return new String(batch.buffer(), 0, batch.bytes(), StandardCharsets.ISO_8859_1);
  }
}
