package io.cachesync.web.security;

import java.time.Instant;

/** Somebody who signs in. */
public record ConsoleUser(
    Long id,
    String name,
    String passwordHash,
    Role role,
    boolean enabled,
    boolean mustChangePassword,
    Instant createdAt,
    Instant lastSignInAt) {

  @Override
  public String toString() {
    return "ConsoleUser[" + name + ", " + role + "]";
  }
}
