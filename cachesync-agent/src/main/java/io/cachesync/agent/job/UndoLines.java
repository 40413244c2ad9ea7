package io.cachesync.agent.job;

import io.cachesync.contract.FormerValue;
import io.cachesync.contract.NamedKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/**
 * The lines of an undo file that count: of each key the first one behind which something was
 * written. The others are of the repair itself, or of an attempt that came to nothing:
 *
 * <pre>
 * a, what was read     taken back by the next line: somebody else was quicker
 * a, voided
 * a, what was read     counts
 * a, what was read     of the repair that began again
 * </pre>
 */
final class UndoLines {
  private final Path file;
  private final BitSet counting = new BitSet();
  private final List<Long> bad = new ArrayList<>();

  private UndoLines(Path file) {
    this.file = file;
  }

  /** Takes values as they are read. */
  @FunctionalInterface
  interface Taker {
    void take(FormerValue value) throws IOException;
  }

  /**
   * Reads which lines count.
   *
   * @throws IOException where it cannot be read, or not a second time
   */
  static UndoLines of(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("it is read twice, and must be a file");
    }
    UndoLines lines = new UndoLines(file);
    Map<NamedKey, Kept> keys = new HashMap<>();
    lines.read(
        (number, value) -> {
          if (value == null) {
            lines.bad.add((long) number);
            return;
          }
          // However it was written, it has one name.
          NamedKey key = NamedKey.of(value.database(), value.named().bytes());
          if (value.voided()) {
            keys.computeIfPresent(key, (same, kept) -> kept.withoutLast());
          } else {
            keys.merge(key, new Kept(number, number), (kept, next) -> kept.then(number));
          }
        });
    keys.values().forEach(kept -> lines.counting.set(kept.first));
    return lines;
  }

  /** Numbers of those that are none of an undo file. */
  List<Long> bad() {
    return List.copyOf(bad);
  }

  /** Tells the values that count, in their order. */
  void visit(Taker taker) throws IOException {
    read(
        (number, value) -> {
          if (counting.get(number)) {
            taker.take(value);
          }
        });
  }

  private interface Reader {
    /**
     * @param value null where the line is none of an undo file
     */
    void line(int number, FormerValue value) throws IOException;
  }

  /** Half a line may end inside a character. */
  private void read(Reader reader) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        reader.line(++number, parse(line));
      }
    }
  }

  private static FormerValue parse(String line) {
    try {
      FormerValue value = ContractJson.read(line, FormerValue.class);
      if (value == null || value.key() == null || !saysWhatWasThere(line, value)) {
        return null;
      }
      value.named().bytes();
      Base64.getDecoder().decode(value.dumpBase64());
      return value;
    } catch (JacksonException | IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * A line of another file, such as a check's result, names a key too, and says nothing of what was
   * there: that must not be read as nothing having been there, which would delete the key.
   */
  private static boolean saysWhatWasThere(String line, FormerValue value) {
    Presence said = ContractJson.read(line, Presence.class);
    return said.present() != null && value.present() != value.dumpBase64().isEmpty();
  }

  /** Null where a line does not say it. */
  private record Presence(Boolean present) {}

  /**
   * The lines of a key so far.
   *
   * @param first the one that counts
   * @param last the one that would be taken back
   */
  private record Kept(int first, int last) {
    Kept then(int number) {
      return new Kept(first, number);
    }

    /** Nothing is left of a key whose first line is taken back. */
    Kept withoutLast() {
      return first == last ? null : this;
    }
  }
}
