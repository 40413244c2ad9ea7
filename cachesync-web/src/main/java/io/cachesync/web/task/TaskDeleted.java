package io.cachesync.web.task;

/** Told to whoever keeps things for a task, in the transaction that deletes it. */
public record TaskDeleted(long taskId, String jobId) {}
