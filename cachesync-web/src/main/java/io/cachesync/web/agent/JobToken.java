package io.cachesync.web.agent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** A report token as it is stored: never itself, only its hash. */
record JobToken(String tokenSha256, String jobId, long incarnation) {
  private static final int TOKEN_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new token: 256 random bits. */
  static String random() {
    byte[] token = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(token);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  static String sha256(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In a time that does not tell how much of it was right. */
  boolean matches(String token) {
    return MessageDigest.isEqual(
        tokenSha256.getBytes(StandardCharsets.US_ASCII),
        sha256(token).getBytes(StandardCharsets.US_ASCII));
  }
}
