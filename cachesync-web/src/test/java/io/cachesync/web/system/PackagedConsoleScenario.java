package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.Browser;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.DatabaseServer;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.RestMigration;
import io.cachesync.web.testkit.Sshd;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The jar as it is shipped, on a real database, with real servers around it. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class PackagedConsoleScenario {
  @RegisterExtension
  final RedisServer sourceServer = new RedisServer(ServerVersion.V7_0).password("source-secret");

  @RegisterExtension
  final RedisServer targetServer = new RedisServer(ServerVersion.V7_0).password("target-secret");

  private final Supplier<DatabaseServer> databases;
  private Sshd sshd;
  private DatabaseServer database;
  private ConsoleProcess console;

  PackagedConsoleScenario(Supplier<DatabaseServer> databases) {
    this.databases = databases;
  }

  @BeforeAll
  void start() {
    sshd = Sshd.start();
    database = databases.get();
    console = ConsoleProcess.start(database.settings("cachesync").toArray(String[]::new));
  }

  @AfterAll
  void stop() {
    if (console != null) {
      console.close();
    }
    if (database != null) {
      database.close();
    }
    if (sshd != null) {
      sshd.close();
    }
  }

  @Test
  void signsTheFirstAdminInAndKeepsTheSessionOverARestart() {
    Browser browser = new Browser(console.url());
    String generated = console.secret("initial-admin-password");

    assertThat(browser.signIn("admin", generated).body()).contains("Change your password");
    String own = "a-password-of-my-own";
    assertThat(
            browser
                .post("/account/password", "current", generated, "password", own, "repeated", own)
                .body())
        .contains("Your password is changed.");

    console.restart();

    assertThat(browser.get("/users").statusCode()).isEqualTo(200);
    assertThat(browser.get("/audit").body()).contains("Password changed");
    assertThat(console.log()).doesNotContain(generated).doesNotContain(own);
  }

  @Test
  void migratesFromTheFirstRequestToTheLast() {
    try (RespClient source = sourceServer.client()) {
      for (int i = 0; i < 1000; i++) {
        source.call("HSET", "hash:" + i, "field", "value " + i);
      }
      source.call("SET", "short", "lived", "EX", "5000");

      RestClient rest = new RestClient(console.url(), console.secret("first-token"));
      RestMigration.addMachine(rest, sshd);
      addEndpoint(rest, "old", sourceServer, "source-secret");
      addEndpoint(rest, "new", targetServer, "target-secret");
      RestMigration migration =
          RestMigration.create(
              rest, Map.of("endpoint", "old"), Map.of("endpoint", "new"), Map.of());
      migration.precheck();
      migration.ask("start");
      migration.awaitInSync();

      source.call("RPUSH", "list", "written", "meanwhile");
      source.call("DEL", "hash:0");
      migration.ask("finish");
      migration.awaitState("DONE");

      assertThat(targetServer.digest()).isEqualTo(sourceServer.digest());
      DatasetComparer.assertEqual(sourceServer, targetServer);
      assertThat(console.log()).doesNotContain("source-secret").doesNotContain("target-secret");
    }
  }

  private static void addEndpoint(
      RestClient rest, String name, RedisServer server, String password) {
    rest.post(
        "/endpoints", Map.of("name", name, "addresses", server.address(), "password", password));
  }
}
