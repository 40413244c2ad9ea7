package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.Certificates;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that came with the secrets, shown to a server that asks its clients for one. */
class CertificateFindingsIT {
  @TempDir private static Path folder;
  private static Certificates ours;
  private static RedisServer server;
  private static RedisEndpoint end;

  @BeforeAll
  static void start() throws IOException {
    ours = Certificates.make(folder, "server", "ip:127.0.0.1");
    int port = RedisServer.freePort();
    server =
        new RedisServer(ServerVersion.V7_0)
            .option("tls-port", Integer.toString(port))
            .option("tls-cert-file", ours.certificate().toString())
            .option("tls-key-file", ours.key().toString())
            .option("tls-ca-cert-file", ours.certificate().toString())
            .option("tls-auth-clients", "yes")
            .start();
    TlsSpec tls = new TlsSpec(Files.readString(ours.certificate()), "");
    end = new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:" + port), "", tls);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void opensWhatStaysShutWithoutIt() throws IOException {
    EndpointFacts with = Probe.look(new ProbeSpec(end, shown(identity(ours))));
    assertThat(with.fault()).isNull();
    assertThat(with.mode()).isEqualTo("standalone");
    assertThat(Probe.look(new ProbeSpec(end, shown(null))).fault()).isNotNull();
  }

  @Test
  void tellsThatTheServerDoesNotTakeIt() throws IOException {
    TlsIdentity strange = identity(Certificates.make(folder, "strange"));
    EndpointFacts facts = Probe.look(new ProbeSpec(end, shown(strange)));
    // The line may break before the server's own word has been read.
    assertThat(facts.fault().message()).contains("certificate");
  }

  @Test
  void saysOfAKeyThatIsAnothersThatNothingCanBeShown() throws IOException {
    Certificates mixed = ours.withKeyOf(Certificates.make(folder, "another"));
    EndpointFacts facts = Probe.look(new ProbeSpec(end, shown(identity(mixed))));
    assertThat(facts.fault().code()).isEqualTo(FaultCode.TLS_FAILED);
    assertThat(facts.fault().message())
        .endsWith("the key that was given is not that of the certificate that was given");
  }

  @Test
  void warnsInTheLastThirtyDaysAndBlocksOutsideOfItsTime() throws IOException {
    EndpointSecrets secrets = shown(identity(ours));
    Instant now = Instant.now();
    // It is valid for thirty days from its making on.
    assertThat(found(secrets, now)).hasValueSatisfying(is(Severity.WARNING, "soon"));
    assertThat(found(secrets, now.minus(Duration.ofDays(1))))
        .hasValueSatisfying(is(Severity.BLOCK, "early"));
    assertThat(found(secrets, now.plus(Duration.ofDays(31))))
        .hasValueSatisfying(is(Severity.BLOCK, "over"));
    assertThat(found(shown(null), now)).isEmpty();
  }

  @Test
  void isToldByAPrecheckOfThisEnd() throws IOException {
    try (RedisServer plain = new RedisServer(ServerVersion.V7_0).start()) {
      PrecheckRun run = new PrecheckRun(plain, plain).target(end, shown(identity(ours)));
      run.go();
      assertThat(run.only(PrecheckCode.CLIENT_CERTIFICATE).values())
          .containsEntry("address", end.addresses().get(0));
      assertThat(run.only(PrecheckCode.TARGET_REACHABLE).severity()).isEqualTo(Severity.PASS);
    }
  }

  /** It is valid for thirty days from its making on. */
  @Test
  void tellsWhenTheServersOwnEnds() throws IOException {
    try (RedisServer plain = new RedisServer(ServerVersion.V7_0).start()) {
      PrecheckRun run = new PrecheckRun(plain, plain).target(end, shown(identity(ours)));
      run.go();
      assertThat(run.assertWarning(PrecheckCode.SERVER_CERTIFICATE, "soon").values())
          .containsEntry("address", end.addresses().get(0))
          .containsEntry("until", run.only(PrecheckCode.CLIENT_CERTIFICATE).values().get("until"));
    }
    Opening opening = Opening.of(end, shown(identity(ours)));
    try (End reached = opening.end()) {
      Instant before = Instant.now().minus(Duration.ofDays(10));
      assertThat(CertificateFindings.ofServers(reached, before))
          .hasValueSatisfying(is(Severity.PASS, ""));
    }
    assertThat(CertificateFindings.ofServers(null, Instant.now())).isEmpty();
  }

  private static Optional<PrecheckFinding> found(EndpointSecrets secrets, Instant now) {
    return CertificateFindings.of(end, secrets, now);
  }

  private static Consumer<PrecheckFinding> is(Severity severity, String variant) {
    return finding -> {
      assertThat(finding.severity()).isEqualTo(severity);
      assertThat(finding.variant()).isEqualTo(variant);
      assertThat(finding.summary()).contains(end.addresses().get(0)).doesNotContain("{");
    };
  }

  private static EndpointSecrets shown(TlsIdentity identity) {
    return new EndpointSecrets("", "", identity);
  }

  private static TlsIdentity identity(Certificates certificates) throws IOException {
    return new TlsIdentity(
        Files.readString(certificates.certificate()), Files.readString(certificates.key()));
  }
}
