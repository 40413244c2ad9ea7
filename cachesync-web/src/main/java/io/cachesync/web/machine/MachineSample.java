package io.cachesync.web.machine;

import java.time.Instant;

/** Load of a machine at one moment. */
public record MachineSample(
    long machineId,
    Instant at,
    double cpuPercent,
    double loadAverage,
    long memoryUsedBytes,
    long memoryBytes,
    long diskFreeBytes,
    long diskBytes,
    long receivedPerSecond,
    long sentPerSecond) {

  public int memoryPercent() {
    return memoryBytes == 0 ? 0 : (int) (memoryUsedBytes * 100 / memoryBytes);
  }

  public int diskPercent() {
    return diskBytes == 0 ? 0 : (int) ((diskBytes - diskFreeBytes) * 100 / diskBytes);
  }
}
