package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.contract.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Names, in a dead letter, a script that was not run at the target: by the SHA-1 of its text, how
 * that begins, the database that it was called in and the keys that it declares.
 */
final class ScriptLetters {
  private static final int LONGEST_TEXT = 200;
  private static final int LONGEST_KEY = 100;
  private static final int MOST_OTHER_KEYS = 9;

  /** A character of UTF-8 has four bytes at most. */
  private static final int BYTES_READ = 4 * LONGEST_TEXT * 2;

  private ScriptLetters() {}

  /**
   * @param in an EVAL or EVALSHA
   * @param database selected at the source
   * @param touched has looked at it
   */
  static DeadLetter of(
      Command command, StreamCommand in, int database, TouchedKeys touched, String why) {
    boolean isText = command.name().equals("EVAL") && in.count() > 1;
    boolean isDigest = command.name().equals("EVALSHA") && in.count() > 1;
    List<DatabaseKey> keys = declared(touched, database);
    DatabaseKey first = keys.isEmpty() ? new DatabaseKey(database, new byte[0]) : keys.get(0);
    DeadLetter plain = HealRecord.letter(in.endOffset(), command.name(), first, why);
    return new DeadLetter(
        plain.offset(),
        database,
        plain.command(),
        plain.key(),
        plain.keyBase64(),
        why,
        1,
        plain.offset(),
        isText ? ScriptDatabases.digest(in.bytes(1)) : isDigest ? digest(in) : "",
        isText ? beginning(in.buffer(), in.offset(1), in.length(1)) : "",
        others(keys));
  }

  /** Whatever somebody has called it by, a report holds no more of it than a digest has. */
  private static String digest(StreamCommand in) {
    String text = in.text(1).toLowerCase(Locale.ROOT);
    return text.matches("[0-9a-f]{40}") ? text : "";
  }

  private static List<DatabaseKey> declared(TouchedKeys touched, int database) {
    List<DatabaseKey> keys = new ArrayList<>();
    for (int i = 0; i < touched.size(); i++) {
      if (touched.key(i).database() == database) {
        keys.add(touched.key(i));
      }
    }
    return keys;
  }

  private static List<String> others(List<DatabaseKey> keys) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i < keys.size() && names.size() < MOST_OTHER_KEYS; i++) {
      names.add(shown(keys.get(i)));
    }
    int more = keys.size() - 1 - names.size();
    if (more > 0) {
      names.add("… (%d more)".formatted(more));
    }
    return names;
  }

  private static String shown(DatabaseKey key) {
    byte[] bytes = key.key();
    return bytes.length <= LONGEST_KEY
        ? key.text()
        : new DatabaseKey(key.database(), Arrays.copyOf(bytes, LONGEST_KEY)).text() + "…";
  }

  /** How a text begins, in one line: blanks are one, and nothing in it steers what shows it. */
  static String beginning(byte[] buffer, int offset, int length) {
    int read = Math.min(length, BYTES_READ);
    StringBuilder shown = new StringBuilder();
    boolean blank = false;
    for (int at = 0; at < read; ) {
      int bytes = sizeOfCharacter(buffer, offset + at, read - at);
      int character =
          bytes == 0
              ? -1
              : new String(buffer, offset + at, bytes, StandardCharsets.UTF_8).codePointAt(0);
      boolean isBlank = character >= 0 && Character.isWhitespace(character);
      if (!isBlank) {
        if (shown.length() >= LONGEST_TEXT) {
          return shown + "…";
        }
        shown.append(blank && !shown.isEmpty() ? " " : "");
        add(character, buffer[offset + at], shown);
      }
      blank = isBlank;
      at += Math.max(1, bytes);
    }
    return length > read ? shown + "…" : shown.toString();
  }

  private static void add(int character, byte first, StringBuilder shown) {
    int type = character < 0 ? -1 : Character.getType(character);
    if (character < 0) {
      shown.append("\\x%02X".formatted(first & 0xff));
    } else if (type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.UNASSIGNED
        || type == Character.PRIVATE_USE) {
      shown.append("\\u{%X}".formatted(character));
    } else {
      shown.appendCodePoint(character);
    }
  }

  /** How many bytes the character of UTF-8 has that begins there, or 0 where none does. */
  private static int sizeOfCharacter(byte[] buffer, int at, int left) {
    int first = buffer[at] & 0xff;
    int size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (size > left) {
      return 0;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, at, size));
      return size;
    } catch (CharacterCodingException e) {
      return 0;
    }
  }
}
