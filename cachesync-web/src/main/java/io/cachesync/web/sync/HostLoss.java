package io.cachesync.web.sync;

import java.time.Instant;

/**
 * The machine of a task does not answer.
 *
 * @param since when that was first seen, without an answer or a report of its agent in between
 * @param gone whether a person said that the machine is gone for good
 */
record HostLoss(long taskId, long machineId, Instant since, boolean gone) {}
