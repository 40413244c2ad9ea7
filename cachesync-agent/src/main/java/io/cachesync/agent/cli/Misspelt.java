package io.cachesync.agent.cli;

import io.cachesync.contract.Likeness;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** A word that is no verb and no option, and what was likely meant by it. */
final class Misspelt {
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
    return Likeness.nearest(word, known).map(name -> " Did you mean " + name + "?").orElse("");
  }

  private static void addNames(OptionSpec option, Collection<String> known) {
    known.addAll(List.of(option.names()));
  }
}
