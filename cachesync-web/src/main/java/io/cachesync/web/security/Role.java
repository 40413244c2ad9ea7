package io.cachesync.web.security;

/** What a user or a token may do; each includes the ones before it. */
public enum Role {
  /** Reads everything but secrets. */
  VIEWER,
  /** Creates and runs migrations. */
  OPERATOR,
  /** Manages machines, users, tokens and settings too. */
  ADMIN;

  /** As Spring Security names it. */
  public String authority() {
    return "ROLE_" + name();
  }
}
