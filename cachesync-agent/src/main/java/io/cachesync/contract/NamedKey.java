package io.cachesync.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A key by its name, whatever its bytes.
 *
 * @param database that it lies in
 * @param key as text
 * @param keyBase64 its bytes, where the text is not they; otherwise empty
 */
public record NamedKey(int database, String key, String keyBase64) {
  /** Characters of a name that lists show; a longer one is shown in part. */
  public static final int LONGEST_SHOWN = 1000;

  private static final Pattern CUT =
      Pattern.compile("… \\(\\d+ characters, SHA-256 [0-9a-f]{64}\\)$");

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

  /** A name as lists show it: a long one by its beginning, its length and its hash. */
  public static String shown(String key) {
    if (key.length() <= LONGEST_SHOWN) {
      return key;
    }
    int end = Character.isHighSurrogate(key.charAt(LONGEST_SHOWN - 2)) ? 2 : 1;
    return "%s… (%d characters, SHA-256 %s)"
        .formatted(key.substring(0, LONGEST_SHOWN - end), key.length(), hash(key));
  }

  /**
   * Whether the name itself is told. Of a name that {@link #shown} has cut and whose bytes are not
   * told nobody knows the rest.
   */
  public boolean isWhole() {
    return !keyBase64.isEmpty() || !CUT.matcher(key).find();
  }

  private static String hash(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
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
