package io.cachesync.agent.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** A word that is no verb and no option, and what was likely meant by it. */
final class Misspelt {
  /** A share of the longer word: with more wrong it is another word. */
  private static final double MOST_WRONG = 0.4;

  private Misspelt() {}

  /** A sentence on the first one, empty where each word was understood. */
  static Optional<String> in(CommandLine command) {
    List<String> words = command.getUnmatchedArguments();
    if (words.isEmpty()) {
      return Optional.empty();
    }
    String word = words.get(0).replaceFirst("=.*", "");
    boolean isOption = word.startsWith("-");
    boolean isVerb = !isOption && !command.getSubcommands().isEmpty();
    CommandLine all = command.getParent();
    if (!isOption && all != null && all.getSubcommands().containsKey(word)) {
      return Optional.of(
          "One verb at a time: it is %s, and %s comes too."
              .formatted(command.getCommandName(), word));
    }
    if (isOption && all == null && isOfVerb(command, word)) {
      return Optional.of("The verb comes first, as: cachesync-agent sync " + word + " …");
    }
    String what = isVerb ? "No such verb: " : isOption ? "No such option: " : "Not understood: ";
    List<String> known = new ArrayList<>();
    if (isOption) {
      command.getCommandSpec().options().forEach(option -> addNames(option, known));
    } else {
      known.addAll(command.getSubcommands().keySet());
    }
    return Optional.of(what + word + '.' + meant(word, known));
  }

  /** A sentence on a verb that there is none of. */
  static String verb(String word, CommandLine all) {
    return "No such verb: "
        + word
        + '.'
        + meant(word, new ArrayList<>(all.getSubcommands().keySet()));
  }

  private static boolean isOfVerb(CommandLine all, String option) {
    return all.getSubcommands().values().stream()
        .anyMatch(verb -> verb.getCommandSpec().findOption(option) != null);
  }

  /** A sentence behind another on a word that is not known, empty where nothing is like it. */
  static String meant(String word, List<String> known) {
    return nearest(word, known).map(name -> " Did you mean " + name + "?").orElse("");
  }

  private static void addNames(OptionSpec option, Collection<String> known) {
    known.addAll(List.of(option.names()));
  }

  private static Optional<String> nearest(String word, List<String> known) {
    return known.stream()
        .filter(name -> distance(word, name) <= MOST_WRONG * Math.max(word.length(), name.length()))
        .min(Comparator.comparingInt(name -> distance(word, name)));
  }

  /** Letters to add, take away, change or swap to make the one of the other (Damerau). */
  private static int distance(String one, String other) {
    int[] twice = null;
    int[] before = new int[other.length() + 1];
    for (int j = 0; j < before.length; j++) {
      before[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] now = new int[before.length];
      now[0] = i;
      for (int j = 1; j < now.length; j++) {
        char letter = one.charAt(i - 1);
        int changed = before[j - 1] + (letter == other.charAt(j - 1) ? 0 : 1);
        now[j] = Math.min(changed, 1 + Math.min(before[j], now[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && letter == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        if (swapped) {
          now[j] = Math.min(now[j], twice[j - 2] + 1);
        }
      }
      twice = before;
      before = now;
    }
    return before[other.length()];
  }
}
