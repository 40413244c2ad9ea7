package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a person at a shell sees: exit codes, messages, going on where it stopped. */
class CommandLineIT {
  private static final String SECRET = CommandLineServers.SECRET;

  @RegisterExtension static final CommandLineServers SERVERS = new CommandLineServers();

  private static final RedisServer SOURCE = SERVERS.source();
  private static final RedisServer TARGET = SERVERS.target();

  @TempDir private Path folder;

  @Test
  void theSameCommandGoesOnWhereASignalStoppedIt() throws Exception {
    SERVERS.fill(2000);
    try (AgentProcess first = sync()) {
      first.awaitPhase(Phase.INCREMENTAL);
      first.terminate();
      assertThat(first.exitCode()).as(first.output()).isEqualTo(130);
      assertThat(first.lastReport().phase()).isEqualTo(Phase.STOPPED);
    }
    trickle(500);
    try (AgentProcess second = sync("--skip-precheck")) {
      second.awaitApplied(sourceOffset());
      assertThat(second.reports()).extracting(JobReport::phase).doesNotContain(Phase.FULL_SYNC);
      second.terminate();
      assertThat(second.exitCode()).isEqualTo(130);
    }
    try (AgentProcess finish =
        AgentProcess.start(
            Map.of(), "finish", "--source", SOURCE.uri(), "--target", TARGET.uri())) {
      assertThat(finish.exitCode()).as(finish.output()).isZero();
    }
    assertThat(ownKeys()).isEmpty();
    DatasetComparer.assertEqual(SOURCE, TARGET);
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void aStopInTheFullSyncSaysHowFarItWasAndTheNextStartThatItBeginsAgain() throws Exception {
    try (RespClient client = SOURCE.client()) {
      client.call("DEBUG", "POPULATE", "60000", "key", "200");
    }
    String[] slowly = {"--limit-mb", "1", "--skip-precheck"};
    try (AgentProcess first = sync(slowly)) {
      first.awaitReport("keys were copied", report -> copied(report) > 0);
      first.terminate();
      assertThat(first.exitCode()).as(first.output()).isEqualTo(130);
      assertThat(first.standardOutput())
          .containsPattern("STOPPED after \\d+ s, in the full sync: [\\d,]+ of 60,000 keys were")
          .contains("Run the same command to go on: a full sync that was not finished begins");
    }
    try (AgentProcess second = sync("--skip-precheck")) {
      second.awaitPhase(Phase.INCREMENTAL);
      assertThat(second.standardOutput())
          .contains("WARN the last full sync was interrupted and is begun again")
          .containsPattern("Task sync-[0-9a-f]{12}, log in .*work/agent.log");
      second.terminate();
      assertThat(second.exitCode()).isEqualTo(130);
      assertThat(second.standardOutput())
          .contains("60,000 keys in the full sync; ", "Run the same command to go on from here");
    }
  }

  @Test
  void fullOnlyDoesNotGiveUpThePlaceOfATaskThatFollowsItsSource() throws Exception {
    SERVERS.fill(200);
    try (AgentProcess first = sync()) {
      first.awaitPhase(Phase.INCREMENTAL);
      trickle(20);
      first.awaitApplied(sourceOffset());
      first.terminate();
      assertThat(first.exitCode()).isEqualTo(130);
    }
    try (AgentProcess only = sync("--skip-precheck", "--full-only")) {
      assertThat(only.exitCode()).as(only.output()).isEqualTo(3);
      assertThat(only.output()).contains("TASK_CHANGED", "give up its place in the stream");
    }
    try (AgentProcess again = sync("--skip-precheck")) {
      again.awaitApplied(sourceOffset());
      assertThat(again.reports()).extracting(JobReport::phase).doesNotContain(Phase.FULL_SYNC);
    }
  }

  private static long copied(JobReport report) {
    return report.links().isEmpty() ? 0 : report.links().get(0).keysApplied();
  }

  @Test
  void aClosedPipeEndsTheRunAsASignalDoes() throws Exception {
    SERVERS.fill(300);
    Path reports = folder.resolve("reports");
    Piped piped =
        piped(
            "sync --source redis://:%s@%s --target %s --work-dir %s --report-file %s | head -1"
                .formatted(
                    SECRET, SOURCE.address(), TARGET.uri(), folder.resolve("work"), reports));
    assertThat(piped.code()).as(piped.err()).isEqualTo(141);
    assertThat(piped.err()).contains("Nobody reads standard output any more");
    assertThat(piped("exec 3> >(true); wait $!; ", "sync --help >&3"))
        .isEqualTo(new Piped(141, ""));
    try (AgentProcess unread = sync("--progress", "none")) {
      unread.awaitPhase(Phase.INCREMENTAL);
      unread.terminate();
      assertThat(unread.exitCode()).isEqualTo(130);
    }
  }

  @Test
  void wordsThatTheLocaleCannotReadAreRefused() throws Exception {
    Piped piped =
        piped(
            "sync --source redis://a --target redis://b --include-key $(printf '\\321\\204:*') | cat");
    assertThat(piped.code()).as(piped.err()).isEqualTo(2);
    assertThat(piped.err()).contains("run it with LC_ALL=C.UTF-8");
  }

  /** Of a command line in a shell without a locale: the agent's exit code and what it said. */
  private Piped piped(String typed) throws Exception {
    return piped("", typed);
  }

  private Piped piped(String before, String typed) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String agent = java + " -Xmx256m -jar " + System.getProperty("cachesync.agent.jar") + ' ';
    Path err = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", before + agent + typed + "; exit ${PIPESTATUS[0]}")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile());
    builder.environment().put("LC_ALL", "C");
    Process shell = builder.start();
    try {
      assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Piped(shell.exitValue(), Files.readString(err));
    } finally {
      shell.destroyForcibly();
    }
  }

