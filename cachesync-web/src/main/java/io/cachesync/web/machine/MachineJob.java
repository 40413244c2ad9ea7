package io.cachesync.web.machine;

import java.time.Instant;

/** A job on a machine, as the machine's page lists it. */
public record MachineJob(
    String jobId, String taskId, long incarnation, Instant startedAt, Instant lastReportAt) {}
