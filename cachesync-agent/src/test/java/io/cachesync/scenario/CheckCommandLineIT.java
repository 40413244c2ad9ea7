package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Checks, repairs and their undoing, as a person at a shell sees them. */
class CheckCommandLineIT {
  private static final String SECRET = CommandLineServers.SECRET;

  @RegisterExtension static final CommandLineServers SERVERS = new CommandLineServers();

  private static final RedisServer SOURCE = SERVERS.source();
  private static final RedisServer TARGET = SERVERS.target();

  @TempDir private Path folder;

  @Test
  void whatDoesNotEndIsLeftWithAWordAndTheExitCodeOfAStop() throws Exception {
    Path keys = Files.writeString(folder.resolve("keys"), "{\"database\":0,\"key\":\"one\"}\n");
    try (RedisServer frozen = new RedisServer(ServerVersion.V7_0).start()) {
      frozen.freeze();
      try (AgentProcess repair =
          AgentProcess.start(
              Map.of(),
              "repair --source %s --target %s --keys %s --undo-file %s"
                  .formatted(frozen.uri(), TARGET.uri(), keys, folder.resolve("undo"))
                  .split(" "))) {
        Awaitility.await("it asks the source")
            .until(() -> repair.output().contains("REPAIRING  0 of 1 keys"));
        repair.terminate();
        assertThat(repair.exitCode()).as(repair.output()).isEqualTo(130);
        assertThat(repair.output())
            .contains("Not ended within 10 seconds", "Not all keys were repaired.");
      } finally {
        frozen.thaw();
      }
    }
  }

  @Test
  void aCheckDoesNotWaitForAServerThatStandsStill() throws Exception {
    try (RedisServer frozen = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = frozen.client()) {
      client.call("DEBUG", "POPULATE", "400000", "key", "10");
      // So slowly that it does not end before the server stands still.
      String check = "check --source %s --target %s --limit-commands 1000";
      try (AgentProcess agent =
          AgentProcess.start(Map.of(), check.formatted(frozen.uri(), TARGET.uri()).split(" "))) {
        Awaitility.await("it compares").until(() -> agent.output().contains("COMPARING round 1"));
        frozen.freeze();
        agent.terminate();
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
        assertThat(agent.output())
            .contains("STOPPED after", "in round 1 of 3")
            .doesNotContain("Not ended within");
      } finally {
        frozen.thaw();
      }
    }
  }

