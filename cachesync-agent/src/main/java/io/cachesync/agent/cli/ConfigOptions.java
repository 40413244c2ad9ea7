package io.cachesync.agent.cli;

import io.cachesync.agent.cli.ConfigFile.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * {@code --config FILE}: the options of a verb as keys of a TOML file, without their dashes. They
 * become words in front of those that were typed, except where the same option was typed too. One
 * file serves all verbs of a migration, so a key of another verb says nothing to this one.
 */
final class ConfigOptions {
  private static final String NAME = "--config";
  private static final String DASHES = "--";
  private static final String NEGATED = "--no-";
  private static final Set<String> ENDS = Set.of("source", "target");

  /** What is about a single run, or about the file itself. */
  private static final Set<String> TYPED_ONLY = Set.of("config", "help", "version", "spec");

  private static final Pattern OPTION = Pattern.compile("--[a-z0-9-]+");

  private final Path file;
  private final List<String> words;
  private final String warning;

  /** Those that come from the file, with their lines. */
  private final Map<String, Integer> lines;

  private ConfigOptions(Path file, List<String> words, String warning, Map<String, Integer> lines) {
    this.file = file;
    this.words = List.copyOf(words);
    this.warning = warning;
    this.lines = Map.copyOf(lines);
  }

  /** Gives a verb the option, which is read before all others. */
  static void addTo(CommandSpec verb) {
    verb.addOption(
        OptionSpec.builder(NAME)
            .paramLabel("FILE")
            .type(Path.class)
            .description(
                "Options as TOML, a line each without the dashes, as full-only = true. What is"
                    + " typed goes before it; options of other verbs are passed over.")
            .build());
  }

  /** Where no file is given. */
  static ConfigOptions none() {
    return none(List.of());
  }

  private static ConfigOptions none(List<String> words) {
    return new ConfigOptions(null, words, "", Map.of());
  }

  /**
   * @param typed all words, the verb first
   * @throws ParameterException with one sentence where the file cannot be read, or is not
   *     understood
   */
  static ConfigOptions of(CommandLine all, String... typed) {
    List<String> words = List.of(typed);
    CommandLine verb = words.isEmpty() ? null : all.getSubcommands().get(words.get(0));
    int end = words.indexOf(DASHES);
    List<String> options = end < 0 ? words : words.subList(0, end);
    List<String> named = verb == null ? List.of() : named(options, verb.getCommandSpec());
    // Where it is given wrongly, the parser tells it; who asks for help gets it in any case.
    if (named.size() != 1
        || verb.getCommandSpec().findOption(NAME) == null
        || options.stream().anyMatch(Set.of("-h", "--help", "-V", "--version")::contains)) {
      return none(words);
    }
    Path file;
    try {
      file = PathArgument.of(named.get(0));
    } catch (CommandLine.TypeConversionException e) {
      return none(words);
    }
    try {
      return read(file, verb, words, options);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(verb, e.getMessage(), e);
    }
  }

  /** All words, with those of the file directly behind the verb. */
  String[] words() {
    return words.toArray(String[]::new);
  }

  /** What to tell before the verb begins, empty for nothing. */
  String warning() {
    return warning;
  }

  /** A sentence on an option, with where it stands, if that is in the file. */
  String placed(String told) {
    return OPTION
        .matcher(told)
        .results()
        .map(MatchResult::group)
        .filter(lines::containsKey)
        .findFirst()
        .map(option -> file + ":" + lines.get(option) + ": " + told)
        .orElse(told);
  }

