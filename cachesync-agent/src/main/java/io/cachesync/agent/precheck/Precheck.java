package io.cachesync.agent.precheck;

import io.cachesync.contract.FaultException;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** May this migration run? Asks both ends and changes nothing; takes about a second. */
public final class Precheck {
  /** In the order in which a person reads them; those that wait for the write rate come last. */
  private static final List<Check> CHECKS =
      List.of(
          new IdentityCheck(),
          new TopologyCheck(),
          new ClusterStateCheck(),
          new RolesCheck(),
          new PsyncCheck(),
          new TargetRightsCheck(),
          new VersionsCheck(),
          new DatabasesCheck(),
          new TargetEmptyCheck(),
          new OtherTaskCheck(),
          new MemoryCheck(),
          new EvictionPolicyCheck(),
          new ShortExpiryCheck(),
          new ClockSkewCheck(),
          new OutputBufferCheck(),
          new BacklogCheck(),
          new AgentDiskCheck());

  private final PrecheckSpec spec;
  private final Path workFolder;
  private final Duration sample;

  /**
   * @param workFolder where the agent would keep its relay log; must exist
   */
  public Precheck(PrecheckSpec spec, Path workFolder) {
    this(spec, workFolder, Duration.ofSeconds(1));
  }

  /**
   * As above.
   *
   * @param sample how long the source's writes are counted
   */
  Precheck(PrecheckSpec spec, Path workFolder, Duration sample) {
    this.spec = spec;
    this.workFolder = workFolder;
    this.sample = sample;
  }

  /**
   * Runs every check that can be run.
   *
   * @param findings hears each finding as soon as it is measured, on this thread
   * @return the gravest severity
   */
  public Severity run(Consumer<PrecheckFinding> findings) {
    Gravest gravest = new Gravest(findings);
    RedisEndpoint source = spec.sync().source();
    RedisEndpoint target = spec.sync().target();
    // Both at once: a host that swallows packets costs its whole time limit.
    CompletableFuture<Opening> opening =
        CompletableFuture.supplyAsync(() -> Opening.of(target, spec.secrets().target()));
    Opening sourceEnd = Opening.of(source, spec.secrets().source(0));
    ReachabilityFindings.of(PrecheckCode.SOURCE_REACHABLE, sourceEnd, source).forEach(gravest);
    Opening targetEnd = opening.join();
    ReachabilityFindings.of(PrecheckCode.TARGET_REACHABLE, targetEnd, target).forEach(gravest);
    try (End from = sourceEnd.end();
        End to = targetEnd.end()) {
      if (from != null && to != null) {
        Ends ends = new Ends(spec, from, to, WriteRates.from(from, sample), workFolder);
        for (Check check : CHECKS) {
          run(check, ends).forEach(gravest);
        }
      }
    }
    return gravest.severity;
  }

  private static List<PrecheckFinding> run(Check check, Ends ends) {
    try {
      return check.run(ends);
    } catch (FaultException e) {
      return List.of(Finding.unmeasured(check.code(), e.fault().message()));
    } catch (IOException e) {
      return List.of(Finding.unmeasured(check.code(), e.toString()));
    }
  }

  /** Hands findings on and remembers the gravest. */
  private static final class Gravest implements Consumer<PrecheckFinding> {
    private final Consumer<PrecheckFinding> next;
    private Severity severity = Severity.PASS;

    Gravest(Consumer<PrecheckFinding> next) {
      this.next = next;
    }

    @Override
    public void accept(PrecheckFinding finding) {
      if (finding.severity().compareTo(severity) > 0) {
        severity = finding.severity();
      }
      next.accept(finding);
    }
  }
}
