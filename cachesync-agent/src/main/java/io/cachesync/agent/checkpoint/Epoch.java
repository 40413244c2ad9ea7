package io.cachesync.agent.checkpoint;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Who may write: the target's counter of writers, and a random word that tells two starts with the
 * same number apart.
 */
public record Epoch(long number, String nonce) {
  private static final SecureRandom RANDOM = new SecureRandom();

  static String newNonce() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
