package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Advice of the command line names options, and ones that there are. */
class AdviceTest {
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TARGET_NOT_EMPTY     | --on-exists replace
          VERSION_TOO_OLD      | --on-unsupported skip
          TARGET_TASK_CONFLICT | finish --task
          AUTH_FAILED          | variable that --source-password-env or --target-password-env names
          TASK_CHANGED         | --on-exists replace
          AUTH_REQUIRED        | redis://USER@host:port
          CONNECTION_TIMEOUT   | redis://
          TLS_FAILED           | --source-ca or --target-ca FILE
          TLS_FAILED           | --source-tls-name or --target-tls-name NAME
          NOT_STANDALONE       | redis-cluster://
          BACKLOG_OVERRUN      | --afresh
          DISK_FULL            | --work-dir
          """)
  void namesTheOption(FaultCode code, String option) {
    assertThat(Advice.of(code)).contains(option);
  }

  @Test
  void namesNoOptionThatThereIsNot() {
    Set<String> known = new HashSet<>();
    AgentCommand.commandLine().getSubcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .flatMap(spec -> spec.options().stream())
        .forEach(option -> known.addAll(Arrays.asList(option.names())));
    for (FaultCode code : FaultCode.values()) {
      assertThat(options(Advice.of(code))).as(code.name()).isSubsetOf(known);
    }
  }

  @Test
  void aFindingOfOneEndNamesTheOptionsOfThatEnd() {
    PrecheckFinding finding =
        block(PrecheckCode.TARGET_REACHABLE, "", Map.of("faultCode", "AUTH_FAILED"));
    assertThat(Advice.of(finding))
        .contains("--target-password-env")
        .doesNotContain("source", "told");
    PrecheckFinding tls =
        block(PrecheckCode.SOURCE_REACHABLE, "", Map.of("faultCode", "TLS_FAILED"));
    assertThat(Advice.of(tls)).contains("--source-ca FILE").doesNotContain("target");
  }

  @Test
  void aClaimedTargetNamesTheTask() {
    PrecheckFinding finding =
        block(PrecheckCode.OTHER_TASK, "claim", Map.of("task", "sync-0123", "databases", "*"));
    assertThat(Advice.of(finding)).contains("finish --task sync-0123 --target");
  }

  @Test
  void aPrecheckThatMayNotAskIsNotSentToThePrecheckAgain() {
    PrecheckFinding finding =
        block(PrecheckCode.TARGET_REACHABLE, "", Map.of("faultCode", "NO_PERMISSION"));
    assertThat(Advice.of(finding)).contains("ACL SETUSER USER +COMMAND").doesNotContain("same opt");
  }

  @Test
  void aRepairIsToldFirstThatTheRunningTaskCanDoIt() {
    CommandLine repair = AgentCommand.commandLine().getSubcommands().get("repair");
    assertThat(Advice.of(FaultCode.TARGET_TASK_CONFLICT, repair.getCommandSpec()))
        .contains("does the repair: --task NAME", "finish --task NAME")
        .doesNotContain("--db-map");
  }

  @Test
  void whatTheCommandLineKnowsNoBetterIsToldAsItIs() {
    assertThat(Advice.of(block(PrecheckCode.TARGET_EMPTY, "shards", Map.of())))
        .contains("without --slots");
    assertThat(Advice.of(block(PrecheckCode.CLOCK_SKEW, "servers", Map.of()))).isEqualTo("told");
  }

  @Test
  void whatASourceCannotDoNowHasItsFault() {
    assertThat(Advice.faultCode(block(PrecheckCode.FAILOVER, "running", Map.of())))
        .isEqualTo(FaultCode.MASTER_DOWN);
    assertThat(Advice.faultCode(block(PrecheckCode.SOURCE_SNAPSHOT, "offset", Map.of())))
        .isEqualTo(FaultCode.SOURCE_TOO_OLD);
  }

  private static PrecheckFinding block(
      PrecheckCode code, String variant, Map<String, String> values) {
    return new PrecheckFinding(code, Severity.BLOCK, variant, "found", "told", "", values);
  }

  private static Collection<String> options(String text) {
    Set<String> options = new HashSet<>();
    Matcher matcher = OPTION.matcher(text);
    while (matcher.find()) {
      options.add(matcher.group());
    }
    return options;
  }
}
