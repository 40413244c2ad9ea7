package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of a target beyond its rights: who else writes there, and what it takes. */
class TargetChecksIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0"})
  void namesWhoElseWritesToTheTarget(ServerVersion version) throws InterruptedException {
    try (RedisServer target = new RedisServer(version).start()) {
      PrecheckRun run = new PrecheckRun(SOURCE, target);
      run.go();
      PrecheckFinding quiet = run.only(PrecheckCode.TARGET_WRITERS);
      assertThat(quiet.severity()).isEqualTo(Severity.PASS);
      assertThat(quiet.summary()).doesNotContain("{");

      whileWritten(target, "cart", List.<String[]>of(new String[] {"SET", "k", "v"}), run);
      PrecheckFinding others = run.assertWarning(PrecheckCode.TARGET_WRITERS, "others");
      assertThat(others.values().get("clients")).contains("127.0.0.1:", "(cart)");
      assertThat(others.values().get("commands")).startsWith("SET ");
      assertThat(others.summary()).doesNotContain("{");
    }
  }

  @Test
  void readingIsNoWritingAndOtherTasksHaveTheirOwnDatabases() throws InterruptedException {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      PrecheckRun run = new PrecheckRun(SOURCE, target);
      whileWritten(target, "cart", List.<String[]>of(new String[] {"GET", "k"}), run);
      assertThat(run.only(PrecheckCode.TARGET_WRITERS).variant()).isEmpty();
      List<String[]> reads =
          List.of(
              new String[] {"EVAL", "return redis.call('GET', KEYS[1])", "1", "k"},
              new String[] {"SORT", "l"},
              new String[] {"PFCOUNT", "h"},
              new String[] {"GETEX", "k"},
              new String[] {"GEORADIUS", "g", "0", "0", "1", "km"});
      whileWritten(target, "cart", reads, run);
      assertThat(run.only(PrecheckCode.TARGET_WRITERS).variant()).as(run.text()).isEmpty();
      List<String[]> script =
          List.<String[]>of(
              new String[] {"EVAL", "return redis.call('SET', KEYS[1], 'v')", "1", "k"});
      whileWritten(target, "cart", script, run);
      assertThat(run.assertWarning(PrecheckCode.TARGET_WRITERS, "others").values().get("commands"))
          .startsWith("SET ");

      List<String[]> set = List.<String[]>of(new String[] {"SET", "k", "v"});
      whileWritten(target, "cachesync-0123-0-e1", set, run);
      PrecheckFinding tasks = run.only(PrecheckCode.TARGET_WRITERS);
      assertThat(tasks.severity()).isEqualTo(Severity.PASS);
      assertThat(tasks.variant()).isEqualTo("tasks");
    }
  }

  /** Both commands come in one packet: whoever looks sees the second. */
  @Test
  void tellsOfWritersThatAreNotToBeSeenOrMayNotBeListed() throws InterruptedException {
    List<String[]> hidden = List.of(new String[] {"SET", "k", "v"}, new String[] {"PING"});
    try (RedisServer target =
        new RedisServer(ServerVersion.V7_0)
            .user("nolist", "on nopass " + SmallestRights.target() + " -client|list")
            .start()) {
      PrecheckRun run = new PrecheckRun(SOURCE, target);
      whileWritten(target, "cart", hidden, run);
      run.assertWarning(PrecheckCode.TARGET_WRITERS, "gone");

      run.users("", "nolist", "");
      whileWritten(target, "cart", hidden, run);
      run.assertWarning(PrecheckCode.TARGET_WRITERS, "unnamed");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_0"})
  void warnsOfATargetThatTakesSmallerValuesThanTheSource(ServerVersion version) {
    try (RedisServer target = new RedisServer(version).start()) {
      PrecheckRun run = new PrecheckRun(SOURCE, target);
      run.go();
      PrecheckFinding same = run.only(PrecheckCode.TARGET_LIMITS);
      assertThat(same.severity()).isEqualTo(Severity.PASS);
      assertThat(same.variant()).isEqualTo(version == ServerVersion.V7_0 ? "" : "arguments");
      assertThat(same.values()).containsEntry("limit", "512 MB").containsEntry("source", "512 MB");

      for (String setting : List.of("proto-max-bulk-len", "client-query-buffer-limit")) {
        target.config(setting, "4194304");
        run.go();
        PrecheckFinding small = run.assertWarning(PrecheckCode.TARGET_LIMITS, "small");
        assertThat(small.values()).containsEntry("limit", "4.0 MB");
        assertThat(small.command()).startsWith("CONFIG SET " + setting + ' ');
        call(target, small.command().split(" "));
        run.go();
        assertThat(run.only(PrecheckCode.TARGET_LIMITS).severity()).isEqualTo(Severity.PASS);
      }
    }
  }

  @Test
  void saysWhereTheLimitsCouldNotBeLookedAt() {
    try (RedisServer target =
            new RedisServer(ServerVersion.V7_0)
                .user("noconfig", "on nopass " + SmallestRights.target() + " -config|get")
                .start();
        RedisServer old = new RedisServer(ServerVersion.V2_8).start()) {
      PrecheckRun run = new PrecheckRun(SOURCE, target).users("", "noconfig", "");
      run.go();
      assertThat(run.assertWarning(PrecheckCode.TARGET_LIMITS, "unreadable").values())
          .containsEntry("user", "noconfig");

      run.users("", "", "").target(old.address()).go();
      PrecheckFinding without = run.only(PrecheckCode.TARGET_LIMITS);
      assertThat(without.severity()).as("versions without the setting").isEqualTo(Severity.PASS);
      assertThat(without.values()).containsEntry("limit", "512 MB");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_0", "V7_0"})
  void countsTheConnectionsThatBothEndsHaveRoomFor(ServerVersion version) {
    List<RespClient> clients = new ArrayList<>();
    try (RedisServer target = new RedisServer(version).start()) {
      PrecheckRun run = new PrecheckRun(SOURCE, target);
      run.go();
      PrecheckFinding room = run.only(PrecheckCode.CONNECTIONS);
      assertThat(room.severity()).isEqualTo(Severity.PASS);
      assertThat(room.variant()).isEmpty();
      assertThat(room.values()).containsEntry("address", target.address());

      for (int i = 0; i < 30; i++) {
        clients.add(SOURCE.client());
        clients.get(i).call("PING");
      }
      target.config("maxclients", "40");
      run.go();
      PrecheckFinding few = run.assertWarning(PrecheckCode.CONNECTIONS, "few");
      assertThat(few.values()).containsEntry("limit", "40");
      call(target, few.command().split(" "));
      run.go();
      assertThat(run.only(PrecheckCode.CONNECTIONS).severity()).isEqualTo(Severity.PASS);

      target.config("maxclients", "10");
      run.go();
      run.assertWarning(PrecheckCode.CONNECTIONS, "full");
    } finally {
      clients.forEach(RespClient::close);
    }
  }

  @Test
  void saysWhereTheLimitOfConnectionsCouldNotBeLookedAt() {
    try (RedisServer target =
        new RedisServer(ServerVersion.V6_0)
            .user("noconfig", "on nopass " + SmallestRights.target() + " -config")
            .start()) {
      PrecheckRun run = new PrecheckRun(SOURCE, target).users("", "noconfig", "");
      run.go();
      assertThat(run.only(PrecheckCode.CONNECTIONS).variant()).isEqualTo("unreadable");
    }
  }

  /** Runs the precheck while another client sends these commands. */
  private static void whileWritten(
      RedisServer server, String name, List<String[]> commands, PrecheckRun run)
      throws InterruptedException {
    AtomicBoolean enough = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try (RespClient client = server.client()) {
                client.call("CLIENT", "SETNAME", name);
                while (!enough.get()) {
                  client.pipeline(commands);
                  begun.countDown();
                }
              }
            });
    begun.await();
    try {
      run.measuringLong().go();
    } finally {
      enough.set(true);
      writing.join();
    }
  }

  private static void call(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }
}
