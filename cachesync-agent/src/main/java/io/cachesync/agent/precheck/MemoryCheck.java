package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** The moved data fits into the target's memory. */
final class MemoryCheck implements Check {
  /** Another version or allocator may take a little more for the same data. */
  private static final double MARGIN = 1.1;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.TARGET_MEMORY;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    ServerInfo target = ends.target().info();
    long need = (long) (ends.movedBytes() * MARGIN);
    long used = target.usedMemoryBytes();
    OptionalLong told = ends.target().maxMemoryBytes();
    if (told.isEmpty()) {
      return List.of(Finding.warning(code(), "unknown").with("need", Amount.bytes(need)).done());
    }
    long limit = told.getAsLong();
    if (limit <= 0) {
      return List.of(unlimited(target, need, used));
    }
    // What an earlier start has brought is part of the need, and of what is used.
    long free = ends.resumed() ? limit : Math.max(0, limit - used);
    Finding finding;
    if (need <= free) {
      finding = Finding.pass(code());
    } else if (ends.sync().onExists() == ConflictPolicy.REPLACE
        && need <= limit
        && !target.keysPerDatabase().isEmpty()) {
      finding = Finding.warning(code(), "replace").command(raise(need + used));
    } else {
      finding = Finding.block(code(), "").command(raise(need + used));
    }
    return List.of(
        finding
            .with("need", Amount.bytes(need))
            .with("free", Amount.bytes(free))
            .with("limit", Amount.bytes(limit))
            .done());
  }

  private PrecheckFinding unlimited(ServerInfo target, long need, long used) {
    long total = Math.max(0, target.number("total_system_memory"));
    if (total > 0 && need > total - used) {
      return Finding.warning(code(), "host")
          .with("need", Amount.bytes(need))
          .with("total", Amount.bytes(total))
          .with("used", Amount.bytes(used))
          .done();
    }
    return Finding.pass(code()).variant("unlimited").with("need", Amount.bytes(need)).done();
  }

  private static String raise(long bytes) {
    return "CONFIG SET maxmemory " + Amount.megabytes(bytes);
  }
}
