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
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    boolean resumed = ends.resumed();
    long all = (long) (ends.movedBytes() * MARGIN);
    return EachMaster.of(
        ends.target(),
        master -> {
          long need = (long) (all * ends.target().share(master));
          return measure(ends, master, need, resumed).with("need", Amount.bytes(need));
        });
  }

  private Finding measure(Ends ends, Server master, long need, boolean resumed) throws IOException {
    ServerInfo target = master.info();
    long used = target.usedMemoryBytes();
    OptionalLong told = master.maxMemoryBytes();
    if (told.isEmpty()) {
      return Finding.warning(code(), "unknown").weight(need);
    }
    long limit = told.getAsLong();
    if (limit <= 0) {
      return unlimited(target, need, used);
    }
    // What an earlier start has brought is part of the need, and of what is used.
    long free = resumed ? limit : Math.max(0, limit - used);
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
    return finding
        .weight(need - free)
        .with("free", Amount.bytes(free))
        .with("limit", Amount.bytes(limit));
  }

  private Finding unlimited(ServerInfo target, long need, long used) {
    long total = Math.max(0, target.number("total_system_memory"));
    if (total > 0 && need > total - used) {
      return Finding.warning(code(), "host")
          .weight(need)
          .with("total", Amount.bytes(total))
          .with("used", Amount.bytes(used));
    }
    return Finding.pass(code()).variant("unlimited").weight(need);
  }

  private static String raise(long bytes) {
    return "CONFIG SET maxmemory " + Amount.megabytes(bytes);
  }
}
