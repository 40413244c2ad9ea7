package io.cachesync.contract;

import java.util.List;

/**
 * A key that may differ at the target, because it could not be fetched again, or a script that was
 * not run there.
 *
 * @param offset the source's offset of the command that left it in doubt, or up to which it is
 * @param database where the key lies, or in which the script was called; -1 where the command has
 *     none
 * @param command name of that command, or empty
 * @param key as text, what is not printable as {@code \xHH}
 * @param keyBase64 the key's bytes where the text does not tell them, otherwise empty
 * @param error why it could not be fetched or written
 * @param times how many commands it stands for that are alike, at least 1
 * @param lastOffset of the last of them
 * @param script the SHA-1 of a script's text, otherwise empty
 * @param text how that text begins, in one line, where it is known
 * @param otherKeys what the script declares besides the key, the first of them, as text
 */
public record DeadLetter(
    long offset,
    int database,
    String command,
    String key,
    String keyBase64,
    String error,
    long times,
    long lastOffset,
    String script,
    String text,
    List<String> otherKeys) {
  public DeadLetter {
    command = command == null ? "" : command;
    key = key == null ? "" : key;
    keyBase64 = keyBase64 == null ? "" : keyBase64;
    error = error == null ? "" : error;
    times = Math.max(1, times);
    lastOffset = Math.max(offset, lastOffset);
    script = script == null ? "" : script;
    text = text == null ? "" : text;
    otherKeys = otherKeys == null ? List.of() : List.copyOf(otherKeys);
  }

  /** One of a key, or of a command that is no script. */
  public DeadLetter(
      long offset, int database, String command, String key, String keyBase64, String error) {
    this(offset, database, command, key, keyBase64, error, 1, offset, "", "", List.of());
  }

  /** The same for another command that is alike, at a later offset. */
  public DeadLetter again(long later) {
    return new DeadLetter(
        offset, database, command, key, keyBase64, error, times + 1, later, script, text,
        otherKeys);
  }

  /** The same where more is known of the script's text. */
  public DeadLetter with(String beginning) {
    return new DeadLetter(
        offset,
        database,
        command,
        key,
        keyBase64,
        error,
        times,
        lastOffset,
        script,
        beginning,
        otherKeys);
  }

  /** How many commands or keys some letters stand for. */
  public static long times(List<DeadLetter> letters) {
    return letters.stream().mapToLong(DeadLetter::times).sum();
  }
}
