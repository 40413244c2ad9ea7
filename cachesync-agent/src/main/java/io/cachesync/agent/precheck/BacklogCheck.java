package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;

/** The source's backlog reaches back as far as an agent may be away. */
final class BacklogCheck implements Check {
  private static final long AWAY_SECONDS = 600;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.REPLICATION_BACKLOG;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    return EachMaster.of(ends.source(), master -> measure(master, ends.writes().of(master)));
  }

  private Finding measure(Server master, WriteRate writes) throws IOException {
    long backlog = master.info().backlogBytes();
    if (backlog <= 0) {
      return Finding.warning(code(), "unknown");
    }
    long rate = writes.bytesPerSecond();
    Finding finding;
    if (rate == 0) {
      finding = Finding.pass(code()).variant("quiet");
    } else if (backlog / rate >= AWAY_SECONDS) {
      finding = Finding.pass(code());
    } else {
      long bytes = ((rate * AWAY_SECONDS >> 20) + 1) << 20;
      finding = Finding.warning(code(), "small").command("CONFIG SET repl-backlog-size " + bytes);
    }
    return finding
        .weight((double) rate / backlog)
        .with("rate", Amount.bytes(rate))
        .with("backlog", Amount.bytes(backlog))
        .with("covers", rate == 0 ? "∞" : Amount.seconds(backlog / rate));
  }
}
