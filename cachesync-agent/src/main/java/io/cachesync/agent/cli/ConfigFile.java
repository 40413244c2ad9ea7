package io.cachesync.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/**
 * A file of options, as TOML 1.0. The only class that knows the library for it, which is not loaded
 * before a file is given. What the file says is never repeated but for its keys: an address in it
 * may hold a password.
 */
final class ConfigFile {
  /** Of a larger one nobody has written the options by hand. */
  private static final int MOST_BYTES = 1 << 20;

  private static final String EXPECTED = ", expected ";

  private final Path path;
  private final String text;
  private final TomlParseResult parsed;

  private ConfigFile(Path path, String text) {
    this.path = path;
    this.text = text;
    this.parsed = Toml.parse(text, TomlVersion.V1_0_0);
  }

  /**
   * A key at the top of the file.
   *
   * @param value a String, Long, Double or Boolean, a List of such, or what {@link #kind} names
   * @param line from 1 on
   */
  record Setting(String key, Object value, int line) {}

  /**
   * The keys in the order of their lines.
   *
   * @throws IllegalArgumentException with one sentence for the person who wrote it
   */
  static List<Setting> read(Path path) {
    ConfigFile file = new ConfigFile(path, textOf(path));
    Optional<TomlParseError> first =
        file.parsed.errors().stream()
            .min(
                Comparator.<TomlParseError>comparingInt(error -> error.position().line())
                    .thenComparingInt(error -> error.position().column()));
    if (first.isPresent()) {
      throw new IllegalArgumentException(file.trouble(first.get()));
    }
    return file.parsed.keySet().stream()
        .map(file::setting)
        .sorted(Comparator.comparingInt(Setting::line))
        .toList();
  }

  /** What a value is, in words. */
  static String kind(Object value) {
    if (value instanceof String) {
      return "text";
    }
    if (value instanceof Long) {
      return "a whole number";
    }
    if (value instanceof Double) {
      return "a number";
    }
    if (value instanceof Boolean) {
      return "true or false";
    }
    if (value instanceof List || value instanceof TomlArray) {
      return "a list";
    }
    return isTable(value) ? "a table" : "a date or time";
  }

  static boolean isTable(Object value) {
    return value instanceof TomlTable
        || value instanceof List<?> list && !list.isEmpty() && isTable(list.get(0));
  }

  private static String textOf(Path path) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(path)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      String why =
          Files.isReadable(path) || !Files.exists(path)
              ? FileTrouble.why(path, e)
              : FileTrouble.unreadable(path);
      throw new IllegalArgumentException("--config: cannot read " + path + ": " + why + ".", e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "--config: " + path + " is larger than 1 MB, so it is no file of options.");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // Editors of Windows put a mark before the first line, for which TOML has no place.
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "--config: " + path + " is no text in UTF-8, as TOML is.", e);
    }
  }

  private Setting setting(String key) {
    Object value = parsed.get(List.of(key));
    return new Setting(key, value instanceof TomlArray array ? array.toList() : value, lineOf(key));
  }

  private int lineOf(String key) {
    return parsed.inputPositionOf(List.of(key)).line();
  }

  private String trouble(TomlParseError error) {
    int line = error.position().line();
    int at = offset(line, error.position().column());
    Optional<String> twice =
        parsed.keySet().stream().filter(key -> lineOf(key) < line && isKeyAt(at, key)).findFirst();
    if (twice.isPresent()) {
      return "%s:%d: %s is given twice, first in line %d."
          .formatted(path, line, twice.get(), lineOf(twice.get()));
    }
    return "%s:%d:%d: %s."
        .formatted(path, line, error.position().column(), why(error.getMessage(), at));
  }

  private String why(String message, int at) {
    boolean isEnd = at >= text.length() || text.charAt(at) == '\n' || text.charAt(at) == '\r';
    String before = text.substring(0, Math.min(at, text.length())).stripTrailing();
    if (isEnd && before.endsWith("=")) {
      return "a value is missing: text in quotes, a number, true, false, or a list in [ ]";
    }
    if (!isEnd && isUnquoted(before, at)) {
      return "text needs quotes, as on-exists = \"replace\"";
    }
    if (!isEnd && text.charAt(at) == '\\') {
      return "in double quotes a backslash begins an escape of TOML; put such text into single"
          + " quotes, where it is meant as such";
    }
    int expected = message.lastIndexOf(EXPECTED);
    return expected < 0
        ? message
        : (at >= text.length() ? "the file ends where " : isEnd ? "the line ends where " : "here ")
            + "TOML expects "
            + message.substring(expected + EXPECTED.length());
  }

  /** A value that begins here and is no number. */
  private boolean isUnquoted(String before, int at) {
    boolean isValue = before.endsWith("=") || before.endsWith("[") || before.endsWith(",");
    String value = text.substring(at).split("[\\s,\\]#]", 2)[0];
    return isValue && !value.isEmpty() && !value.matches("[-+\"'\\[{\\]},=].*|[-+0-9._eE]+");
  }

  private boolean isKeyAt(int at, String key) {
    String rest = text.substring(Math.min(at, text.length()));
    return rest.matches("(?s)[\"']?\\Q" + key + "\\E[\"']?[ \\t]*[=.].*");
  }

  private int offset(int line, int column) {
    int start = 0;
    for (int i = 1; i < line; i++) {
      start = text.indexOf('\n', start) + 1;
    }
    return start + column - 1;
  }
}
