package io.cachesync.agent.sync;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which databases the text of a script writes to besides the one that it is called in: those that
 * it selects, and those that it moves keys to. Told as words, of which the arguments of a call make
 * numbers:
 *
 * <pre>
 *  3    database 3         ARGV1   the number that the first argument is
 * -1    not to be told     KEYS1   the number that the first key is
 * -2    empties databases: what it hits nobody declares
 * -3    swaps databases: the same
 *  ?    as a former build has written -1, -2 and -3, which it reads as it does this
 * </pre>
 *
 * A command whose name is put together, or comes as an argument, is not seen.
 */
final class ScriptSelects {
  static final String UNKNOWN = "-1";
  static final String EMPTIES = "-2";
  static final String SWAPS = "-3";
  static final String ANY_OF_THESE = "?";

  /** They are remembered beside the checkpoint: a text that names more does not tell which. */
  private static final int MOST_WORDS = 64;

  private static final Pattern NAME =
      Pattern.compile("([({=]|call\\s*,)\\s*'(select|move)'", Pattern.CASE_INSENSITIVE);

  /** What hits keys that no script declares, where it is no value that something is compared to. */
  private static final Pattern EMPTYING =
      Pattern.compile(
          "(?:[({]|call\\s*,?|(?<![=~<>])=)\\s*" + "'(flushall|flushdb|swapdb)'",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern OF_SELECT = Pattern.compile("\\s*,\\s*([^,;]+?)\\s*\\)");
  private static final Pattern OF_MOVE = Pattern.compile("\\s*,[^,()]+,\\s*([^,;]+?)\\s*\\)");
  private static final Pattern NUMBER = Pattern.compile("(['\"]?)(\\d{1,9})\\1");
  private static final Pattern ARGUMENT =
      Pattern.compile("(KEYS|ARGV)\\s*\\[\\s*(\\d{1,6})\\s*\\]");
  private static final Pattern CONVERTED = Pattern.compile("tonumber\\s*\\(\\s*(.+?)\\s*\\)?");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

  private ScriptSelects() {}

  /** The words with blanks between them; empty where it stays in its database. */
  static String of(byte[] buffer, int offset, int length) {
    if (!mayName(buffer, offset, length)) {
      return "";
    }
    String text = plain(buffer, offset, length);
    Set<String> words = new LinkedHashSet<>();
    addEmptying(text, words);
    Matcher names = NAME.matcher(text);
    while (names.find()) {
      boolean called = names.group(1).equals("(") || names.group(1).endsWith(",");
      boolean moves = names.group().toLowerCase(Locale.ROOT).contains("move");
      if (moves && !called) {
        continue; // More likely a word of the data than a command.
      }
      if (names.group(1).equals("=") && isComparison(text, names.start())) {
        continue;
      }
      Matcher database = (moves ? OF_MOVE : OF_SELECT).matcher(text);
      database.region(names.end(), text.length());
      boolean told = called && database.lookingAt();
      words.add(told ? word(database.group(1), text, true) : UNKNOWN);
    }
    if (words.size() > MOST_WORDS) {
      words.removeIf(word -> !word.equals(EMPTIES) && !word.equals(SWAPS));
      words.add(UNKNOWN);
    }
    return String.join(" ", words);
  }

  /** The same of a source with one database, which no script leaves. */
  static String emptying(byte[] buffer, int offset, int length) {
    if (!mayName(buffer, offset, length)) {
      return "";
    }
    Set<String> words = new LinkedHashSet<>();
    addEmptying(plain(buffer, offset, length), words);
    return String.join(" ", words);
  }

  private static String plain(byte[] buffer, int offset, int length) {
    return LuaText.plain(new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
  }

  private static void addEmptying(String text, Set<String> words) {
    Matcher names = EMPTYING.matcher(text);
    while (names.find()) {
      words.add(names.group(1).equalsIgnoreCase("swapdb") ? SWAPS : EMPTIES);
    }
  }

  private static boolean isComparison(String text, int at) {
    return at > 0 && "=~<>".indexOf(text.charAt(at - 1)) >= 0;
  }

  private static String word(String expression, String text, boolean followsVariables) {
    Matcher number = NUMBER.matcher(expression);
    if (number.matches()) {
      return number.group(2);
    }
    Matcher argument = ARGUMENT.matcher(expression);
    if (argument.matches()) {
      return argument.group(1) + argument.group(2);
    }
    Matcher converted = CONVERTED.matcher(expression);
    if (converted.matches()) {
      return word(converted.group(1), text, followsVariables);
    }
    return followsVariables && VARIABLE.matcher(expression).matches()
        ? word(assigned(expression, text), text, false)
        : UNKNOWN;
  }

  /** What a variable is where the text sets it once. */
  private static String assigned(String variable, String text) {
    Matcher set =
        Pattern.compile(
                "\\b"
                    + variable
                    + "\\s*=\\s*([^=;\\n][^;\\n]*?)\\s*(?:;|\\n|$|\\s(?=(?!and\\b|or\\b)\\w))")
            .matcher(text);
    if (!set.find()) {
      return "";
    }
    String value = set.group(1);
    Matcher named = Pattern.compile("\\b" + variable + "\\s*(?:,|=[^=])").matcher(text);
    int times = 0;
    while (named.find()) {
      times++;
    }
    return times == 1 ? value : "";
  }

  /** Whether one of the names may stand in it anywhere; most texts are done with that. */
  private static boolean mayName(byte[] buffer, int offset, int length) {
    for (int i = offset; i + 4 <= offset + length; i++) {
      int first = buffer[i] | 0x20;
      if (first == 's' && is(buffer, i, offset + length, "select")
          || first == 's' && is(buffer, i, offset + length, "swapdb")
          || first == 'f' && is(buffer, i, offset + length, "flush")
          || first == 'm' && is(buffer, i, offset + length, "move")
          || buffer[i] == '\\' && buffer[i + 1] >= '0' && buffer[i + 1] <= '9') {
        return true;
      }
    }
    return false;
  }

  private static boolean is(byte[] buffer, int at, int end, String word) {
    if (at + word.length() > end) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if ((buffer[at + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
