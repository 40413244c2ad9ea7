package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The smallest rights are enough on every version, and nothing forks while that is found out. */
class PrecheckVersionsIT {
  @ParameterizedTest
  @EnumSource(ServerVersion.class)
  void passesWithTheSmallestRights(ServerVersion version) {
    try (RedisServer source = source(version).start();
        RedisServer target = target(version).start()) {
      fill(source);
      PrecheckRun run = new PrecheckRun(source, target);
      if (version.atLeast(ServerVersion.V6_0)) {
        run.users("mig", "mig", "secret");
      } else {
        run.users("", "", "secret");
      }

      Severity gravest = run.go();

      if (version == ServerVersion.V7_4) {
        // 7.4.1, which is named for a fault of its own.
        assertThat(run.only(PrecheckCode.VERSIONS).variant()).isEqualTo("crash");
        assertThat(run.text()).doesNotContain("severity=BLOCK");
      } else {
        assertThat(gravest).as(run.text()).isEqualTo(Severity.PASS);
      }
      assertNothingForked(source);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_0", "V6_2", "V7_4", "VALKEY_8"})
  void blocksWithoutTheRightToReplicate(ServerVersion version) {
    try (RedisServer source = source(version).start();
        RedisServer target = target(version).start()) {
      PrecheckRun run = new PrecheckRun(source, target).users("nopsync", "mig", "secret");
      run.go();

      assertThat(run.only(PrecheckCode.PSYNC_PERMITTED).variant()).isEqualTo("forbidden");
      assertNothingForked(source);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_0", "V6_2"})
  void blocksWherePsyncWasRenamed(ServerVersion version) {
    try (RedisServer source =
            new RedisServer(version).option("rename-command", "PSYNC \"\"").start();
        RedisServer target = new RedisServer(version).start()) {
      PrecheckRun run = new PrecheckRun(source, target);
      run.go();

      assertThat(run.only(PrecheckCode.PSYNC_PERMITTED).variant()).isEqualTo("renamed");
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void saysWhatOfAValkey9HasAPlaceWhere() {
    try (RedisServer source = new RedisServer(ServerVersion.VALKEY_9).start();
        RedisServer old = new RedisServer(ServerVersion.V7_0).start();
        RedisServer newer = new RedisServer(ServerVersion.V8_0).start();
        RedisServer same = new RedisServer(ServerVersion.VALKEY_9).start();
        RespClient client = source.client()) {
      client.call("HSETEX", "h", "EX", "1000", "FIELDS", "1", "f", "v");
      client.call("MSETEX", "1", "k", "v", "EX", "1000");
      PrecheckRun run = new PrecheckRun(source, same).users("", "", "");
      run.go();
      assertThat(run.only(PrecheckCode.VERSIONS).variant()).isEmpty();
      run.target(newer.address()).go();
      assertThat(run.of(PrecheckCode.VERSIONS))
          .extracting(PrecheckFinding::variant)
          .containsExactly("commands");
      run.target(old.address()).go();
      assertThat(run.of(PrecheckCode.VERSIONS))
          .filteredOn(finding -> finding.severity() == Severity.BLOCK)
          .extracting(PrecheckFinding::variant)
          .containsExactly("fields");
    }
  }

  private static RedisServer source(ServerVersion version) {
    RedisServer server = new RedisServer(version);
    if (!version.atLeast(ServerVersion.V6_0)) {
      return server.password("secret");
    }
    String rules = SmallestRights.source(version.atLeast(ServerVersion.V7_0));
    return server
        .user("mig", "on >secret " + rules)
        .user("nopsync", "on >secret " + rules + " -psync");
  }

  private static RedisServer target(ServerVersion version) {
    RedisServer server = new RedisServer(version);
    // Vector sets have categories of their own, which no other version knows.
    String more = version.atLeast(ServerVersion.V8_0) ? " +vadd +vrem +vsetattr" : "";
    return version.atLeast(ServerVersion.V6_0)
        ? server.user("mig", "on >secret " + SmallestRights.target() + more)
        : server.password("secret");
  }

  private static void fill(RedisServer server) {
    try (RespClient client = server.client()) {
      client.call("SET", "k", "v");
      client.call("SELECT", "3");
      client.call("SADD", "s", "m");
    }
  }

  private static void assertNothingForked(RedisServer server) {
    try (RespClient client = server.client()) {
      assertThat(client.info("stats")).containsEntry("sync_full", "0");
      assertThat(client.info("persistence"))
          .containsEntry("rdb_bgsave_in_progress", "0")
          .containsEntry("rdb_last_bgsave_time_sec", "-1");
    }
  }
}
