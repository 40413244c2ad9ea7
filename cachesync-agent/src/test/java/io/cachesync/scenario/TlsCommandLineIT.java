package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.Certificates;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The TLS options of the command line, on servers that speak it. */
class TlsCommandLineIT {
  private static final String SECRET = "hunter2-and-more";
  private static final String[] NAMED = {"--target-tls-name", "target.test"};

  @TempDir private static Path certificates;
  private static Certificates ofSource;
  private static Certificates ofTarget;
  private static RedisServer source;
  private static RedisServer target;
  private static int sourcePort;
  private static int targetPort;

  @TempDir private Path folder;

  @BeforeEach
  void empty() {
    source.flush();
    target.flush();
    source.config("tls-auth-clients", "no");
    target.config("tls-auth-clients", "no");
  }

  @BeforeAll
  static void start() {
    ofSource = Certificates.make(certificates, "source", "ip:127.0.0.1");
    // Reached by an address that its certificate does not name.
    ofTarget = Certificates.make(certificates, "target", "dns:target.test");
    sourcePort = RedisServer.freePort();
    targetPort = RedisServer.freePort();
    source = tls(new RedisServer(ServerVersion.V7_0), sourcePort, ofSource).password(SECRET);
    source.start();
    target = tls(new RedisServer(ServerVersion.V7_0), targetPort, ofTarget).start();
  }

  @AfterAll
  static void stop() {
    source.close();
    target.close();
  }

  @Test
  void movesDataFromTlsToTlsAlsoOverHandshakesThatBreak() {
    try (FaultProxy proxy = new FaultProxy(targetPort);
        RespClient writer = source.client();
        AgentProcess agent = sync(ofSource, proxy.port(), NAMED)) {
      agent.awaitPhase(Phase.INCREMENTAL);
      writer.call("INCR", "counter");
      agent.awaitApplied(offset(writer));
      proxy.accept(false);
      Awaitility.await("a connection broke inside the TLS handshake")
          .until(() -> agent.output().contains("inside the TLS handshake"));
      proxy.accept(true);
      writer.call("INCR", "counter");
      agent.awaitApplied(offset(writer));
      agent.terminate();
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
      assertThat(agent.output()).doesNotContain(SECRET);
    }
    assertThat(target.digest()).isNotEqualTo(source.digest());
    finish();
    DatasetComparer.assertEqual(source, target);
    assertThat(target.digest()).isEqualTo(source.digest());
  }

  @Test
  void tellsThatNobodyTrustedVouchesForTheServer() {
    String why = "was signed by none of the trusted authorities";
    refused(why, sync(ofTarget, targetPort, NAMED));
    refused(why, sync(ofTarget, targetPort, with(NAMED, "--skip-precheck")));
  }

  @Test
  void tellsThatTheCertificateIsForAnotherName() {
    String why = "the certificate of 127.0.0.1:" + targetPort + " is made out to another name";
    refused(why, sync(ofSource, targetPort));
    refused(why, sync(ofSource, targetPort, "--target-tls-name", "another.test"));
  }

  @Test
  void tellsThatTheCertificateIsOutOfItsTime() {
    Certificates authority = Certificates.make(folder, "authority");
    Certificates old = Certificates.expired(folder, "old", "authority", "ip:127.0.0.1");
    int port = RedisServer.freePort();
    try (RedisServer server = tls(new RedisServer(ServerVersion.V7_0), port, old).start();
        AgentProcess probe =
            AgentProcess.start(
                Map.of(),
                "probe --source rediss://127.0.0.1:%d --source-ca %s"
                    .formatted(port, authority.certificate())
                    .split(" "))) {
      assertThat(probe.exitCode()).as(probe.output()).isEqualTo(4);
      assertThat(probe.output())
          .contains("the certificate of 127.0.0.1:" + port + " is not valid now (NotAfter: ");
      assertThat(server.keys()).isZero();
    }
  }

  @Test
  void blamesTheFileThatHoldsNoAuthority() throws IOException {
    Path letter = Files.writeString(folder.resolve("letter.pem"), "dear all");
    for (Path file : List.of(letter, ofSource.key())) {
      try (AgentProcess agent =
          AgentProcess.start(
              Map.of(),
              "check",
              "--source",
              "rediss://127.0.0.1:" + sourcePort,
              "--source-ca",
              file.toString(),
              "--target",
              target.uri())) {
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(2);
        assertThat(agent.output())
            .contains("--source-ca: " + file + " holds no certificate in PEM form");
      }
    }
  }

