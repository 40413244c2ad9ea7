package io.cachesync.web.security;

import java.time.Instant;

/** A user as the users page shows one. */
public record UserView(
    long id,
    String name,
    Role role,
    boolean enabled,
    boolean mustChangePassword,
    Instant createdAt,
    Instant lastSignInAt) {

  static UserView of(ConsoleUser user) {
    return new UserView(
        user.id(),
        user.name(),
        user.role(),
        user.enabled(),
        user.mustChangePassword(),
        user.createdAt(),
        user.lastSignInAt());
  }
}
