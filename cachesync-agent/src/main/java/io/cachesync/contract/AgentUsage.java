package io.cachesync.contract;

/**
 * Resources of an agent's process.
 *
 * @param cpuMillis processor time used since its start
 * @param heapBytes heap in use
 * @param diskFreeBytes free bytes where the job directory lies
 */
public record AgentUsage(long cpuMillis, long heapBytes, long diskFreeBytes) {}
