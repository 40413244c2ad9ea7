package io.cachesync.web.audit;

import java.time.Instant;

/**
 * One change.
 *
 * @param actor a user, {@code token:name}, or {@code system}
 * @param address where the request came from, or null
 * @param action what was done, as {@code machine.add}
 * @param subject what it was done to
 * @param detail what a reader wants to know besides; never a secret; or null
 */
public record AuditEvent(
    Long id,
    Instant at,
    String actor,
    String address,
    String action,
    String subject,
    String detail) {}
