package io.cachesync.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines that were arranged for a window of 80 columns, in a narrower one. A word stays in one
 * piece, also where it is wider than the window.
 */
final class NarrowText {
  /** A word or more, and what they mean in a second column. */
  private static final Pattern COLUMNS = Pattern.compile("( *\\S.*?)  +(\\S.*)");

  /** Fewer columns than these hold no sentence. */
  private static final int LEAST = 24;

  private static final String DEEPER = "    ";
  private static final String GOES_ON = " \\";

  private NarrowText() {}

  /** The line itself where it fits. */
  static List<String> fit(String line, int width) {
    if (line.length() <= width) {
      return List.of(line);
    }
    String indent = line.substring(0, line.length() - line.stripLeading().length());
    Matcher columns = COLUMNS.matcher(line);
    if (isCommand(line)) {
      return command(line.strip(), indent, width);
    }
    if (columns.matches()) {
      return columns(columns.group(1), columns.group(2), columns.start(2), indent, width);
    }
    List<String> told = indented(wrap(line.strip(), width - indent.length()), indent);
    return indent.length() <= DEEPER.length()
            || (indent.length() + LEAST <= width
                && told.stream().allMatch(e -> e.length() <= width))
        ? told
        : indented(wrap(line.strip(), width - DEEPER.length()), DEEPER);
  }

  private static boolean isCommand(String line) {
    String typed = line.strip();
    return typed.startsWith("cachesync-agent ")
        || typed.startsWith("--")
        || typed.endsWith(GOES_ON);
  }

  /** Breaks before options, as a shell reads on behind a backslash. */
  private static List<String> command(String typed, String indent, int width) {
    List<String> lines = new ArrayList<>();
    String rest = indent + typed;
    String deeper = typed.startsWith("--") ? indent : indent + DEEPER;
    while (rest.length() > width) {
      int at = rest.lastIndexOf(" --", width - GOES_ON.length());
      if (at <= deeper.length()) {
        at = rest.indexOf(" --", deeper.length() + 1);
      }
      if (at < 0) {
        break;
      }
      lines.add(rest.substring(0, at) + GOES_ON);
      rest = deeper + rest.substring(at + 1);
    }
    lines.add(rest);
    return lines;
  }

  private static List<String> columns(
      String first, String second, int column, String indent, int width) {
    List<String> lines = new ArrayList<>();
    if (column + LEAST > width) {
      lines.add(first);
      lines.addAll(
          indented(wrap(second, width - indent.length() - DEEPER.length()), indent + DEEPER));
      return lines;
    }
    List<String> told = indented(wrap(second, width - column), " ".repeat(column));
    lines.add(first + " ".repeat(column - first.length()) + told.get(0).strip());
    lines.addAll(told.subList(1, told.size()));
    return lines;
  }

  private static List<String> indented(List<String> lines, String indent) {
    return lines.stream().map(line -> indent + line).toList();
  }

  /** Breaks between words only. */
  static List<String> wrap(String paragraph, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : paragraph.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
