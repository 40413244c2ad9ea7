package io.cachesync.agent.fullcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that SQLite has made (src/test/resources/fullcheck). */
class SqliteFileTest {
  private static final Path MANY = Path.of("src/test/resources/fullcheck/many.db");
  private static final int ROWS = 1500;

  @TempDir private Path folder;

  @Test
  void readsEveryRowOfManyPagesAndValuesThatOverflowThem() throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    try (SqliteFile database = SqliteFile.open(MANY)) {
      assertThat(database.has("FINAL_RESULT")).isTrue();
      assertThat(database.has("final_results")).isFalse();
      database.each("key", rows::add);
    }
    assertThat(rows).hasSize(ROWS);
    rows.forEach(row -> row.computeIfPresent("key", (name, key) -> SqliteFile.text(key)));
    for (int i = 0; i < ROWS; i++) {
      assertThat(rows.get(i))
          .containsEntry(
              "key",
              "key:" + i + ":" + (i % 7 == 0 ? "é" : "") + "x".repeat(i % 97 == 0 ? 2500 : 10))
          .containsEntry("db", (long) i % 16)
          .containsEntry("source_len", i % 3 == 0 ? i : i * 1_000_003L)
          .containsEntry("target_len", (long) -i);
    }
  }

  @Test
  void saysThatAFileIsNoDatabaseOrDamaged() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "x".repeat(5000));
    assertThatThrownBy(() -> SqliteFile.open(other).close()).isInstanceOf(IOException.class);
    byte[] whole = Files.readAllBytes(MANY);
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      for (int j = 0; j < 40; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      readOrFail(Files.write(folder.resolve("damaged"), damaged));
    }
    for (int length = 0; length < whole.length; length += 1711) {
      byte[] cut = Arrays.copyOf(whole, length);
      readOrFail(Files.write(folder.resolve("cut"), cut));
    }
  }

  private static void readOrFail(Path file) {
    try (SqliteFile database = SqliteFile.open(file)) {
      database.each("key", row -> assertThat(row).isNotNull());
    } catch (IOException e) {
      assertThat(e).isNotNull();
    }
  }
}
