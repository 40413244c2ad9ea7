package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.CheckReport;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.Severity;
import io.cachesync.testkit.ContractSamples;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What scripts go by, as docs/cli.md tells it. */
class ExitCodeTest {
  private static final CheckReport CHECK = sample("job-report-check.json").check();
  private static final RepairReport REPAIR = sample("job-report-repair.json").repair();

  private static final Set<FaultCode> REFUSED =
      EnumSet.of(
          FaultCode.TARGET_NOT_EMPTY,
          FaultCode.TARGET_TASK_CONFLICT,
          FaultCode.TASK_CHANGED,
          FaultCode.SOURCE_IS_TARGET,
          FaultCode.SOURCE_TWICE,
          FaultCode.NOT_STANDALONE,
          FaultCode.NOT_A_CLUSTER);

  private static final Set<FaultCode> UNREACHABLE =
      EnumSet.of(
          FaultCode.ADDRESS_UNKNOWN,
          FaultCode.CONNECTION_REFUSED,
          FaultCode.CONNECTION_TIMEOUT,
          FaultCode.CONNECTION_LOST,
          FaultCode.TLS_FAILED,
          FaultCode.PROTOCOL_ERROR,
          FaultCode.AUTH_REQUIRED,
          FaultCode.AUTH_FAILED);

  private static final Set<FaultCode> ARGUMENTS =
      EnumSet.of(FaultCode.JOB_DIRECTORY_INVALID, FaultCode.FILTER_INVALID);

  @ParameterizedTest
  @EnumSource(FaultCode.class)
  void ofACopyThatFailed(FaultCode code) {
    int expected = 1;
    if (REFUSED.contains(code)) {
      expected = 3;
    } else if (UNREACHABLE.contains(code)) {
      expected = 4;
    } else if (ARGUMENTS.contains(code)) {
      expected = 2;
    }
    assertThat(ExitCode.of(of(Phase.FAILED, code, null, null))).isEqualTo(expected);
  }

  /** What refuses a copy is a failure of a check and of a repair. */
  @ParameterizedTest
  @EnumSource(FaultCode.class)
  void ofACheckOrARepairThatFailed(FaultCode code) {
    int expected = 1;
    if (UNREACHABLE.contains(code)) {
      expected = 4;
    } else if (ARGUMENTS.contains(code)) {
      expected = 2;
    }
    assertThat(ExitCode.of(of(Phase.FAILED, code, CHECK, null))).isEqualTo(expected);
    assertThat(ExitCode.of(of(Phase.FAILED, code, null, REPAIR))).isEqualTo(expected);
  }

  @Test
  void ofWhatDidNotFail() {
    assertThat(ExitCode.of(of(Phase.DONE, null, null, null))).isZero();
    assertThat(ExitCode.of(of(Phase.STOPPED, null, null, null))).isEqualTo(130);
    assertThat(ExitCode.of(of(Phase.FAILED, null, null, null))).isEqualTo(1);
    assertThat(CHECK.differentKeys()).isPositive();
    assertThat(ExitCode.of(of(Phase.DONE, null, CHECK, null))).isEqualTo(3);
    assertThat(ExitCode.of(of(Phase.STOPPED, null, CHECK, null))).isEqualTo(130);
  }

  /** A script may try a server again; anything else that was found it has to answer. */
  @ParameterizedTest
  @EnumSource(PrecheckCode.class)
  void ofAStartThatItsPrecheckDidNotLetBegin(PrecheckCode code) {
    boolean away = code == PrecheckCode.SOURCE_REACHABLE || code == PrecheckCode.TARGET_REACHABLE;
    PrecheckFinding finding =
        new PrecheckFinding(code, Severity.BLOCK, "", "It is so.", "", "", Map.of());
    assertThat(Blocked.exitCode(List.of(finding))).isEqualTo(away ? 4 : 3);
  }

  private static JobReport of(Phase phase, FaultCode code, CheckReport check, RepairReport repair) {
    Fault fault = code == null ? null : Fault.fatal(code, "it is so");
    return new JobReport(
        "orders", 1, 1, 1, 1, phase, fault, List.of(), List.of(), null, check, repair);
  }

  private static JobReport sample(String name) {
    return (JobReport) ContractSamples.all().get(name);
  }
}
