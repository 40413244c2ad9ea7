package io.cachesync.web.machine;

/**
 * What a test found out about a machine.
 *
 * @param basePath base directory, absolute
 * @param javaPath null where there is no Java 17 or later
 */
record MachineFacts(
    String os,
    int cpuCount,
    long memoryBytes,
    long memoryAvailableBytes,
    long diskFreeBytes,
    long clockMillis,
    String basePath,
    String javaPath,
    String javaVersion,
    String missingTools) {}