  private record Piped(int code, String err) {}

  @Test
  void aServerThatRefusesIsToldInOneLineForEachTry() throws Exception {
    String nobody = "redis://127.0.0.1:" + RedisServer.freePort();
    try (AgentProcess agent = syncWith("", nobody, TARGET.uri(), "--skip-precheck")) {
      Awaitility.await("it has tried three times")
          .until(() -> agent.output().split("trying again in").length > 3);
      agent.terminate();
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
      assertThat(agent.standardOutput().lines())
          .filteredOn(line -> !line.contains(" STOPPED"))
          .noneMatch(line -> line.contains("RETRYING") || line.contains(" -> "))
          .noneMatch(line -> line.endsWith("INFO CONNECTING"))
          .filteredOn(line -> line.contains("It is tried again until stopped."))
          .hasSize(1);
    }
  }

  @Test
  void aSignalInThePrecheckSaysThatNothingWasStarted() throws Exception {
    try (RedisServer frozen = new RedisServer(ServerVersion.V7_0).start()) {
      frozen.freeze();
      try (AgentProcess agent = syncWith("", frozen.uri(), TARGET.uri())) {
        Awaitility.await("it asks both ends")
            .until(() -> agent.output().contains("Asking source and target whether it may begin"));
        agent.terminate();
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
        assertThat(agent.output()).contains("Stopped before anything was started.");
      } finally {
        frozen.thaw();
      }
    }
    assertThat(TARGET.keys()).isZero();
  }

  @Test
  void theUserMayStandInTheAddressAndThePasswordInTheEnvironment() throws Exception {
    try (RespClient client = SOURCE.client()) {
      client.call("SET", "key", "value");
      client.call("ACL", "SETUSER", "mover", "on", ">of-the-mover", "~*", "&*", "+@all");
    }
    for (String login : new String[] {"mover@", "mover:@"}) {
      TARGET.flush();
      String address = "redis://" + login + SOURCE.address();
      try (AgentProcess agent = syncWith("of-the-mover", address, TARGET.uri(), "--full-only")) {
        assertThat(agent.exitCode()).as(agent.output()).isZero();
      }
      assertThat(TARGET.keys()).isEqualTo(1);
    }
  }

  @Test
  void fullOnlyEndsByItselfAndLeavesNothingBehind() throws Exception {
    SERVERS.fill(2000);
    try (AgentProcess agent = sync("--full-only")) {
      assertThat(agent.exitCode()).as(agent.output()).isZero();
      assertThat(agent.output()).contains("DONE after").doesNotContain(SECRET);
    }
    assertThat(ownKeys()).isEmpty();
    DatasetComparer.assertEqual(SOURCE, TARGET);
  }

