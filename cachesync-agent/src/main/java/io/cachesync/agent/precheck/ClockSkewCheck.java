package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
    List<ServerClock> sources = clocks(ends.source());
    List<ServerClock> targets = clocks(ends.target());
    List<PrecheckFinding> findings = new ArrayList<>();
    if (sources.size() < ends.source().masters().size()
        || targets.size() < ends.target().masters().size()) {
      findings.add(Finding.warning(code(), "unreadable").done());
    }
    if (!sources.isEmpty() && !targets.isEmpty()) {
      // The two pairs that differ most, one in each direction.
      servers(sources.get(0), targets.get(targets.size() - 1)).ifPresent(findings::add);
      if (findings.isEmpty()) {
        servers(sources.get(sources.size() - 1), targets.get(0)).ifPresent(findings::add);
      }
    }
    machine(ends.spec().consoleMillis(), findings);
    if (findings.isEmpty()) {
      findings.add(
          Finding.pass(code())
              .with("sourceSkew", sources.get(0).skewMillis())
              .with("targetSkew", targets.get(0).skewMillis())
              .done());
    }
    return findings;
  }

  /** Those that tell the time, the one that is most behind first. */
  private static List<ServerClock> clocks(End end) {
    return end.masters().stream()
        .filter(master -> master.clockSkewMillis().isPresent())
        .map(master -> new ServerClock(master.address(), master.clockSkewMillis().getAsLong()))
        .sorted(Comparator.comparingLong(ServerClock::skewMillis))
        .toList();
  }

  /** What is said of two servers whose clocks differ. */
  static Optional<PrecheckFinding> servers(ServerClock source, ServerClock target) {
    long skewMillis = target.skewMillis() - source.skewMillis();
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
    return Optional.of(
        finding
            .with("source", source.address())
            .with("target", target.address())
            .with("skew", Math.abs(skewMillis))
            .done());
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

  /**
   * @param skewMillis the server's clock less this machine's
   */
  record ServerClock(String address, long skewMillis) {}
}
