package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.sync.SurvivalClock.Kind;
import io.cachesync.web.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** By when a task that stands still is to be started. */
class SurvivalClockTest extends SyncCase {
  @Autowired private LinkStatusMapper links;

  @Test
  void aFailedTaskIsToBeStartedBeforeTheBacklogHasPassed() {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), told(Phase.INCREMENTAL, 600_000, null));
    assertThat(clock(task)).as("while it runs").isEmpty();
    reports.apply(
        job(task),
        told(Phase.FAILED, 600_000, Fault.fatal(FaultCode.TARGET_OUT_OF_MEMORY, "full")));
    Instant heard = reportedAt(task);
    assertThat(clock(task))
        .contains(new SurvivalClock(Kind.START_BEFORE, heard.plus(Duration.ofMinutes(10))));
    assertThat(clock(task).orElseThrow().runsOutWithin(Duration.ofDays(1), heard)).isTrue();
    assertThat(clock(task).orElseThrow().runsOutWithin(Duration.ofMinutes(9), heard)).isFalse();
    heardEarlier(task, Duration.ofHours(1));
    assertThat(clock(task)).map(SurvivalClock::kind).contains(Kind.PASSED);
  }

  /** It stands where it stood before, and so does the time that is left. */
  @Test
  void aStartThatFailedBeforeItsStreamLeavesTheTimeAsItWas() {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), told(Phase.INCREMENTAL, 600_000, null));
    reports.apply(job(task), told(Phase.STOPPED, 600_000, null));
    heardEarlier(task, Duration.ofMinutes(5));
    Instant until = reportedAt(task).plus(Duration.ofMinutes(10));
    new JdbcTemplate(dataSource).update("update task set state = 'STARTING' where id = ?", task);
    reports.apply(
        job(task), told(Phase.FAILED, -1, Fault.fatal(FaultCode.AUTH_FAILED, "another password")));
    assertThat(clock(task)).map(SurvivalClock::kind).contains(Kind.START_BEFORE);
    assertThat(clock(task).orElseThrow().until())
        .isBetween(until.minusMillis(2), until.plusMillis(2));
  }

  /** What was known of the stream before it says nothing any more. */
  @Test
  void aStartThatFailedInANewFullSyncHasNoTimeLeftToTellOf() {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), told(Phase.INCREMENTAL, 600_000, null));
    reports.apply(job(task), told(Phase.STOPPED, 600_000, null));
    new JdbcTemplate(dataSource).update("update task set state = 'STARTING' where id = ?", task);
    reports.apply(job(task), told(Phase.FULL_SYNC, -1, null));
    reports.apply(
        job(task), told(Phase.FAILED, -1, Fault.fatal(FaultCode.NO_PERMISSION, "a right")));
    assertThat(clock(task)).isEmpty();
  }

  @Test
  void aTaskOfWhichOneLinkBeginsWithAFullSyncAnywayHasNoTimeLeftToTellOf() {
    long task = task(TaskState.STARTING, Desired.RUN);
    ends(task, 600_000, 500_000);
    assertThat(clock(task)).map(SurvivalClock::kind).contains(Kind.START_BEFORE);
    assertThat(clock(task).orElseThrow().until())
        .as("the first that is lost")
        .isEqualTo(reportedAt(task).plusMillis(500_000));
    long copying = task(TaskState.RECOVERING, Desired.RUN);
    ends(copying, 600_000, -1);
    assertThat(clock(copying)).isEmpty();
  }

  private void ends(long task, long one, long other) {
    for (Phase phase : List.of(Phase.INCREMENTAL, Phase.FAILED)) {
      Fault fault =
          phase == Phase.FAILED ? Fault.fatal(FaultCode.TARGET_OUT_OF_MEMORY, "full") : null;
      reports.apply(job(task), told(phase, fault, link(0, phase, one), link(1, phase, other)));
    }
  }

  @Test
  void aTaskThatMustBeginAfreshAnywayHasNoTimeLeftToTellOf() {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), told(Phase.INCREMENTAL, 600_000, null));
    reports.apply(
        job(task), told(Phase.FAILED, 600_000, Fault.fatal(FaultCode.BACKLOG_OVERRUN, "gone")));
    assertThat(clock(task)).isEmpty();
    long copying = task(TaskState.RECOVERING, Desired.RUN);
    reports.apply(job(copying), told(Phase.FULL_SYNC, -1, null));
    reports.apply(job(copying), told(Phase.FAILED, -1, Fault.fatal(FaultCode.NO_PERMISSION, "no")));
    assertThat(clock(copying)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-1,", "0,PAUSED_NONE", "599999,PAUSED_SHORT", "600000,"})
  void aPausedTaskIsToBeLookedAtWhereLittleIsLeft(long survivalMillis, Kind kind) {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(task), told(Phase.INCREMENTAL, survivalMillis, null));
    new JdbcTemplate(dataSource).update("update task set desired = 'PAUSE' where id = ?", task);
    reports.apply(job(task), told(Phase.PAUSED, survivalMillis, null));
    assertThat(clock(task)).map(SurvivalClock::kind).isEqualTo(Optional.ofNullable(kind));
  }

  @Test
  void oneStatementAsksForTheClocksOfAllTasks() {
    for (TaskState before :
        List.of(TaskState.FULL_SYNC, TaskState.INCREMENTAL, TaskState.RECOVERING)) {
      long task = task(before, Desired.RUN);
      reports.apply(job(task), told(Phase.INCREMENTAL, 600_000, null));
      reports.apply(
          job(task),
          told(Phase.FAILED, 600_000, Fault.fatal(FaultCode.TARGET_OUT_OF_MEMORY, "full")));
    }
    long running = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(running), told(Phase.INCREMENTAL, 600_000, null));
    statements.forget();
    Map<Long, SurvivalClock> clocks = SystemActor.call(() -> syncs.survivalClocks());
    assertThat(clocks).hasSize(3).doesNotContainKey(running);
    assertThat(statements.told()).hasSize(1);
  }

  private Optional<SurvivalClock> clock(long task) {
    return SystemActor.call(() -> syncs.survivalClock(task));
  }

  private Instant reportedAt(long task) {
    return links.ofTask(task).get(0).reportedAt();
  }

  private void heardEarlier(long task, Duration by) {
    LinkRow heard = links.ofTask(task).get(0);
    links.put(new LinkRow(task, heard.link(), heard.reportedAt().minus(by), heard.status()));
  }

  private static JobReport told(Phase phase, long survivalMillis, Fault fault) {
    return told(phase, fault, link(0, phase, survivalMillis));
  }

  private static JobReport told(Phase phase, Fault fault, LinkStatus... links) {
    return new JobReport("job", 3, 7, 1_000, 1, phase, fault, List.of(links), List.of(), null);
  }

  private static LinkStatus link(int number, Phase phase, long survivalMillis) {
    return LinkStatus.of(number, "a:1", "b:1")
        .phase(phase)
        .replId("r")
        .offsets(1, 1, 1)
        .lag(0, 0)
        .survivalMillis(survivalMillis)
        .build();
  }
}
