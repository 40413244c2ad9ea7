package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The clocks agree. Expiry times are points in time: a target whose clock is ahead expires keys
 * early.
 */
final class ClockSkewCheck implements Check {
  private static final long SERVERS_MILLIS = 500;
  private static final long SERVERS_MOST_MILLIS = 60_000;

  /** Reaching the machine and starting this JVM lies between the console's look and ours. */
  private static final long MACHINE_MILLIS = 5_000;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.CLOCK_SKEW;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) {
    OptionalLong source = ends.source().clockSkewMillis();
    OptionalLong target = ends.target().clockSkewMillis();
    List<PrecheckFinding> findings = new ArrayList<>();
    if (source.isPresent() && target.isPresent()) {
      servers(target.getAsLong() - source.getAsLong()).ifPresent(findings::add);
    } else {
      findings.add(Finding.warning(code(), "unreadable").done());
    }
    machine(ends.spec().consoleMillis(), findings);
    if (findings.isEmpty()) {
      findings.add(
          Finding.pass(code())
              .with("sourceSkew", source.orElse(0))
              .with("targetSkew", target.orElse(0))
              .done());
    }
    return findings;
  }

  /** What is said of a target whose clock is so much ahead of the source's. */
  static Optional<PrecheckFinding> servers(long skewMillis) {
    Finding finding;
    if (skewMillis > SERVERS_MOST_MILLIS) {
      finding = Finding.block(PrecheckCode.CLOCK_SKEW, "servers");
    } else if (skewMillis > SERVERS_MILLIS) {
      finding = Finding.warning(PrecheckCode.CLOCK_SKEW, "servers");
    } else if (skewMillis < -SERVERS_MILLIS) {
      finding = Finding.warning(PrecheckCode.CLOCK_SKEW, "behind");
    } else {
      return Optional.empty();
    }
    return Optional.of(finding.with("skew", Math.abs(skewMillis)).done());
  }

  private void machine(long consoleMillis, List<PrecheckFinding> findings) {
    if (consoleMillis == 0) {
      return;
    }
    long skew = ManagementFactory.getRuntimeMXBean().getStartTime() - consoleMillis;
    if (Math.abs(skew) > MACHINE_MILLIS) {
      findings.add(Finding.warning(code(), "machine").with("machineSkew", skew).done());
    }
  }
}
