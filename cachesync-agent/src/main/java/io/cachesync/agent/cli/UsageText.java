package io.cachesync.agent.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;

/** What is wrong with what was typed, in one sentence, where the parser itself refuses it. */
final class UsageText {
  private UsageText() {}

  /**
   * @param typed all words
   */
  static String of(ParameterException e, List<String> typed) {
    if (e instanceof OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + " is given twice, and may be given once.";
    }
    if (e instanceof MissingParameterException missing) {
      return missing(missing, typed);
    }
    return e.getArgSpec() != null && e.getValue() != null
        ? name(e.getArgSpec())
            + " wants "
            + wanted(e.getArgSpec())
            + ", not '"
            + e.getValue()
            + "'."
        : e.getMessage();
  }

  /** An option without its value, or what must be given and is not. */
  private static String missing(MissingParameterException e, List<String> typed) {
    List<ArgSpec> missing = e.getMissing();
    if (missing.size() == 1
        && missing.get(0) instanceof OptionSpec option
        && typed.contains(option.longestName())) {
      return name(option) + " wants " + wanted(option) + " behind it.";
    }
    return missing.isEmpty()
        ? e.getMessage()
        : missing.stream()
            .map(UsageText::synopsis)
            .distinct()
            .collect(Collectors.joining(" and ", "Missing: ", "."));
  }

  private static String synopsis(ArgSpec arg) {
    return arg instanceof OptionSpec option
        ? option.longestName() + ' ' + option.paramLabel()
        : arg.paramLabel();
  }

  private static String name(ArgSpec arg) {
    return arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
  }

  /** What its values look like. */
  private static String wanted(ArgSpec arg) {
    Class<?> type = element(arg);
    if (type.isEnum()) {
      return "one of " + String.join(", ", values(type));
    }
    if (type == boolean.class || type == Boolean.class) {
      return "no value";
    }
    String unit =
        switch (arg.paramLabel()) {
          case "MS" -> " of milliseconds, without a unit";
          case "S" -> name(arg).equals("--seed") ? "" : " of seconds, without a unit";
          case "PERCENT" -> " from 0 to 100";
          default -> "";
        };
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number" + unit;
    }
    if (type == double.class || type == Double.class) {
      return "a number" + unit;
    }
    return type == Path.class ? "a path" : arg.paramLabel();
  }

  /** What a key of a file of options looks like, of which no word was typed. */
  static String wantedInFile(OptionSpec option) {
    Class<?> type = element(option);
    String one =
        type == boolean.class
            ? "true or false"
            : isNumber(type) || type.isEnum()
                ? wanted(option)
                : "text in quotes, " + option.paramLabel();
    if (option.arity().min() == 0 && option.arity().max() > 0) {
      return one + ", true or false";
    }
    return one + (option.typeInfo().isMultiValue() ? ", or a list of such" : "");
  }

  private static boolean isNumber(Class<?> type) {
    return type == Integer.class || type.isPrimitive();
  }

  /** The type of its values, of several of each. */
  static Class<?> element(ArgSpec arg) {
    if (!arg.typeInfo().isMultiValue()) {
      return arg.type();
    }
    Class<?>[] types = arg.auxiliaryTypes();
    return types.length == 0 ? arg.type() : types[types.length - 1];
  }

  private static List<String> values(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(each -> each.toString().toLowerCase(Locale.ROOT))
        .toList();
  }
}