  @Test
  void refusesATargetThatIsNotEmptyUnlessToldToReplace() throws Exception {
    SERVERS.fill(300);
    try (RespClient client = TARGET.client()) {
      client.call("SET", "theirs", "1");
    }
    try (AgentProcess refused = sync()) {
      assertThat(refused.exitCode()).as(refused.output()).isEqualTo(3);
      assertThat(refused.output()).contains("Nothing was started", "--on-exists replace");
      assertThat(refused.reports())
          .singleElement()
          .satisfies(
              report -> {
                assertThat(report.phase()).isEqualTo(Phase.FAILED);
                assertThat(report.fault().code()).isEqualTo(FaultCode.TARGET_NOT_EMPTY);
                assertThat(report.log()).hasSize(1);
              });
    }
    assertThat(TARGET.keys()).isEqualTo(1);
    try (AgentProcess unchecked = sync("--skip-precheck")) {
      assertThat(unchecked.exitCode()).as(unchecked.output()).isEqualTo(3);
      assertThat(unchecked.output()).contains("TARGET_NOT_EMPTY", "--on-exists replace");
    }
    assertThat(TARGET.keys()).isEqualTo(1);
    try (AgentProcess replacing = sync("--on-exists", "replace", "--full-only")) {
      assertThat(replacing.exitCode()).as(replacing.output()).isZero();
    }
    assertThat(TARGET.keys()).isEqualTo(SOURCE.keys() + 1);
  }

