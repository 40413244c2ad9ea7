package io.cachesync.web.security;

import java.time.Instant;

/** What a program signs in with. Its text is known to its owner alone; here lies its SHA-256. */
public record ApiToken(
    Long id,
    String name,
    String tokenHash,
    Role role,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    Instant lastUsedAt) {}
