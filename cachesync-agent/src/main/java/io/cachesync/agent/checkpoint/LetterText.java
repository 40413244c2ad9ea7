package io.cachesync.agent.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cachesync.contract.DeadLetter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A dead letter as the record beside the checkpoint has it.
 *
 * <pre>
 * OFFSET DATABASE COMMAND KEY ERROR        KEY in base64; - for no command, no key
 * EVAL;TIMES;LAST;SHA1;TEXT;KEYS           the COMMAND of a script: how often, the last offset, its
 *                                          digest, how its text begins, its other keys
 * </pre>
 *
 * What is in base64 there may be empty. Who knows no scripts takes all of that for the name of the
 * command, and writes it back as it is.
 */
final class LetterText {
  private static final String NONE = "-";

  private LetterText() {}

  static String of(DeadLetter letter) {
    return String.join(
        " ",
        Long.toString(letter.offset()),
        Integer.toString(letter.database()),
        command(letter),
        letter.key().isEmpty() ? NONE : key(letter),
        letter.error());
  }

  /**
   * @throws IllegalArgumentException where it is none
   */
  static DeadLetter read(String text) {
    String[] words = text.split(" ", 5);
    if (words.length != 5) {
      throw new IllegalArgumentException("not a dead letter");
    }
    long offset = Long.parseLong(words[0]);
    int database = Integer.parseInt(words[1]);
    byte[] key = words[3].equals(NONE) ? new byte[0] : Base64.getDecoder().decode(words[3]);
    String[] script = words[2].split(";", -1);
    String command = script[0].equals(NONE) ? "" : script[0];
    DeadLetter plain = HealRecord.letter(offset, command, new DatabaseKey(database, key), words[4]);
    return script.length == 6 ? ofScript(plain, script) : plain;
  }

  private static DeadLetter ofScript(DeadLetter plain, String[] script) {
    List<String> others =
        script[5].isEmpty()
            ? List.of()
            : Arrays.stream(script[5].split(",", -1)).map(LetterText::decoded).toList();
    return new DeadLetter(
        plain.offset(),
        plain.database(),
        plain.command(),
        plain.key(),
        plain.keyBase64(),
        plain.error(),
        Long.parseLong(script[1]),
        Long.parseLong(script[2]),
        script[3],
        decoded(script[4]),
        others);
  }

  private static String command(DeadLetter letter) {
    String name = letter.command().isEmpty() ? NONE : letter.command().replaceAll("[\\s;]", "_");
    if (letter.script().isEmpty() && letter.times() == 1) {
      return name;
    }
    return String.join(
        ";",
        name,
        Long.toString(letter.times()),
        Long.toString(letter.lastOffset()),
        letter.script(),
        encoded(letter.text()),
        letter.otherKeys().stream().map(LetterText::encoded).collect(Collectors.joining(",")));
  }

  private static String key(DeadLetter letter) {
    return letter.keyBase64().isEmpty() ? encoded(letter.key()) : letter.keyBase64();
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), UTF_8);
  }
}
