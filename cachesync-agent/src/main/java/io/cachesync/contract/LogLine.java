package io.cachesync.contract;

/**
 * One line of a job's log.
 *
 * @param link number of the link it is about, or -1
 */
public record LogLine(long atMillis, LogLevel level, int link, String text) {}
