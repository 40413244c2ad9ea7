package io.cachesync.web.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the secrets that lie in the database: AES-256 in GCM, with a key that is not there.
 *
 * <pre>
 * sealed text: "v1:" base64( nonce, 12 bytes | cipher text | tag, 16 bytes )
 * </pre>
 */
public final class SecretBox {
  public static final int KEY_BYTES = 32;
  private static final String VERSION = "v1:";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  public SecretBox(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes");
    }
    this.key = new SecretKeySpec(key, "AES");
  }

  public String seal(String secret) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] text = secret.getBytes(StandardCharsets.UTF_8);
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(text);
      ByteBuffer all = ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed);
      return VERSION + Base64.getEncoder().encodeToString(all.array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is missing in this Java", e);
    }
  }

  /**
   * Opens what {@link #seal} closed.
   *
   * @throws BrokenSecretException when it was closed with another key, or changed
   */
  public String open(String sealed) {
    try {
      if (!sealed.startsWith(VERSION)) {
        throw new BrokenSecretException(null);
      }
      byte[] all = Base64.getDecoder().decode(sealed.substring(VERSION.length()));
      if (all.length < NONCE_BYTES) {
        throw new BrokenSecretException(null);
      }
      byte[] text =
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE_BYTES))
              .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
      return new String(text, StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new BrokenSecretException(e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  /** A sealed text that this key does not open. */
  public static final class BrokenSecretException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenSecretException(Throwable cause) {
      super("a stored secret cannot be opened with this key", cause);
    }
  }
}
