package io.cachesync.agent.precheck;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How fast each master of an end is written to; all are sampled in the same second. */
final class WriteRates {
  private final Map<Server, WriteRate> masters = new LinkedHashMap<>();

  private WriteRates() {}

  static WriteRates from(End end, Duration sample) {
    WriteRates rates = new WriteRates();
    end.masters().forEach(master -> rates.masters.put(master, WriteRate.from(master, sample)));
    return rates;
  }

  WriteRate of(Server master) {
    return masters.get(master);
  }

  /** Of all masters together; the first call waits until the sample is long enough. */
  long bytesPerSecond() throws IOException {
    long sum = 0;
    for (WriteRate rate : masters.values()) {
      sum += rate.bytesPerSecond();
    }
    return sum;
  }
}
