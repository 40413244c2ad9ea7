package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;

/**
 * The source does not lose keys for want of memory while it is moved. What it removes is removed at
 * the target too, but a comparison meets keys that are just going.
 */
final class SourceEvictionCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.SOURCE_EVICTION;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    ends.writes().bytesPerSecond();
    return EachMaster.of(ends.source(), this::measure);
  }

  private Finding measure(Server master) throws IOException {
    long before = Math.max(0, master.info().evictedKeys());
    long now = Math.max(0, master.readInfo("stats").evictedKeys());
    long since = now - before;
    Finding finding;
    if (since > 0) {
      finding = Finding.warning(code(), "evicts");
    } else {
      finding = Finding.pass(code()).variant(now > 0 ? "former" : "");
    }
    return finding
        .weight(since)
        .with("evicted", since)
        .with("all", now)
        .with("policy", master.maxMemoryPolicy())
        .with("used", Amount.bytes(master.info().usedMemoryBytes()));
  }
}