  @Test
  void saysThatAPortMayWantTls() {
    for (String[] extra : new String[][] {{}, {"--skip-precheck"}}) {
      String plain = "redis://127.0.0.1:" + sourcePort;
      List<String> args = new ArrayList<>(List.of("--source", plain, "--target", target.uri()));
      args.addAll(List.of("--work-dir", folder.toString(), "--full-only"));
      args.addAll(Arrays.asList(extra));
      try (AgentProcess agent = AgentProcess.sync(args.toArray(String[]::new))) {
        if (extra.length == 0) {
          assertThat(agent.exitCode()).as(agent.output()).isEqualTo(4);
        } else {
          Awaitility.await("it is told").until(() -> agent.output().contains("It is tried again"));
        }
        assertThat(agent.output()).contains("write rediss://");
      }
    }
  }

  @Test
  void tellsThatThePortSpeaksNoTls() {
    refused("it may not speak TLS", sync(ofSource, target.port(), NAMED));
  }

  @Test
  void tellsThatTheServerWantsACertificateFromUs() {
    target.config("tls-auth-clients", "yes");
    // The line may break before the server's own word, certificate_required, has been read.
    String why = "certificate";
    refused(why, sync(ofSource, targetPort, NAMED));
    refused(why, sync(ofSource, targetPort, with(NAMED, "--skip-precheck")));
  }

  @Test
  void showsACertificateToServersThatWantOne() {
    source.config("tls-auth-clients", "yes");
    target.config("tls-auth-clients", "yes");
    try (RespClient writer = source.client()) {
      writer.call("SET", "key", "value");
    }
    try (AgentProcess agent = sync(ofSource, targetPort, shown(ofSource, ofTarget))) {
      assertThat(agent.exitCode()).as(agent.output()).isZero();
    }
    DatasetComparer.assertEqual(source, target);
  }

  @Test
  void tellsThatAKeyIsOfAnotherCertificate() {
    Certificates mixed = ofTarget.withKeyOf(ofSource);
    refused(
        "no certificate can be shown to 127.0.0.1:" + targetPort + ": the key in ",
        sync(ofSource, targetPort, shown(ofSource, mixed)));
  }

  /** Options for a full sync that shows these to source and target. */
  private static String[] shown(Certificates toSource, Certificates toTarget) {
    return Stream.of(
            Stream.of(NAMED),
            Stream.of("--full-only"),
            Stream.of("--source-tls-cert", toSource.certificate().toString()),
            Stream.of("--source-tls-key", toSource.key().toString()),
            Stream.of("--target-tls-cert", toTarget.certificate().toString()),
            Stream.of("--target-tls-key", toTarget.key().toString()))
        .flatMap(words -> words)
        .toArray(String[]::new);
  }

  private static void refused(String why, AgentProcess agent) {
    try (agent) {
      assertThat(agent.exitCode()).as(agent.output()).isIn(1, 4);
      assertThat(agent.output()).contains(why).doesNotContain("Exception", SECRET);
    }
    assertThat(target.keys()).isZero();
  }

  private static void finish() {
    List<String> args = new ArrayList<>(List.of("finish", "--task", "tls"));
    args.addAll(List.of("--target", "rediss://127.0.0.1:" + targetPort));
    args.addAll(List.of("--target-ca", ofTarget.certificate().toString()));
    args.addAll(List.of(NAMED));
    try (AgentProcess finish = AgentProcess.start(Map.of(), args.toArray(String[]::new))) {
      assertThat(finish.exitCode()).as(finish.output()).isZero();
    }
  }

  private static long offset(RespClient server) {
    return Long.parseLong(server.info("replication").get("master_repl_offset"));
  }

  private static String[] with(String[] some, String more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  private AgentProcess sync(Certificates sourceCa, int port, String... more) {
    List<String> args = new ArrayList<>();
    args.addAll(List.of("--source", "rediss://127.0.0.1:" + sourcePort));
    args.addAll(List.of("--source-ca", sourceCa.certificate().toString()));
    args.addAll(List.of("--source-password-env", "SOURCE_PW"));
    args.addAll(List.of("--target", "rediss://127.0.0.1:" + port));
    args.addAll(List.of("--target-ca", ofTarget.certificate().toString()));
    args.addAll(List.of("--work-dir", folder.resolve("work").toString(), "--task", "tls"));
    args.addAll(Arrays.asList(more));
    return AgentProcess.sync(Map.of("SOURCE_PW", SECRET), args.toArray(String[]::new));
  }

  private static RedisServer tls(RedisServer server, int port, Certificates certificates) {
    return server
        .option("tls-port", Integer.toString(port))
        .option("tls-cert-file", certificates.certificate().toString())
        .option("tls-key-file", certificates.key().toString())
        .option("tls-ca-cert-file", certificates.certificate().toString())
        .option("tls-auth-clients", "no");
  }
}