  @Test
  void filesThatCannotBeWrittenEndWhatNeedsThemAndNothingElse() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full here");
    SERVERS.fill(300);
    String ends =
        "--source redis://:%s@%s --target %s ".formatted(SECRET, SOURCE.address(), TARGET.uri());
    String work = "--full-only --work-dir " + folder.resolve("work");
    ends(0, "reports are missing in /dev/full", "sync " + ends + work + " --report-file /dev/full");
    ends(0, "reports are missing in /dev/full", "check " + ends + "--report-file /dev/full");
    TARGET.flush();
    ends(1, "DISK_FULL", "check " + ends + "--rounds 1 --result /dev/full");
    Path keys = folder.resolve("keys");
    ends(3, "more: all are in", "check " + ends + "--rounds 1 --result " + keys);
    String undo = " --undo-file " + folder.resolve("undo");
    ends(1, "DISK_FULL", "repair " + ends + "--keys " + keys + undo + " --result /dev/full");
    Path letter = Files.writeString(folder.resolve("letter"), "dear all");
    Path former = Files.writeString(folder.resolve("former"), "of a former repair");
    ends(2, "names no key", "repair " + ends + "--keys " + letter + undo + " --result " + former);
    assertThat(former).hasContent("of a former repair");
  }

  @Test
  void whatIsLeftIsToldWithTheOptionForIt() throws Exception {
    try (RespClient client = TARGET.client()) {
      client.call("SET", "extra", "1");
    }
    Path keys = folder.resolve("keys");
    String ends = "--source redis://:%s@%s ".formatted(SECRET, SOURCE.address());
    ends += "--target " + TARGET.uri();
    ends(3, "EXTRA", "check " + ends + " --rounds 1 --result " + keys);
    String repair =
        "repair " + ends + " --keys " + keys + " --no-check --undo-file " + keys + "-undo";
    ends(3, "LEAVE: only the target has them. --delete-extra removes them.", repair);
    ends(0, "DELETE 1", repair + " --delete-extra");
    assertThat(TARGET.keys()).isZero();
    ends(0, "Nothing of it was there.", "finish --task nobody --target " + TARGET.uri());
  }

  @Test
  void aPlanOfARepairSeesTheTaskThatWouldRefuseIt() throws Exception {
    SERVERS.fill(50);
    String task =
        "--source redis://:%s@%s --target %s --task first --work-dir %s"
            .formatted(SECRET, SOURCE.address(), TARGET.uri(), folder.resolve("work"));
    try (AgentProcess first = AgentProcess.sync(task.split(" "))) {
      first.awaitPhase(Phase.INCREMENTAL);
      first.terminate();
      assertThat(first.exitCode()).isEqualTo(130);
    }
    Path keys = Files.writeString(folder.resolve("keys"), "{\"database\":0,\"key\":\"one\"}\n");
    String repair = "repair --source redis://:%s@%s ".formatted(SECRET, SOURCE.address());
    repair += "--target %s --keys %s --undo-file %s-undo".formatted(TARGET.uri(), keys, keys);
    ends(1, "TARGET_TASK_CONFLICT", repair + " --dry-run");
    ends(0, "Removed ", "finish --task first --target " + TARGET.uri());
    ends(0, "Plan, nothing was written: 1 of 1 keys", repair + " --dry-run");
    ends(1, "DISK_FULL", repair + " --result /dev/full");
  }

  @Test
  void aRightThatIsLackingIsNotTakenForADatabase() throws Exception {
    try (RespClient client = SOURCE.client()) {
      client.call("SET", "key", "value");
      client.call("ACL", "SETUSER", "weak", "on", ">weak", "~*", "+@read", "+info", "+ping");
    }
    String source = "redis://weak:weak@" + SOURCE.address();
    ends(1, "NO_PERMISSION", "check --source " + source + " --target " + TARGET.uri());
  }

  @Test
  void aDatabaseThatIsNotThereIsABadArgument() throws Exception {
    String ends = "--source redis://:%s@%s ".formatted(SECRET, SOURCE.address());
    ends += "--target " + TARGET.uri();
    ends(2, " has no database 99: choose databases", "check " + ends + " --include-db 99");
    ends(2, "The target, ", "check " + ends + " --include-db 3 --db-map 3:99");
  }

  @Test
  void undoTakesNoOtherFileForOneThatSaysThatNothingWasThere() throws Exception {
    try (RespClient client = TARGET.client()) {
      client.call("SET", "theirs", "1");
    }
    Path result = folder.resolve("differences.jsonl");
    try (AgentProcess check =
        AgentProcess.start(
            Map.of("SOURCE_PW", SECRET),
            "check --source redis://%s --source-password-env SOURCE_PW --target %s --rounds 1"
                .formatted(SOURCE.address(), TARGET.uri())
                .concat(" --result " + result)
                .split(" "))) {
      assertThat(check.exitCode()).as(check.output()).isEqualTo(3);
      assertThat(check.output()).contains("cachesync-agent repair --keys " + result);
    }
    try (AgentProcess undo =
        AgentProcess.start(Map.of(), "undo", result.toString(), "--target", TARGET.uri())) {
      assertThat(undo.exitCode()).as(undo.output()).isEqualTo(2);
      assertThat(undo.output()).contains("is none of an undo file; nothing was put back");
    }
    assertThat(TARGET.keys()).isEqualTo(1);
  }

  private static void ends(int code, String told, String typed) {
    try (AgentProcess agent = AgentProcess.start(Map.of(), typed.split(" "))) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(code);
      assertThat(agent.output()).contains(told).doesNotContain("INTERNAL", "Exception");
    }
  }
}
