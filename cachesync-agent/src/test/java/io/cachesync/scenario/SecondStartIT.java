package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The same task started once more where it runs. */
class SecondStartIT {
  @RegisterExtension private static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension private static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @TempDir private Path folder;

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void isRefusedUnlessItIsToTakeOver() {
    try (AgentProcess first = sync("one")) {
      first.awaitPhase(Phase.INCREMENTAL);
      try (AgentProcess second = sync("one")) {
        assertThat(second.exitCode()).as(second.output()).isEqualTo(3);
        assertThat(second.output())
            .contains("Process " + first.pid() + " runs a sync in ", "--take-over", "kill ");
      }
      write("seen", "by the first");
      assertThat(first.isAlive()).isTrue();
      try (AgentProcess third = sync("one", "--take-over")) {
        assertThat(first.exitCode()).as(first.output()).isEqualTo(130);
        third.awaitPhase(Phase.INCREMENTAL);
        assertThat(third.output())
            .contains("Ending process " + first.pid())
            .doesNotContain("FULL_SYNC");
        third.terminate();
        assertThat(third.exitCode()).isEqualTo(130);
      }
    }
  }

  @Test
  void takesOverFromOneThatStandsStillAndIsNotHeldUpByADeadOne() {
    try (AgentProcess first = sync("one")) {
      first.awaitPhase(Phase.INCREMENTAL);
      first.freeze();
      try (AgentProcess second = sync("one", "--take-over")) {
        second.awaitPhase(Phase.INCREMENTAL);
        assertThat(first.isAlive()).isFalse();
        second.kill();
      }
      try (AgentProcess third = sync("one")) {
        third.awaitPhase(Phase.INCREMENTAL);
      }
    }
  }

  @Test
  void ofAnotherFolderIsRefusedToo() throws Exception {
    try (AgentProcess first = sync("one")) {
      first.awaitPhase(Phase.INCREMENTAL);
      try (AgentProcess second = sync("two")) {
        assertThat(second.exitCode()).as(second.output()).isEqualTo(3);
        assertThat(second.output())
            .contains("A sync of the task 'again' runs elsewhere: " + TARGET.address())
            .contains(" from 127.0.0.1:", "cachesync-", "Nothing was started", "--take-over");
        assertThat(second.lastReport().fault().code()).isEqualTo(FaultCode.FENCED);
      }
      write("seen", "by the first");
      try (AgentProcess third = sync("two", "--take-over")) {
        assertThat(first.exitCode()).as(first.output()).isEqualTo(1);
        assertThat(first.output()).contains("FENCED");
        third.awaitPhase(Phase.INCREMENTAL);
        third.kill();
      }
      try (AgentProcess fourth = sync("one")) {
        fourth.awaitPhase(Phase.INCREMENTAL);
        assertThat(fourth.output()).doesNotContain("FULL_SYNC");
      }
    }
  }

  /** As one that its dead host has left, which a server lists for minutes. */
  @Test
  void isNotKeptOutByAConnectionThatItLeftItself() throws Exception {
    String name;
    try (AgentProcess first = sync("one")) {
      first.awaitPhase(Phase.INCREMENTAL);
      name = writer();
      first.terminate();
      assertThat(first.exitCode()).isEqualTo(130);
    }
    try (RespClient left = TARGET.client()) {
      left.call("CLIENT", "SETNAME", name);
      try (AgentProcess elsewhere = sync("two")) {
        assertThat(elsewhere.exitCode()).as(elsewhere.output()).isEqualTo(3);
        assertThat(elsewhere.output()).contains(name, "Where its host is dead");
      }
      try (AgentProcess again = sync("one")) {
        again.awaitPhase(Phase.INCREMENTAL);
        assertThat(again.output()).doesNotContain("FULL_SYNC");
      }
    }
  }

  private static String writer() {
    try (RespClient target = TARGET.client()) {
      return Arrays.stream(target.text("CLIENT", "LIST").split("[ \\n]"))
          .filter(field -> field.startsWith("name=cachesync-"))
          .map(field -> field.substring("name=".length()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void write(String key, String value) {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      source.call("SET", key, value);
      Awaitility.await(key).until(() -> value.equals(target.call("GET", key)));
    }
  }

  private AgentProcess sync(String place, String... more) {
    List<String> args =
        new ArrayList<>(List.of("--source", SOURCE.uri(), "--target", TARGET.uri()));
    args.addAll(List.of("--task", "again", "--skip-precheck"));
    args.addAll(List.of("--work-dir", folder.resolve(place).toString()));
    args.addAll(Arrays.asList(more));
    return AgentProcess.sync(args.toArray(String[]::new));
  }
}
