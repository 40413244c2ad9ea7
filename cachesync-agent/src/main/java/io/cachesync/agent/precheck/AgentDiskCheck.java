package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;

/** The machine has room for the relay log of a target that falls behind. */
final class AgentDiskCheck implements Check {
  private static final long LEAST_BYTES = 256L << 20;
  private static final long SPOOL_SECONDS = 3600;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.AGENT_DISK;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    // Not by its file store, which a change of root hides.
    long free = ends.workFolder().toRealPath().toFile().getUsableSpace();
    long asked = ends.sync().relayMaxBytes();
    long usable = asked > 0 ? Math.min(asked, free) : free / 2;
    long need = ends.movedBytes() + ends.writes().bytesPerSecond() * SPOOL_SECONDS;
    Finding finding;
    if (free < LEAST_BYTES) {
      finding = Finding.block(code(), "full");
    } else if (usable < need) {
      finding = Finding.warning(code(), "short");
    } else {
      finding = Finding.pass(code());
    }
    return List.of(
        finding
            .with("free", Amount.bytes(free))
            .with("usable", Amount.bytes(usable))
            .with("need", Amount.bytes(need))
            .with("least", Amount.bytes(LEAST_BYTES))
            .done());
  }
}
