package io.cachesync.contract;

/**
 * A key that may differ at the target, because it could not be fetched again.
 *
 * @param offset the source's offset of the command that left it in doubt, or up to which it is
 * @param database where the key lies, -1 where the command has none
 * @param command name of that command, or empty
 * @param key as text, what is not printable as {@code \xHH}
 * @param keyBase64 the key's bytes where the text does not tell them, otherwise empty
 * @param error why it could not be fetched or written
 */
public record DeadLetter(
    long offset, int database, String command, String key, String keyBase64, String error) {
  public DeadLetter {
    command = command == null ? "" : command;
    key = key == null ? "" : key;
    keyBase64 = keyBase64 == null ? "" : keyBase64;
    error = error == null ? "" : error;
  }
}
