package io.cachesync.web.security;

import java.security.SecureRandom;

/** Makes passwords that can be read aloud and typed. */
final class Passwords {
  /** Shortest that a person may choose. */
  static final int MIN_LENGTH = 10;

  /** The longest that bcrypt takes into account, in bytes. */
  static final int MAX_BYTES = 72;

  private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
  private static final int LENGTH = 20;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Passwords() {}

  static String generate() {
    StringBuilder password = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      password.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }
}