  private static List<String> named(List<String> words, CommandSpec verb) {
    List<String> named = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.startsWith(NAME + "=")) {
        named.add(word.substring(NAME.length() + 1));
      } else if (word.equals(NAME)
          && i + 1 < words.size()
          && verb.findOption(words.get(i + 1)) == null) {
        named.add(words.get(i + 1));
      }
    }
    return named;
  }

  private static ConfigOptions read(
      Path file, CommandLine verb, List<String> typed, List<String> typedOptions) {
    List<Setting> settings = ConfigFile.read(file);
    Map<String, Integer> lines = new LinkedHashMap<>();
    List<String> words = new ArrayList<>(typed.subList(0, 1));
    for (Setting each : settings) {
      OptionSpec option = verb.getCommandSpec().findOption(DASHES + each.key());
      try {
        refuseUnknown(each, verb.getParent());
        if (option != null) {
          List<String> said = words(option, each);
          if (typedOptions.stream().noneMatch(isOf(option))) {
            words.addAll(said);
            lines.put(option.longestName(), each.line());
          }
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s:%d: %s".formatted(file, each.line(), e.getMessage()), e);
      }
    }
    words.addAll(typed.subList(1, typed.size()));
    return new ConfigOptions(file, words, warning(file, settings), lines);
  }

  private static Predicate<String> isOf(OptionSpec option) {
    String name = option.longestName();
    String negated = NEGATED + name.substring(DASHES.length());
    return word -> {
      String typed = word.split("=", 2)[0];
      return typed.equals(name) || typed.equals(negated);
    };
  }

  private static void refuseUnknown(Setting setting, CommandLine all) {
    String key = setting.key();
    List<String> known =
        all.getSubcommands().values().stream()
            .flatMap(verb -> verb.getCommandSpec().options().stream())
            .map(option -> option.longestName().substring(DASHES.length()))
            .distinct()
            .toList();
    boolean isVerb = all.getSubcommands().containsKey(key);
    if (ConfigFile.isTable(setting.value()) && (isVerb || !known.contains(key))) {
      throw new IllegalArgumentException(
          key + " is a table; options stand in none, as one file serves all verbs.");
    }
    if (TYPED_ONLY.contains(key)) {
      throw new IllegalArgumentException(DASHES + key + " is typed, and stands in no file.");
    }
    if (!known.contains(key)) {
      List<String> keys = known.stream().filter(each -> !TYPED_ONLY.contains(each)).toList();
      throw new IllegalArgumentException("No such key: " + key + "." + Misspelt.meant(key, keys));
    }
  }

  /** As they would be typed. */
  private static List<String> words(OptionSpec option, Setting setting) {
    if (!(setting.value() instanceof List<?> list)) {
      return word(option, setting.key(), setting.value()).stream().toList();
    }
    if (!option.typeInfo().isMultiValue()) {
      throw wrong(option, setting.key(), list);
    }
    return list.stream().flatMap(each -> word(option, setting.key(), each).stream()).toList();
  }

  /** Empty for a {@code false} that says the same as nothing. */
  private static Optional<String> word(OptionSpec option, String key, Object value) {
    boolean isFlag = option.arity().max() == 0;
    if (isFlag || option.arity().min() == 0 && value instanceof Boolean) {
      if (!(value instanceof Boolean given)) {
        throw wrong(option, key, value);
      }
      if (!given) {
        return option.negatable() ? Optional.of(NEGATED + key) : Optional.empty();
      }
      return Optional.of(isFlag ? DASHES + key : DASHES + key + "=" + option.fallbackValue());
    }
    if (!isFitting(option, value)) {
      throw wrong(option, key, value);
    }
    return Optional.of(DASHES + key + "=" + value);
  }

  private static boolean isFitting(OptionSpec option, Object value) {
    Class<?> type = UsageText.element(option);
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      // Several may stand in one text, as they are typed.
      return value instanceof Long || value instanceof String && !option.splitRegex().isEmpty();
    }
    return type == double.class ? value instanceof Number : value instanceof String;
  }

  private static IllegalArgumentException wrong(OptionSpec option, String key, Object value) {
    return new IllegalArgumentException(
        key + " wants " + UsageText.wantedInFile(option) + ", not " + ConfigFile.kind(value) + ".");
  }

  /** Of a password that others may read, empty where there is none. */
  private static String warning(Path file, List<Setting> settings) {
    return settings.stream()
        .filter(each -> ENDS.contains(each.key()))
        .filter(
            each -> {
              String elsewhere = each.key() + "-password-env";
              return hasPassword(
                  each, settings.stream().anyMatch(other -> other.key().equals(elsewhere)));
            })
        .findFirst()
        .filter(each -> isReadableByOthers(file))
        .map(
            each ->
                ("%s:%d: this address has a password in it, and others may read the file: chmod"
                        + " 600, or name an environment variable with %s-password-env.")
                    .formatted(file, each.line(), each.key()))
        .orElse("");
  }

  private static boolean hasPassword(Setting setting, boolean isElsewhere) {
    Stream<?> values =
        setting.value() instanceof List<?> list ? list.stream() : Stream.of(setting.value());
    return values
        .filter(String.class::isInstance)
        .anyMatch(
            each -> {
              try {
                RedisUri address = RedisUri.parse((String) each);
                RedisUri read = isElsewhere ? address.withPasswordFromElsewhere() : address;
                // A login without a colon is a user, or is refused with a sentence of its own.
                return !read.password().isEmpty() && !read.hasLoginWithoutPassword();
              } catch (IllegalArgumentException e) {
                return false; // The verb refuses it.
              }
            });
  }

  private static boolean isReadableByOthers(Path file) {
    try {
      Set<PosixFilePermission> may = Files.getPosixFilePermissions(file);
      return Files.isRegularFile(file)
          && (may.contains(PosixFilePermission.GROUP_READ)
              || may.contains(PosixFilePermission.OTHERS_READ));
    } catch (IOException | UnsupportedOperationException e) {
      return false; // It was read, and its file system tells no such thing.
    }
  }
}