  @Test
  void copiesSeveralSourcesIntoOneTarget() throws Exception {
    SERVERS.fill(300);
    try (RedisServer second = new RedisServer(ServerVersion.V6_2).password("other-secret").start();
        RespClient client = second.client()) {
      client.call("SET", "of-the-second", "1");
      try (AgentProcess agent =
          AgentProcess.start(
              Map.of("FIRST", SECRET, "SECOND", "other-secret"),
              "sync --source %s --source %s --source-password-env FIRST"
                  .formatted(SOURCE.uri(), second.uri())
                  .concat(" --source-password-env SECOND --target %s --full-only --work-dir %s")
                  .formatted(TARGET.uri(), folder)
                  .split(" "))) {
        assertThat(agent.exitCode()).as(agent.output()).isZero();
      }
      assertThat(DatasetComparer.compareUnion(List.of(SOURCE, second), TARGET)).isEmpty();
      assertThat(ownKeys()).isEmpty();
      client.call("SET", "of-the-second", "2");
      try (AgentProcess check =
          AgentProcess.start(
              Map.of("FIRST", SECRET, "SECOND", "other-secret"),
              "check --source %s --source %s --source-password-env FIRST"
                  .formatted(SOURCE.uri(), second.uri())
                  .concat(" --source-password-env SECOND --target %s --rounds 2 --pause 0.1")
                  .formatted(TARGET.uri())
                  .split(" "))) {
        assertThat(check.exitCode()).as(check.output()).isEqualTo(3);
        assertThat(check.output())
            .contains("of-the-second (string): VALUE", "of " + second.address(), "1 differ");
      }
      try (AgentProcess refused =
          AgentProcess.start(
              Map.of(),
              "sync --source %s --source %s --target %s --on-exists replace"
                  .formatted(SOURCE.uri(), second.uri(), TARGET.uri())
                  .split(" "))) {
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output()).contains("several sources need an empty target");
      }
    }
  }

  @Test
  void movesOnlyTheDatabasesThatAreAskedFor() throws Exception {
    SERVERS.fill(1000);
    try (AgentProcess agent = sync("--include-db", "1,9", "--full-only")) {
      assertThat(agent.exitCode()).as(agent.output()).isZero();
    }
    try (RespClient from = SOURCE.client();
        RespClient to = TARGET.client()) {
      assertThat(to.info("keyspace").keySet()).containsExactlyInAnyOrder("db1", "db9");
      from.call("SELECT", "9");
      to.call("SELECT", "9");
      assertThat(to.number("DBSIZE")).isEqualTo(from.number("DBSIZE"));
    }
  }

  @Test
  void aSecondTaskOnTheSameTargetIsRefusedAndTheFirstGoesOn() throws Exception {
    SERVERS.fill(300);
    try (AgentProcess first = sync("--task", "first")) {
      first.awaitPhase(Phase.INCREMENTAL);
      try (AgentProcess second = sync("--task", "second", "--on-exists", "replace")) {
        assertThat(second.exitCode()).as(second.output()).isEqualTo(3);
        assertThat(second.output()).contains("finish --task first --target");
      }
      try (AgentProcess second =
          sync("--task", "second", "--on-exists", "replace", "--skip-precheck")) {
        assertThat(second.exitCode()).as(second.output()).isEqualTo(3);
        assertThat(second.output()).contains("TARGET_TASK_CONFLICT", "finish --task");
      }
      trickle(200);
      first.awaitApplied(sourceOffset());
      first.terminate();
      assertThat(first.exitCode()).isEqualTo(130);
    }
  }

  @Test
  void aWrongPasswordIsToldWithoutRepeatingIt() throws Exception {
    String wrong = "not-the-" + SECRET;
    for (String[] extra : new String[][] {{}, {"--skip-precheck"}}) {
      try (AgentProcess agent = syncWith(wrong, SOURCE.uri(), TARGET.uri(), extra)) {
        assertThat(agent.exitCode()).isEqualTo(4);
        assertThat(agent.output())
            .contains(SOURCE.address(), "--source-password-env")
            .doesNotContain(SECRET);
      }
    }
    assertThat(Files.readString(folder.resolve("work/agent.log"))).doesNotContain(SECRET);
    assertThat(TARGET.keys()).isZero();
  }

  @Test
  void aWrongAddressAndTheSourceItselfAsTargetAreRefused() throws Exception {
    String nobody = "redis://127.0.0.1:" + RedisServer.freePort();
    try (AgentProcess agent = syncWith(SECRET, nobody, TARGET.uri())) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(4);
      assertThat(agent.output()).contains(nobody.substring("redis://".length()));
    }
    String self = "redis://:" + SECRET + "@localhost:" + SOURCE.port();
    try (AgentProcess agent = syncWith(SECRET, SOURCE.uri(), self, "--on-exists", "replace")) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(3);
      assertThat(agent.output()).containsIgnoringCase("same").doesNotContain(SECRET);
    }
  }

  @Test
  void aNodeOfAClusterGivenAsStandaloneIsRefused() throws Exception {
    try (RedisServer cluster =
        new RedisServer(ServerVersion.V7_0).option("cluster-enabled", "yes").start()) {
      for (String[] extra : new String[][] {{}, {"--skip-precheck"}}) {
        try (AgentProcess agent = syncWith("", cluster.uri(), TARGET.uri(), extra)) {
          assertThat(agent.exitCode()).as(agent.output()).isEqualTo(3);
          assertThat(agent.output()).contains(cluster.address(), "cluster");
        }
        try (AgentProcess agent = syncWith(SECRET, SOURCE.uri(), cluster.uri(), extra)) {
          assertThat(agent.exitCode()).as(agent.output()).isEqualTo(3);
          assertThat(agent.output()).contains(cluster.address(), "cluster");
        }
      }
      assertThat(cluster.keys()).isZero();
      assertThat(TARGET.keys()).isZero();
    }
  }

  @Test
  void badArgumentsAreOneSentenceAndExitCodeTwo() throws Exception {
    assertUsage("--source", "sync", "--target", TARGET.uri());
    assertUsage("--speed", "sync", "--source", "redis://a", "--target", "redis://b", "--speed");
    assertUsage("redis://", "sync", "--source", "10.0.0.1:6379", "--target", "redis://b");
    assertUsage(
        "NO_SUCH_VARIABLE",
        "finish",
        "--task",
        "t",
        "--target",
        "redis://b",
        "--target-password-env",
        "NO_SUCH_VARIABLE");
    assertUsage("job.json", "run", folder.toString());
  }

  private static void assertUsage(String expected, String... args) {
    try (AgentProcess agent = AgentProcess.start(Map.of(), args)) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(2);
      assertThat(agent.output()).contains(expected).doesNotContain("\tat ");
      assertThat(agent.output().lines().count()).isLessThanOrEqualTo(3);
    }
  }

  private AgentProcess sync(String... more) {
    return syncWith(SECRET, SOURCE.uri(), TARGET.uri(), more);
  }

  private AgentProcess syncWith(String password, String source, String target, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("--source", source, "--target", target, "--source-password-env", "SOURCE_PW"));
    // One process works in a folder at a time.
    String place = Arrays.asList(more).contains("second") ? "second" : "work";
    args.addAll(List.of("--work-dir", folder.resolve(place).toString()));
    args.addAll(Arrays.asList(more));
    return AgentProcess.sync(Map.of("SOURCE_PW", password), args.toArray(String[]::new));
  }

  private static void trickle(long least) throws Exception {
    long before = sourceOffset();
    try (SampleWriter writer = SERVERS.writer()) {
      writer.trickle(100, 5, 5000, () -> sourceOffset() < before + least * 50);
    }
  }

  private static long sourceOffset() {
    try (RespClient client = SOURCE.client()) {
      return Long.parseLong(client.info("replication").get("master_repl_offset"));
    }
  }

  private static List<Object> ownKeys() {
    try (RespClient client = TARGET.client()) {
      return client.list("KEYS", "cachesync:*");
    }
  }
}
