package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.PrecheckSpec.OtherTask;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A precheck's spec, changed one thing at a time, and what it found. */
final class PrecheckRun {
  /** Where no certificate is shown by either side, and one server moves into a cluster. */
  static final PrecheckCode[] ALL_CODES =
      Arrays.stream(PrecheckCode.values())
          .filter(code -> code != PrecheckCode.UNKNOWN)
          .filter(code -> code != PrecheckCode.CLIENT_CERTIFICATE)
          .filter(code -> code != PrecheckCode.SERVER_CERTIFICATE)
          .toArray(PrecheckCode[]::new);

  /** Where neither end is a cluster. */
  static final PrecheckCode[] CODES_OF_SINGLE_SERVERS =
      Arrays.stream(ALL_CODES)
          .filter(code -> code != PrecheckCode.CLUSTER_STATE)
          .filter(code -> code != PrecheckCode.CROSS_SLOT)
          .toArray(PrecheckCode[]::new);

  private RedisEndpoint source;
  private List<RedisEndpoint> moreSources = List.of();
  private RedisEndpoint target;
  private String sourceUser = "";
  private String targetUser = "";
  private String password = "";
  private EndpointSecrets targetSecrets;
  private FilterSpec filter = FilterSpec.everything();
  private ConflictPolicy onExists = ConflictPolicy.REFUSE;
  private UnsupportedPolicy onUnsupported = UnsupportedPolicy.STOP;
  private String slots = "";
  private long relayMaxBytes;
  private long consoleMillis;
  private Duration sample = Duration.ofMillis(100);
  private List<OtherTask> otherTasks = List.of();
  private List<PrecheckFinding> findings = List.of();

  PrecheckRun(RedisServer source, RedisServer target) {
    this.source = at(source.address(), "");
    this.target = at(target.address(), "");
  }

  static RedisEndpoint at(String address, String user) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(address), user, null);
  }

  private static RedisEndpoint as(String user, RedisEndpoint at) {
    return new RedisEndpoint(
        at.topology(),
        at.addresses(),
        user,
        at.tls(),
        at.addressMap(),
        at.masterName(),
        at.sentinelUser());
  }

  PrecheckRun users(String newSourceUser, String newTargetUser, String newPassword) {
    sourceUser = newSourceUser;
    targetUser = newTargetUser;
    password = newPassword;
    return this;
  }

  PrecheckRun source(String address) {
    return source(at(address, ""));
  }

  /** Its user is that of {@link #users}. */
  PrecheckRun source(RedisEndpoint endpoint) {
    source = endpoint;
    return this;
  }

  PrecheckRun moreSources(String... addresses) {
    return moreSources(Arrays.stream(addresses).map(address -> at(address, "")).toList());
  }

  PrecheckRun moreSources(List<RedisEndpoint> endpoints) {
    moreSources = endpoints;
    return this;
  }

  PrecheckRun target(String address) {
    return target(at(address, ""));
  }

  /** Its user is that of {@link #users}. */
  PrecheckRun target(RedisEndpoint endpoint) {
    target = endpoint;
    return this;
  }

  PrecheckRun filter(FilterSpec newFilter) {
    filter = newFilter;
    return this;
  }

  PrecheckRun onExists(ConflictPolicy policy) {
    onExists = policy;
    return this;
  }

  PrecheckRun onUnsupported(UnsupportedPolicy policy) {
    onUnsupported = policy;
    return this;
  }

  PrecheckRun slots(String newSlots) {
    slots = newSlots;
    return this;
  }

  PrecheckRun relayMaxBytes(long bytes) {
    relayMaxBytes = bytes;
    return this;
  }

  PrecheckRun consoleMillis(long millis) {
    consoleMillis = millis;
    return this;
  }

  /** So long that a writer gets its turn on a busy machine too. */
  PrecheckRun measuringLong() {
    sample = Duration.ofSeconds(1);
    return this;
  }

  PrecheckRun target(RedisEndpoint end, EndpointSecrets secrets) {
    target = end;
    targetSecrets = secrets;
    return this;
  }

  PrecheckRun otherTasks(OtherTask... others) {
    otherTasks = List.of(others);
    return this;
  }

  Severity go() {
    SyncSpec sync =
        SyncSpec.of("task", as(sourceUser, source), as(targetUser, target))
            .moreSources(moreSources)
            .filter(filter)
            .onExists(onExists)
            .relayMaxBytes(relayMaxBytes)
            .onUnsupported(onUnsupported)
            .slots(slots)
            .build();
    PrecheckSpec spec = new PrecheckSpec(sync, secrets(), consoleMillis, otherTasks);
    findings = new ArrayList<>();
    return new Precheck(spec, Path.of("target"), sample).run(findings::add);
  }

  private JobSecrets secrets() {
    EndpointSecrets given = EndpointSecrets.of(password);
    return JobSecrets.of(List.of(given), targetSecrets == null ? given : targetSecrets);
  }

  /** Everything that is not a pass. */
  String text() {
    return findings.stream()
        .filter(finding -> finding.severity() != Severity.PASS)
        .toList()
        .toString();
  }

  List<PrecheckCode> codes() {
    return findings.stream().map(PrecheckFinding::code).toList();
  }

  List<PrecheckFinding> of(PrecheckCode code) {
    return findings.stream().filter(finding -> finding.code() == code).toList();
  }

  PrecheckFinding only(PrecheckCode code) {
    assertThat(of(code)).as(code + " of " + findings).hasSize(1);
    return of(code).get(0);
  }

  PrecheckFinding assertBlock(PrecheckCode code, String variant) {
    return assertFinding(code, Severity.BLOCK, variant);
  }

  PrecheckFinding assertWarning(PrecheckCode code, String variant) {
    return assertFinding(code, Severity.WARNING, variant);
  }

  PrecheckFinding assertFinding(PrecheckCode code, Severity severity, String variant) {
    PrecheckFinding finding = only(code);
    assertThat(finding.severity()).as(finding.summary()).isEqualTo(severity);
    assertThat(finding.variant()).isEqualTo(variant);
    assertThat(finding.remedy()).isNotEmpty();
    return finding;
  }
}
