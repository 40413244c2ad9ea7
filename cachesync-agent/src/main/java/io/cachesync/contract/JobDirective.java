package io.cachesync.contract;

/**
 * The console's answer to a report.
 *
 * @param acknowledgedSeq the highest report number that the console has applied
 */
public record JobDirective(Desired desired, LimitSpec limits, long acknowledgedSeq) {}
