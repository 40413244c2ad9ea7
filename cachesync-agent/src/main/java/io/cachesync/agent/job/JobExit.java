package io.cachesync.agent.job;

import io.cachesync.contract.JobReport;

/**
 * How an agent ended.
 *
 * @param code exit code of its process
 * @param report its last report
 */
public record JobExit(int code, JobReport report) {}
