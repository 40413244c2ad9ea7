package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every text exists in both languages, and whatever names a text names one that exists. */
class MessagesTest {
  private static final Path MESSAGES = Path.of("src/main/resources/messages");
  private static final Path TEMPLATES = Path.of("src/main/resources/templates");
  private static final Path SOURCES = Path.of("src/main/java");
  private static final String CHINESE = "_zh_CN.properties";

  private static final String KEY = "([a-z][\\w-]*(?:\\.[\\w-]+)+)";
  private static final Pattern IN_TEMPLATE = Pattern.compile("#\\{" + KEY + "[}(]");
  private static final Pattern MADE_IN_TEMPLATE =
      Pattern.compile("#\\{\\|([a-z][\\w-]*(?:\\.[\\w-]+)*\\.)\\$\\{");
  private static final Pattern PART = Pattern.compile("th:fragment=\"(\\w+)");
  private static final Pattern USED_PART = Pattern.compile("fragments/ui :: (\\w+)");
  private static final List<Pattern> IN_JAVA =
      List.of(
          Pattern.compile("Flash\\s*\\.(?:good|info|warn|bad)\\(\\s*\"" + KEY + "\""),
          Pattern.compile("Refusal\\s*\\.(?:notFound|conflict)\\(\\s*\"" + KEY + "\""),
          Pattern.compile("Refusal\\s*\\.invalid\\(\\s*\"\\w+\",\\s*\"" + KEY + "\""),
          Pattern.compile("NavItem\\s*\\.for\\w+\\(\\s*\\d+,\\s*\"[^\"]+\",\\s*\"" + KEY + "\""),
          Pattern.compile("message = \"\\{" + KEY + "}\""));
  private static final Pattern AUDITED =
      Pattern.compile("audit\\s*\\.record(?:As\\([^,\"]+,|\\()\\s*\"" + KEY + "\"");

  @Test
  void everyTextExistsInBothLanguages() {
    for (Path english : files(MESSAGES, ".properties")) {
      String name = english.getFileName().toString();
      if (name.endsWith(CHINESE)) {
        continue;
      }
      Path chinese = MESSAGES.resolve(name.replace(".properties", CHINESE));
      assertThat(load(chinese).stringPropertyNames())
          .as("keys of %s", chinese)
          .containsExactlyInAnyOrderElementsOf(load(english).stringPropertyNames());
    }
  }

  /** MessageFormat takes a single apostrophe for a quote and swallows it, and what follows. */
  @Test
  void apostrophesOfTextsWithArgumentsAreDoubled() {
    for (Path file : files(MESSAGES, ".properties")) {
      load(file)
          .forEach(
              (key, text) -> {
                if (text.toString().contains("{0}")) {
                  assertThat(text.toString().replace("''", ""))
                      .as("%s in %s", key, file)
                      .doesNotContain("'");
                }
              });
    }
  }

  @Test
  void templatesNameTextsThatExist() {
    Set<String> known = known();
    List<String> missing = new ArrayList<>();
    for (Path template : files(TEMPLATES, ".html")) {
      String source = read(template).replaceAll("(?s)<!--/\\*.*?\\*/-->", "");
      keys(source, IN_TEMPLATE).stream()
          .filter(key -> !known.contains(key))
          .forEach(key -> missing.add(template + ": " + key));
      keys(source, MADE_IN_TEMPLATE).stream()
          .filter(prefix -> known.stream().noneMatch(key -> key.startsWith(prefix)))
          .forEach(prefix -> missing.add(template + ": " + prefix + "*"));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void templatesUsePartsThatExist() {
    Set<String> parts = keys(read(TEMPLATES.resolve("fragments/ui.html")), PART);
    List<String> missing = new ArrayList<>();
    for (Path template : files(TEMPLATES, ".html")) {
      keys(read(template), USED_PART).stream()
          .filter(part -> !parts.contains(part))
          .forEach(part -> missing.add(template + ": " + part));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void codeNamesTextsThatExist() {
    Set<String> known = known();
    List<String> missing = new ArrayList<>();
    for (Path file : files(SOURCES, ".java")) {
      String source = read(file);
      for (Pattern pattern : IN_JAVA) {
        keys(source, pattern).stream()
            .filter(MessagesTest::hasPage)
            .filter(key -> !known.contains(key))
            .forEach(key -> missing.add(file + ": " + key));
      }
      keys(source, AUDITED).stream()
          .map(action -> "audit.action." + action)
          .filter(key -> !known.contains(key))
          .forEach(key -> missing.add(file + ": " + key));
    }
    assertThat(missing).isEmpty();
  }

  /** A feature whose pages are not there yet has no texts either. */
  private static boolean hasPage(String key) {
    String feature = key.substring(0, key.indexOf('.'));
    return Set.of("common", "error").contains(feature)
        || Files.exists(MESSAGES.resolve(feature + ".properties"));
  }

  private static Set<String> known() {
    Set<String> known = new TreeSet<>();
    files(MESSAGES, ".properties").forEach(file -> known.addAll(load(file).stringPropertyNames()));
    return known;
  }

  private static Set<String> keys(String source, Pattern pattern) {
    Set<String> keys = new TreeSet<>();
    Matcher matcher = pattern.matcher(source);
    while (matcher.find()) {
      keys.add(matcher.group(1));
    }
    return keys;
  }

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Properties load(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
