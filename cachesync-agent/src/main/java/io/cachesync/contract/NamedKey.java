package io.cachesync.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A key by its name, whatever its bytes.
 *
 * @param database that it lies in
 * @param key as text
 * @param keyBase64 its bytes, where the text is not they; otherwise empty
 */
public record NamedKey(int database, String key, String keyBase64) {
  public NamedKey {
    key = key == null ? "" : key;
    keyBase64 = keyBase64 == null ? "" : keyBase64;
  }

  public static NamedKey of(int database, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.codePoints().noneMatch(Character::isISOControl)) {
        return new NamedKey(database, text, "");
      }
    } catch (CharacterCodingException e) {
      // No text: told by its bytes below.
    }
    return new NamedKey(database, escaped(bytes), Base64.getEncoder().encodeToString(bytes));
  }

  /**
   * The bytes of the key.
   *
   * @throws IllegalArgumentException where keyBase64 is none
   */
  public byte[] bytes() {
    return keyBase64.isEmpty()
        ? key.getBytes(StandardCharsets.UTF_8)
        : Base64.getDecoder().decode(keyBase64);
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      if (b >= ' ' && b < 0x7f && b != '\\') {
        text.append((char) b);
      } else {
        text.append("\\x").append(Character.forDigit((b >> 4) & 15, 16));
        text.append(Character.forDigit(b & 15, 16));
      }
    }
    return text.toString();
  }
}
