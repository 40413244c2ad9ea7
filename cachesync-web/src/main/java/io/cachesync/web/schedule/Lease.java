package io.cachesync.web.schedule;

import java.time.Instant;

/**
 * The right of one console to work on one row until a moment. A table that is worked on so has
 * {@code lease_owner varchar(64)} and {@code lease_until datetime(3)}; its mapper takes the lease
 * by
 *
 * <pre>
 * update job set lease_owner = #{owner}, lease_until = #{until}
 * where id = #{id} and (lease_until is null or lease_until &lt; #{now})
 * </pre>
 *
 * and gives it back by
 *
 * <pre>
 * update job set lease_until = null where id = #{id} and lease_owner = #{owner}
 * </pre>
 */
public record Lease(long id, String owner, Instant now, Instant until) {}
