package io.cachesync.web.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.Certificates;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.RestMigration;
import io.cachesync.web.testkit.Sshd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A console with TLS and a certificate that it signed itself: agents hold to that one. */
class PinnedReportsIT {
  @TempDir private static Path folder;
  private static Certificates own;
  private static Sshd sshd;
  private static ConsoleProcess console;

  @BeforeAll
  static void start() {
    own = Certificates.make(folder, "console", "ip:127.0.0.1");
    sshd = Sshd.start();
    console = ConsoleProcess.startWithTls(own);
    RestMigration.addMachine(new RestClient(console), sshd);
  }

  @AfterAll
  static void stop() {
    if (console != null) {
      console.close();
    }
    sshd.close();
  }

  @Test
  void reportsGoToTheCertificateThatWasPinned() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      RestMigration migration = inSync(source, target);
      assertThat(files("job.json")).contains("https://127.0.0.1:").doesNotContain("http://");
      migration.ask("finish");
      migration.awaitState("DONE");
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void reportsGoToNoOtherCertificate() throws IOException {
    Certificates other = Certificates.make(folder, "other", "ip:127.0.0.1");
    Path certificate = Files.copy(own.certificate(), folder.resolve("kept.pem"));
    Path key = Files.copy(own.key(), folder.resolve("kept.key"));
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient writer = source.client()) {
      RestMigration migration = inSync(source, target);
      replace(own, other.certificate(), other.key());
      console.restart();
      writer.call("SET", "key", "changed");
      Awaitility.await("the agent tells that the certificate is another")
          .atMost(Duration.ofSeconds(60))
          .until(() -> files("agent.log").contains("shows another certificate"));

      replace(own, certificate, key);
      console.restart();
      migration.await(task -> migration.log().contains("takes reports again"));
      migration.awaitInSync();
      assertThat(migration.agentPids()).hasSize(1);
      migration.ask("finish");
      migration.awaitState("DONE");
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  private static RestMigration inSync(RedisServer source, RedisServer target) {
    RestMigration migration =
        RestMigration.create(
            new RestClient(console),
            RestMigration.end(source, ""),
            RestMigration.end(target, ""),
            Map.of("name", "to " + target.port()));
    migration.precheck();
    migration.ask("start");
    migration.awaitInSync();
    return migration;
  }

  private static void replace(Certificates own, Path certificate, Path key) throws IOException {
    Files.copy(certificate, own.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(key, own.key(), StandardCopyOption.REPLACE_EXISTING);
  }

  /** What stands in all files of that name on the machine. */
  private static String files(String name) {
    try (Stream<Path> all = Files.walk(sshd.base())) {
      return all.filter(file -> file.endsWith(name))
          .map(PinnedReportsIT::read)
          .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
