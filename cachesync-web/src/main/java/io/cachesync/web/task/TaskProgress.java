package io.cachesync.web.task;

import io.cachesync.contract.Phase;
import java.time.Instant;

/**
 * How far a task is, as its stage last said. Unknown numbers are -1.
 *
 * @param phase the phase of its least advanced link
 * @param lagMillis the largest lag of its links
 * @param inSync whether all its links are in sync
 * @param leftMillis estimate of the time until the full sync is done
 */
public record TaskProgress(
    long taskId,
    Instant updatedAt,
    Phase phase,
    int percent,
    long keysApplied,
    long bytesPerSecond,
    long commandsPerSecond,
    long lagBytes,
    long lagMillis,
    boolean inSync,
    long leftMillis) {}
