package io.cachesync.testkit;

import io.cachesync.contract.AgentUsage;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.Phase;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.ReportSpec;
import io.cachesync.contract.Severity;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import io.cachesync.contract.UnsupportedPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The golden JSON files of the contract ({@code /contract/*.json}) and what each must read as. Both
 * modules test their own reading against them. A file is never changed once released: that is what
 * an older agent or console sends.
 */
public final class ContractSamples {
  private ContractSamples() {}

  /** File name to record. */
  public static Map<String, Object> all() {
    Map<String, Object> samples = new LinkedHashMap<>();
    samples.put("job-spec.json", jobSpec());
    samples.put("job-secrets.json", new JobSecrets("t0ken", "source-secret", "target-secret"));
    samples.put("job-spec-sources.json", sourcesSpec());
    samples.put("job-secrets-sources.json", sourcesSecrets());
    samples.put("job-secrets-certificates.json", certificateSecrets());
    samples.put(
        "probe-spec-certificate.json", new ProbeSpec(source(), certificateSecrets().source(0)));
    samples.put("job-report.json", jobReport());
    samples.put("job-report-failed.json", failedReport());
    samples.put("job-directive.json", directive());
    samples.put("precheck-spec.json", precheckSpec());
    samples.put("precheck-finding.json", finding());
    samples.put("probe-spec.json", new ProbeSpec(source(), "source-secret"));
    samples.put("endpoint-facts.json", facts());
    samples.put("endpoint-facts-cluster.json", clusterFacts());
    samples.put(
        "probe-spec-cluster.json",
        new ProbeSpec(
            new RedisEndpoint(
                Topology.CLUSTER,
                List.of("10.0.0.1:7000", "10.0.0.2:7000"),
                "",
                null,
                Map.of("10.0.0.1:7000", "127.0.0.1:17000")),
            "source-secret"));
    // Written by a later version: unknown fields and constants, and fields of ours left out.
    samples.put("job-report-later.json", laterReport());
    samples.put("job-directive-later.json", new JobDirective(Desired.UNKNOWN, null, 7));
    samples.put("job-spec-least.json", leastSpec());
    samples.put("filter-spec.json", filterSpec());
    samples.putAll(CheckSamples.all());
    return samples;
  }

  /** The text of one golden file. */
  public static String read(String name) {
    try (InputStream in = ContractSamples.class.getResourceAsStream("/contract/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EndpointFacts clusterFacts() {
    NodeFacts node =
        new NodeFacts(
            null,
            "127.0.0.1:17000",
            "10.0.0.1:7000",
            "07c37dfeb235213a872192d90877d0cd55635b91",
            "master",
            "",
            "7.0.15",
            16384,
            1,
            5012,
            1_000_000,
            0,
            "noeviction",
            90_210,
            "0-16383");
    return new EndpointFacts(
        null,
        "10.0.0.1:7000",
        "redis",
        "7.0.15",
        "cluster",
        "master",
        "",
        "",
        -1,
        0,
        Map.of(0, 5012L),
        1_000_000,
        0,
        "noeviction",
        -1,
        List.of(),
        250,
        -40,
        3,
        List.of(node));
  }

  static RedisEndpoint source() {
    return new RedisEndpoint(Topology.STANDALONE, List.of("10.0.0.1:6379"), "", null);
  }

  private static RedisEndpoint target() {
    TlsSpec tls =
        new TlsSpec(
            "-----BEGIN CERTIFICATE-----\n…",
            "cache.example",
            "/etc/cachesync/client.pem",
            "/etc/cachesync/client.key",
            "CLIENT_KEY_PASSWORD");
    return new RedisEndpoint(Topology.STANDALONE, List.of("[fd00::2]:6380"), "mig", tls);
  }

  private static SyncSpec syncSpec() {
    return SyncSpec.of("orders", source(), target())
        .filter(new FilterSpec(List.of(0, 3), false))
        .onExists(ConflictPolicy.REPLACE)
        .limits(new LimitSpec(10_000_000, 5000))
        .expiryGraceMillis(1000)
        .relayMemoryBytes(16L << 20)
        .keyPrefix("cachesync:")
        .lagBoundMillis(2000)
        .acceptEvictions(true)
        .onUnsupported(UnsupportedPolicy.SKIP)
        .build();
  }

  private static JobSpec jobSpec() {
    String url = "https://console.example:8443/agent/v1/jobs/orders-0/reports";
    return new JobSpec(
        "orders-0",
        3,
        syncSpec().checking(1000),
        new ReportSpec(url, "ab".repeat(32), 1000),
        new StartSpec(StartMode.MUST_RESUME, Desired.PAUSE));
  }

  private static FilterSpec filterSpec() {
    return new FilterSpec(
        List.of(0, 3, 5),
        List.of(5),
        Map.of(0, 7, 3, 0),
        List.of("user:*", "caf\u00e9?", "\\x00[a-f]*"),
        List.of("user:tmp:*"),
        List.of(),
        List.of("stream", "module"),
        List.of("FLUSHALL"),
        List.of(new KeyRename("user:", "u:"), new KeyRename("\\xff", "")),
        true);
  }

  private static JobSpec sourcesSpec() {
    RedisEndpoint watched =
        new RedisEndpoint(
            Topology.SENTINEL, List.of("10.0.0.9:26379"), "", null, Map.of(), "carts", "watch");
    return new JobSpec(
        "orders-0", 1, leastSpec().sync().with(source(), List.of(watched)), null, null);
  }

  private static JobSecrets sourcesSecrets() {
    return new JobSecrets(
        "t0ken",
        "source-secret",
        "target-secret",
        "",
        "",
        List.of(new EndpointSecrets("second-secret", "sentinel-secret")),
        null,
        null);
  }

  private static JobSecrets certificateSecrets() {
    EndpointSecrets source =
        new EndpointSecrets("source-secret", "", new TlsIdentity("certificate", "key"));
    return JobSecrets.of(List.of(source, source), EndpointSecrets.of("target-secret"));
  }

  private static JobSpec leastSpec() {
    SyncSpec sync = SyncSpec.of("orders", source(), source()).expiryGraceMillis(0).build();
    return new JobSpec("orders-0", 1, sync, null, null);
  }

  private static LinkStatus link(Phase phase) {
    return new LinkStatus(
        0,
        "10.0.0.1:6379",
        "[fd00::2]:6380",
        phase,
        1_000_000,
        1_000_000,
        1_000_000,
        5000,
        5000,
        "8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb",
        90_210,
        90_200,
        90_100,
        110,
        12,
        2_000_000,
        15_000,
        100,
        0,
        86_400_000,
        true,
        1,
        new Ledger(1000, 900, 40, 10, 45, 3, 1, 1),
        2,
        List.of(new Healed(HealReason.REFUSED, 3)),
        List.of(
            new DeadLetter(
                90_050, 0, "RPUSH", "k\\xFF", "a/8=", "the value is larger than 67108864 bytes"),
            new DeadLetter(
                90_060,
                3,
                "EVAL",
                "one",
                "",
                "the source sent the text of a script",
                3,
                90_080,
                "e0e1f9fabfc9d4800c877a703b823ac0578ff8db",
                "return redis.call('INCR', 'unnamed')",
                List.of("two"))),
        4,
        1);
  }

  private static JobReport jobReport() {
    return new JobReport(
        "orders-0",
        3,
        17,
        1_790_000_000_000L,
        2,
        Phase.INCREMENTAL,
        null,
        List.of(link(Phase.INCREMENTAL)),
        List.of(
            new LogLine(1_790_000_000_000L, LogLevel.INFO, 0, "Full sync ends, \"5000\" keys…")),
        new AgentUsage(1200, 50_000_000, 9_000_000_000L),
        null,
        null,
        new ContinuousReport(
            120_000,
            40,
            3,
            1,
            50,
            17,
            null,
            List.of(
                new ContinuousReport.Key(
                    3,
                    "k\\xff",
                    "hash",
                    List.of(DifferenceKind.TTL, DifferenceKind.FIELD_VALUE),
                    1_789_999_999_000L,
                    90_050))));
  }

  private static JobReport failedReport() {
    return new JobReport(
        "orders-0",
        3,
        18,
        1_790_000_001_000L,
        -1,
        Phase.FAILED,
        Fault.fatal(FaultCode.AUTH_FAILED, "10.0.0.1:6379 refused the password"),
        List.of(),
        List.of(),
        null);
  }

  private static JobReport laterReport() {
    return new JobReport(
        "orders-0",
        3,
        19,
        1_790_000_002_000L,
        0,
        Phase.UNKNOWN,
        new Fault(FaultCode.UNKNOWN, "something new", false),
        List.of(),
        List.of(new LogLine(1, LogLevel.UNKNOWN, -1, "x")),
        null);
  }

  private static JobDirective directive() {
    return new JobDirective(Desired.PAUSE, new LimitSpec(0, 100), 17, 500L);
  }

  private static PrecheckSpec precheckSpec() {
    return new PrecheckSpec(
        syncSpec(),
        new JobSecrets("", "source-secret", "target-secret"),
        1_790_000_000_000L,
        List.of(new PrecheckSpec.OtherTask("carts", "f00d", List.of(0))));
  }

  private static PrecheckFinding finding() {
    return new PrecheckFinding(
        PrecheckCode.TARGET_EVICTION_POLICY,
        Severity.BLOCK,
        "evicts",
        "The target may evict keys (allkeys-lru).",
        "Set maxmemory-policy to noeviction.",
        "CONFIG SET maxmemory-policy noeviction",
        Map.of("policy", "allkeys-lru"));
  }

  private static EndpointFacts facts() {
    return new EndpointFacts(
        null,
        "10.0.0.1:6379",
        "redis",
        "7.0.15",
        "standalone",
        "master",
        "f00d",
        "8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb",
        90_210,
        1,
        Map.of(0, 5000L, 3, 12L),
        1_000_000,
        0,
        "noeviction",
        1_048_576,
        List.of("name=bf,ver=1"),
        250,
        -40,
        3,
        List.of());
  }
}
