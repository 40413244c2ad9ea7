package io.cachesync.web.sync;

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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Consoles that share one database, and a migration that begins by itself at its time. */
class TwoConsolesIT {
  private static final boolean ALL = "all".equals(System.getProperty("cachesync.test.scope"));
  private static final int KEYS = 500;
  private static Sshd sshd;

  static Stream<Named<Supplier<DatabaseServer>>> databases() {
    List<Named<Supplier<DatabaseServer>>> databases = new ArrayList<>();
    databases.add(Named.of("MariaDB", DatabaseServer::mariaDb));
    if (ALL) {
      databases.add(Named.of("MySQL 5.7", DatabaseServer::mySql57));
      databases.add(Named.of("MySQL 8.0", DatabaseServer::mySql80));
    }
    return databases.stream();
  }

  @BeforeAll
  static void start() {
    sshd = Sshd.start();
  }

  @AfterAll
  static void stop() {
    sshd.close();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theSecondTakesOverWhereTheFirstWasKilled(Supplier<DatabaseServer> databases) {
    try (DatabaseServer database = databases.get();
        RedisServer source = server("source-secret");
        RedisServer target = server("target-secret");
        RespClient writer = source.client()) {
      fill(writer);
      List<String> settings = database.settings("cachesync");
      try (ConsoleProcess first = ConsoleProcess.start(settings.toArray(String[]::new))) {
        RestMigration migration = beginsAtItsTime(first, source, target);
        changeOnce(writer);
        takeOver(first, settings, migration, writer);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
      DatasetComparer.assertEqual(source, target);
    }
  }

  private static RestMigration beginsAtItsTime(
      ConsoleProcess console, RedisServer source, RedisServer target) {
    RestClient rest = new RestClient(console.url(), console.secret("first-token"));
    RestMigration.addMachine(rest, sshd);
    // Far enough for the precheck to be over before it on a machine that is busy.
    Instant startAt = Instant.now().plusSeconds(45);
    RestMigration migration =
        RestMigration.create(
            rest,
            RestMigration.end(source, "source-secret"),
            RestMigration.end(target, "target-secret"),
            Map.of("name", "at-its-time", "startAt", startAt.toString()));
    migration.precheck();
    migration.ask("start");
    assertThat(migration.state()).isEqualTo("SCHEDULED");
    migration.awaitInSync();
    // A MariaDB keeps whole seconds.
    assertThat(Instant.parse(migration.get().get("startedAt").asString()))
        .isAfterOrEqualTo(startAt.truncatedTo(ChronoUnit.SECONDS));
    return migration;
  }

  private static void takeOver(
      ConsoleProcess first, List<String> settings, RestMigration migration, RespClient writer) {
    List<String> shared = new ArrayList<>(settings);
    shared.add("CACHESYNC_SECRET_KEY=" + first.secret("secret.key"));
    try (ConsoleProcess second = ConsoleProcess.start(shared.toArray(String[]::new))) {
      anyShowsAnyPage(first, second);
      RestMigration there =
          migration.through(new RestClient(second.url(), first.secret("first-token")));
      first.kill();
      Instant killed = Instant.now();
      changeOnce(writer);
      there.await(task -> reportedAt(task).isAfter(killed.plusSeconds(1)));
      there.awaitInSync();
      assertThat(there.agentPids()).as("the agent lives on").hasSize(1);

      ProcessHandle.of(there.agentPids().get(0)).orElseThrow().destroyForcibly();
      changeOnce(writer);
      there.await(task -> there.agentPids().size() == 2);
      there.awaitInSync();
      changeOnce(writer);
      there.ask("finish");
      there.awaitState("DONE");
      assertThat(there.agentPids()).hasSize(2);
      assertThat(second.log()).doesNotContain("source-secret", "target-secret");
    }
  }

  private static void anyShowsAnyPage(ConsoleProcess first, ConsoleProcess second) {
    Browser browser = new Browser(first.url());
    String generated = first.secret("initial-admin-password");
    String own = "a-password-of-my-own";
    browser.signIn("admin", generated);
    Browser there = browser.at(second.url());
    assertThat(there.get("/account/password").body()).contains("Change your password");
    there.post("/account/password", "current", generated, "password", own, "repeated", own);
    for (Browser each : List.of(browser, there)) {
      assertThat(each.get("/tasks").body()).contains("at-its-time");
    }
  }

  private static Instant reportedAt(JsonNode task) {
    return Instant.parse(task.get("progress").get("updatedAt").asString());
  }

  private static RedisServer server(String password) {
    return new RedisServer(ServerVersion.V7_0).password(password).start();
  }

  private static void fill(RespClient source) {
    for (int i = 0; i < KEYS; i++) {
      source.call("SET", "key:" + i, "value " + i);
    }
  }

  /** Commands that must not be applied twice, nor be lost. */
  private static void changeOnce(RespClient source) {
    source.call("INCR", "counter");
    source.call("RPUSH", "list", "entry");
    source.call("XADD", "stream", "*", "field", "value");
  }
}
