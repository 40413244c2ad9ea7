package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.Certificates;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.RestMigration;
import io.cachesync.web.testkit.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Servers that let nobody in without a certificate: one that the console keeps opens them to its
 * connection test, prechecks, syncs, checks and repairs.
 */
class ClientCertificateIT {
  private static final ServerVersion VERSION = ServerVersion.V7_0;

  @TempDir private static Path folder;
  private static Sshd sshd;
  private static ConsoleProcess console;
  private static RestClient rest;

  @BeforeAll
  static void start() {
    sshd = Sshd.start();
    console = ConsoleProcess.start();
    rest = new RestClient(console);
    RestMigration.addMachine(rest, sshd);
  }

  @AfterAll
  static void stop() {
    if (console != null) {
      console.close();
    }
    sshd.close();
  }

  @Test
  void opensBothEndsToAllThatAnAgentDoes() throws IOException {
    Certificates ours = Certificates.make(folder, "ours", "ip:127.0.0.1");
    int sourcePort = RedisServer.freePort();
    int targetPort = RedisServer.freePort();
    try (RedisServer source = shut(sourcePort, ours).start();
        RedisServer target = shut(targetPort, ours).start();
        RespClient writer = source.client();
        RespClient spoiler = target.client()) {
      for (int i = 0; i < 200; i++) {
        writer.call("SET", "key:" + i, "value " + i);
      }
      register("source", sourcePort, ours);
      JsonNode without = register("target", targetPort, null);
      assertThat(connect(without).get("fault").get("message").asString()).contains("certificate");
      JsonNode with = rest.put("/endpoints/" + without.get("id").asLong(), given(without, ours));
      assertThat(connect(with).get("mode").asString()).isEqualTo("standalone");

      RestMigration migration =
          RestMigration.create(
              rest, Map.of("endpoint", "source"), Map.of("endpoint", "target"), Map.of());
      List<JsonNode> told =
          migration.findings().valueStream().filter(ClientCertificateIT::isOfIt).toList();
      // Made for thirty days: it ends soon, at both ends.
      assertThat(told)
          .hasSize(2)
          .allMatch(each -> each.get("severity").asString().equals("WARNING"));
      migration.precheck();
      migration.ask("start");
      migration.awaitInSync();
      writer.call("SET", "late", "value");
      migration.awaitInSync();
      migration.ask("finish");
      migration.awaitState("DONE");
      DatasetComparer.assertEqual(source, target);

      spoiler.call("SET", "key:7", "another");
      Map<String, Object> ends = Map.of("source", "source", "target", "target");
      long check = rest.post("/checks", ends).get("id").asLong();
      ended(check);
      assertThat(rest.get("/checks/" + check).get("listed").asInt()).isOne();
      JsonNode repair = rest.post("/checks/" + check + "/repair", Map.of("all", true));
      ended(repair.get("check").asLong());
      DatasetComparer.assertEqual(source, target);

      assertThat(migration.get() + migration.log() + rest.get("/endpoints") + console.log())
          .doesNotContain("PRIVATE KEY", Files.readString(ours.key()).lines().toList().get(1));
    }
  }

  private static boolean isOfIt(JsonNode finding) {
    return finding.get("code").asString().equals("CLIENT_CERTIFICATE");
  }

  /** Waits for a check, which has to end well. */
  private static void ended(long id) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .until(() -> rest.get("/checks/" + id).has("endedAt"));
    assertThat(rest.get("/checks/" + id).get("state").asString()).isEqualTo("DONE");
  }

  private static JsonNode connect(JsonNode endpoint) {
    long machine = rest.get("/machines").get(0).get("id").asLong();
    return rest.post("/endpoints/" + endpoint.get("id").asLong() + "/connect?machineId=" + machine);
  }

  /**
   * @param shown null for none
   */
  private static JsonNode register(String name, int port, Certificates shown) throws IOException {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("addresses", "rediss://127.0.0.1:" + port);
    body.put("caPem", Files.readString(folder.resolve("ours.pem")));
    if (shown != null) {
      body.put("clientCertificate", Files.readString(shown.certificate()));
      body.put("clientKey", Files.readString(shown.key()));
    }
    return rest.post("/endpoints", body);
  }

  private static JsonNode given(JsonNode read, Certificates shown) throws IOException {
    return ((ObjectNode) read)
        .put("clientCertificate", Files.readString(shown.certificate()))
        .put("clientKey", Files.readString(shown.key()));
  }

  private static RedisServer shut(int port, Certificates certificates) {
    return new RedisServer(VERSION)
        .option("tls-port", Integer.toString(port))
        .option("tls-cert-file", certificates.certificate().toString())
        .option("tls-key-file", certificates.key().toString())
        .option("tls-ca-cert-file", certificates.certificate().toString())
        .option("tls-auth-clients", "yes");
  }
}
