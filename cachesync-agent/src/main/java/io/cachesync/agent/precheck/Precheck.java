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
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
          new RolesCheck.OfTarget(),
          new RolesCheck(),
          new FailoverCheck(),
          new PsyncCheck(),
          new TargetRightsCheck(),
          new VersionsCheck(),
          new SourceCommandsCheck(),
          new CrossSlotCheck(),
          new DatabasesCheck(),
          new TargetEmptyCheck(),
          new OtherTaskCheck(),
          new MemoryCheck(),
          new EvictionPolicyCheck(),
          new ShortExpiryCheck(),
          new TargetLimitsCheck(),
          new ConnectionsCheck(),
          new ClockSkewCheck(),
          new SourceSnapshotCheck(),
          new OutputBufferCheck(),
          new BacklogCheck(),
          new SourceEvictionCheck(),
          new TargetWritersCheck(),
          new AgentDiskCheck());

  /** Asked for each source, and what they find is often of the target alone. */
  private static final Set<PrecheckCode> OF_THE_TARGET =
      EnumSet.of(
          PrecheckCode.TOPOLOGY,
          PrecheckCode.CLUSTER_STATE,
          PrecheckCode.VERSIONS,
          PrecheckCode.DATABASES,
          PrecheckCode.TARGET_LIMITS,
          PrecheckCode.CLOCK_SKEW);

  private final PrecheckSpec spec;
  private final Path workFolder;
  private final Duration sample;
  private final List<RedisEndpoint> sources;

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
    this.sources = spec.sync().allSources();
  }

  /**
   * Runs every check that can be run.
   *
   * @param findings hears each finding as soon as it is measured, on this thread
   * @return the gravest severity
   */
  public Severity run(Consumer<PrecheckFinding> findings) {
    Gravest gravest = new Gravest(findings);
    RedisEndpoint target = spec.sync().target();
    // All at once: a host that swallows packets costs its whole time limit.
    CompletableFuture<Opening> opening =
        CompletableFuture.supplyAsync(() -> Opening.of(target, spec.secrets().target()));
    List<CompletableFuture<Opening>> openings = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      int source = i;
      openings.add(
          CompletableFuture.supplyAsync(
              () -> Opening.of(sources.get(source), spec.secrets().source(source))));
    }
    List<End> opened = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      Opening each = openings.get(i).join();
      ReachabilityFindings.of(PrecheckCode.SOURCE_REACHABLE, each, sources.get(i))
          .forEach(named(i, gravest));
      CertificateFindings.of(sources.get(i), spec.secrets().source(i), Instant.now())
          .ifPresent(named(i, gravest));
      CertificateFindings.ofServers(each.end(), Instant.now()).ifPresent(named(i, gravest));
      opened.add(each.end());
    }
    Opening targetEnd = opening.join();
    ReachabilityFindings.of(PrecheckCode.TARGET_REACHABLE, targetEnd, target).forEach(gravest);
    CertificateFindings.of(target, spec.secrets().target(), Instant.now()).ifPresent(gravest);
    CertificateFindings.ofServers(targetEnd.end(), Instant.now()).ifPresent(gravest);
    try (End to = targetEnd.end()) {
      if (to != null) {
        check(opened, to, gravest);
      }
    } finally {
      opened.stream().filter(Objects::nonNull).forEach(End::close);
    }
    return gravest.severity;
  }

  /**
   * @param opened in the order of the sources, null for one that could not be reached
   */
  private void check(List<End> opened, End to, Gravest gravest) {
    List<End> reached = opened.stream().filter(Objects::nonNull).toList();
    if (reached.isEmpty()) {
      return;
    }
    IdentityCheck.twice(reached).ifPresent(gravest);
    End together = reached.size() == 1 ? reached.get(0) : new SourcesEnd(reached);
    TargetCalls calls = TargetCalls.of(to);
    // Whichever is asked first: all are sampled in the same second.
    Ends whole = new Ends(spec, together, to, WriteRates.from(together, sample), calls, workFolder);
    List<Ends> each = new ArrayList<>();
    for (int i = 0; i < opened.size(); i++) {
      each.add(opened.get(i) == null ? null : ofSource(i, opened.get(i), to, calls));
    }
    for (Check check : CHECKS) {
      if (check.isOfAllSources()) {
        run(check, whole).forEach(gravest);
      } else {
        runOfEach(check, each, gravest);
      }
    }
  }

  /**
   * What is the same of every source and tells of the target, or of what each of them is to it, is
   * told once, of none.
   *
   * @param each null for a source that could not be reached
   */
  private void runOfEach(Check check, List<Ends> each, Gravest gravest) {
    List<List<PrecheckFinding>> found = new ArrayList<>();
    for (Ends ends : each) {
      found.add(ends == null ? List.of() : run(check, ends));
    }
    Set<PrecheckFinding> shared = new LinkedHashSet<>();
    if (OF_THE_TARGET.contains(check.code())) {
      found.forEach(shared::addAll);
      for (int i = 0; i < each.size(); i++) {
        if (each.get(i) != null) {
          shared.retainAll(found.get(i));
        }
      }
    }
    shared.forEach(gravest);
    for (int i = 0; i < found.size(); i++) {
      found.get(i).stream().filter(finding -> !shared.contains(finding)).forEach(named(i, gravest));
    }
  }

  private Ends ofSource(int source, End from, End to, TargetCalls calls) {
    PrecheckSpec one =
        new PrecheckSpec(
            spec.sync().ofSource(source),
            spec.secrets().ofSource(source),
            spec.consoleMillis(),
            spec.otherTasks());
    return new Ends(one, from, to, WriteRates.from(from, sample), calls, workFolder);
  }

  /** Where there are several, each finding tells of which it is. */
  private Consumer<PrecheckFinding> named(int source, Consumer<PrecheckFinding> findings) {
    if (sources.size() == 1) {
      return findings;
    }
    String name = String.join(",", sources.get(source).addresses());
    return finding -> findings.accept(finding.ofSource(name));
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
