package io.cachesync.agent.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The help of a verb: its options under headings, and lines that are broken between words only, so
 * that what is to be typed stays in one piece.
 */
final class HelpText {
  private static final int COLUMN = 28;
  private static final String INDENT = "  ";
  private static final String ADDRESSES =
      String.join(
          "%n",
          "%nAddresses:",
          "  redis://[user:password@]host:port[/db]         one server",
          "  redis-cluster://[user:password@]host:port[,host:port...]",
          "                                                 a cluster, by any of its nodes",
          "  redis-sentinel://[user:password@]host:port[,...]/[db]?master=NAME",
          "                                                 the master that sentinels know",
          "  With TLS they begin with rediss, as rediss-cluster://host:port.%n");

  private HelpText() {}

  static void arrange(CommandLine verb) {
    UsageMessageSpec usage = verb.getCommandSpec().usageMessage();
    verb.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_SYNOPSIS, help -> synopsis(help, usage));
    verb.getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_DESCRIPTION,
            help -> lines(List.of(usage.description()), usage.width()));
    verb.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> options(help, usage.width()));
    if (verb.getCommandSpec().findOption("--source") != null
        || verb.getCommandSpec().findOption("--target") != null) {
      usage.footerHeading(ADDRESSES);
    }
    fitFooter(verb);
  }

  /** What stands below the options is arranged by hand, for a window of 80 columns. */
  static void fitFooter(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    command
        .getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_FOOTER_HEADING,
            help -> fitted(usage.footerHeading().formatted().lines().toList(), usage.width()));
    command
        .getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_FOOTER,
            help -> fitted(List.of(usage.footer()), usage.width()));
  }

  private static String lines(List<String> paragraphs, int width) {
    StringBuilder text = new StringBuilder();
    for (String paragraph : paragraphs) {
      if (paragraph.startsWith(INDENT)) {
        // A command: as it is typed.
        text.append(fitted(List.of(paragraph), width));
        continue;
      }
      NarrowText.wrap(paragraph, width - 1).forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  /** An option is broken from the next one, and not from its value. */
  private static String synopsis(Help help, UsageMessageSpec usage) {
    int begun = help.synopsisHeading().length();
    String words = usage.customSynopsis()[0].replaceAll(" (?=[A-Z])", "\u00a0");
    return String.join("\n" + " ".repeat(begun), NarrowText.wrap(words, usage.width() - begun))
            .replace('\u00a0', ' ')
        + '\n';
  }

  private static String fitted(List<String> lines, int width) {
    StringBuilder text = new StringBuilder();
    lines.forEach(
        line -> NarrowText.fit(line, width).forEach(each -> text.append(each).append('\n')));
    return text.toString();
  }

  private static String options(Help help, int width) {
    StringBuilder text = new StringBuilder();
    for (OptionHeading heading : OptionHeading.values()) {
      List<OptionSpec> under = heading.of(help.commandSpec().options());
      if (!under.isEmpty()) {
        text.append(text.isEmpty() ? "" : "\n").append(heading.title()).append(":\n");
        under.forEach(option -> text.append(option(option, width)));
      }
    }
    return text.toString();
  }

  private static String option(OptionSpec option, int width) {
    List<String> told = new ArrayList<>();
    for (String each : option.description()) {
      String text =
          each.replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValueString()))
              .replace("${FALLBACK-VALUE}", option.fallbackValue());
      told.addAll(NarrowText.wrap(text, width - 1 - COLUMN));
    }
    StringBuilder text = new StringBuilder(INDENT).append(typed(option));
    if (text.length() + INDENT.length() > COLUMN) {
      text.append('\n');
    }
    for (String line : told) {
      int begun = text.length() - 1 - text.lastIndexOf("\n");
      text.append(" ".repeat(COLUMN - begun)).append(line).append('\n');
    }
    return text.toString();
  }

  /** As {@code --name VALUE}. */
  private static String typed(OptionSpec option) {
    String name = option.longestName();
    if (option.negatable()) {
      name = name.replaceFirst("^--", "--[no-]");
    }
    if (option.names().length > 1) {
      name = String.join(", ", option.names());
    }
    if (option.arity().max() == 0) {
      return name;
    }
    String label = option.paramLabel();
    String value = option.splitRegex().isEmpty() ? label : label + "[," + label + "...]";
    return option.arity().min() == 0 ? name + " [" + value + ']' : name + ' ' + value;
  }
}
