package io.cachesync.agent.sync;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a Lua 5.1 script in one form of the many that mean the same: without comments, and
 * each string between single quotes, with its escapes read (manual of Lua 5.1, section 2.1). What a
 * string holds besides one word is left out, as it names no command.
 */
final class LuaText {
  private static final Pattern LONG_BRACKET = Pattern.compile("\\[(=*)\\[");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_]{1,40}");

  /** Of a string that becomes code all is looked at. */
  private static final Pattern LOADS = Pattern.compile("\\bload(?:string)?\\b");

  private final String text;
  private final boolean loads;
  private final StringBuilder plain = new StringBuilder();
  private int at;

  private LuaText(String text) {
    this.text = text;
    this.loads = LOADS.matcher(text).find();
  }

  /** Where the text is not Lua, what was understood of it, and the rest as it stands. */
  static String plain(String text) {
    LuaText lua = new LuaText(text);
    while (lua.at < text.length()) {
      lua.take();
    }
    return lua.plain.toString();
  }

  private void take() {
    char letter = text.charAt(at);
    if (text.startsWith("--", at)) {
      at += 2;
      if (longEnd() < 0) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      }
      plain.append(' ');
    } else if (letter == '\'' || letter == '"') {
      quoted(letter);
    } else if (letter == '[') {
      int begin = at;
      int end = longEnd();
      if (end < 0) {
        plain.append(letter);
        at = begin + 1;
      } else {
        string(text.substring(text.indexOf('[', begin + 1) + 1, end));
      }
    } else {
      plain.append(letter);
      at++;
    }
  }

  /** Goes behind a long bracket that begins here; where it ends, or -1 where none begins. */
  private int longEnd() {
    Matcher bracket = LONG_BRACKET.matcher(text).region(at, text.length());
    if (!bracket.lookingAt()) {
      return -1;
    }
    String close = "]" + bracket.group(1) + "]";
    int end = text.indexOf(close, bracket.end());
    at = end < 0 ? text.length() : end + close.length();
    return end < 0 ? text.length() : end;
  }

  private void quoted(char quote) {
    StringBuilder string = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      char letter = text.charAt(at++);
      if (letter == '\\' && at < text.length()) {
        letter = escaped();
      }
      string.append(letter);
    }
    at++;
    string(string.toString());
  }

  private char escaped() {
    int end = at;
    while (end < text.length() && end < at + 3 && Character.isDigit(text.charAt(end))) {
      end++;
    }
    if (end > at) {
      char letter = (char) Integer.parseInt(text.substring(at, end));
      at = end;
      return letter;
    }
    char letter = text.charAt(at++);
    return "abfnrtv".indexOf(letter) >= 0 ? '\n' : letter;
  }

  private void string(String string) {
    boolean shows = loads || WORD.matcher(string).matches();
    plain.append('\'').append(shows ? string.replace('"', '\'') : "~").append('\'');
  }
}
