package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the prechecks say of users that may not do all that a migration needs. */
class PrecheckRightsIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0)
          .user("mig", "on >secret " + SmallestRights.source(true))
          .user("nopsync", "on >secret " + SmallestRights.source(true) + " -psync")
          .user("noconfig", "on >secret " + SmallestRights.source(true) + " -config|get")
          .user("nodump", "on >secret " + SmallestRights.source(true) + " -dump -exec")
          .user("nokeys", "on >secret " + SmallestRights.source(true) + " resetkeys")
          .user("noinfo", "on >secret +ping");

  @RegisterExtension
  static final RedisServer TARGET =
      new RedisServer(ServerVersion.V7_0)
          .user("mig", "on >secret " + SmallestRights.target())
          .user("nohash", "on >secret " + SmallestRights.target() + " -@hash +hgetall +hmset")
          .user("nowrite", "on >secret " + SmallestRights.target() + " -@write")
          .user("noselect", "on >secret " + SmallestRights.target() + " -select")
          .user("nomulti", "on >secret " + SmallestRights.target() + " -multi");

  private final PrecheckRun run = new PrecheckRun(SOURCE, TARGET).users("mig", "mig", "secret");

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void blocksAUserWithoutPsync() {
    run.users("nopsync", "mig", "secret").go();

    PrecheckFinding finding = run.assertBlock(PrecheckCode.PSYNC_PERMITTED, "forbidden");
    assertThat(finding.command()).startsWith("ACL SETUSER nopsync on >PASSWORD").contains("+psync");
  }

  @Test
  void warnsWhereKeysCannotBeFetchedAgain() {
    run.users("nodump", "mig", "secret").go();

    run.assertWarning(PrecheckCode.PSYNC_PERMITTED, "refetch");
    assertThat(run.only(PrecheckCode.PSYNC_PERMITTED).values())
        .containsEntry("commands", "DUMP, EXEC");

    run.users("nokeys", "mig", "secret").go();

    run.assertWarning(PrecheckCode.PSYNC_PERMITTED, "refetch");
  }

  @Test
  void blocksASourceThatRenamedPsync() {
    try (RedisServer source =
        new RedisServer(ServerVersion.V7_0).option("rename-command", "PSYNC \"\"").start()) {
      run.users("", "", "").source(source.address()).go();

      run.assertBlock(PrecheckCode.PSYNC_PERMITTED, "renamed");
    }
  }

  @Test
  void blocksAUserWithoutInfo() {
    run.users("noinfo", "mig", "secret").go();

    assertThat(run.only(PrecheckCode.SOURCE_REACHABLE).values())
        .containsEntry("faultCode", "NO_PERMISSION");
  }

  @Test
  void warnsWhereTheBufferLimitCannotBeRead() {
    run.users("noconfig", "mig", "secret").go();

    run.assertWarning(PrecheckCode.REPLICA_OUTPUT_BUFFER, "unreadable");
  }

  @Test
  void tellsWhichWriteCommandsAreForbiddenAtTheTarget() {
    try (RespClient source = SOURCE.client()) {
      source.call("CONFIG", "RESETSTAT");
    }
    run.users("mig", "nohash", "secret").go();
    assertThat(run.assertWarning(PrecheckCode.TARGET_RIGHTS, "writes").values().get("commands"))
        .contains("HINCRBY", "HDEL")
        .doesNotContain("HMSET", "SADD");

    write(SOURCE, "HINCRBY", "h", "f", "1");
    run.go();
    assertThat(
            run.of(PrecheckCode.TARGET_RIGHTS).stream()
                .filter(finding -> finding.variant().equals("used"))
                .toList())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.BLOCK);
              assertThat(finding.values()).containsEntry("commands", "HINCRBY");
              assertThat(finding.command()).startsWith("ACL SETUSER nohash on >PASSWORD ~* ");
            });
  }

  @Test
  void blocksATargetUserWithoutWhatTheEngineSends() {
    run.users("mig", "nowrite", "secret").go();
    assertThat(run.assertBlock(PrecheckCode.TARGET_RIGHTS, "forbidden").values().get("commands"))
        .contains("SET", "RESTORE", "HMSET");

    run.users("mig", "nomulti", "secret").go();
    assertThat(run.assertBlock(PrecheckCode.TARGET_RIGHTS, "forbidden").values())
        .containsEntry("commands", "MULTI");
  }

  @Test
  void aCommandThatTheTargetDoesNotKnowIsNoMissingRight() {
    try (RedisServer target =
        new RedisServer(ServerVersion.V7_0).option("rename-command", "WATCH \"\"").start()) {
      run.users("", "", "").target(target.address()).go();

      PrecheckFinding finding = run.assertBlock(PrecheckCode.TARGET_RIGHTS, "unknown");
      assertThat(finding.values()).containsEntry("commands", "WATCH");
      assertThat(finding.command()).isEmpty();
    }
  }

  @Test
  void offersNoCommandThatTakesRightsFromTheDefaultUser() {
    try (RedisServer target =
        new RedisServer(ServerVersion.V7_0)
            .user("default", "on nopass ~* &* +@all -multi")
            .start()) {
      run.users("", "", "").target(target.address()).go();

      PrecheckFinding finding = run.assertBlock(PrecheckCode.TARGET_RIGHTS, "forbidden");
      assertThat(finding.values()).containsEntry("user", "default");
      assertThat(finding.command()).startsWith("ACL SETUSER cachesync on >PASSWORD ");
    }
  }

  @Test
  void aRightThatLacksIsNoDatabaseThatLacks() {
    run.users("", "noselect", "secret").go();
    PrecheckFinding ofNone = run.assertBlock(PrecheckCode.DATABASES, "forbidden");
    write(SOURCE, "SET", "k", "v");
    run.go();
    for (PrecheckFinding finding :
        List.of(ofNone, run.assertBlock(PrecheckCode.DATABASES, "forbidden"))) {
      assertThat(finding.remedy()).contains("+select");
      assertThat(finding.command()).contains("noselect", "+select");
    }
  }

  private static void write(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }
}
