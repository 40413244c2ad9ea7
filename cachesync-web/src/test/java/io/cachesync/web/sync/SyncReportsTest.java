package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.task.TaskProgress;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the console makes of reports. */
class SyncReportsTest extends SyncCase {
  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"CONNECTING", "FULL_SYNC_QUEUED", "FULL_SYNC_WAITING", "RETRYING"})
  void anAgentThatHasNotTouchedTheTargetLeavesTheTaskToBeginAfreshAgain(Phase phase) {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), report(phase));
    assertThat(tasks.spec(task).afresh()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"FULL_SYNC", "INCREMENTAL"})
  void aFullSyncThatHasBegunIsNotBegunAfreshByARestart(Phase phase) {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), report(phase));
    assertThat(tasks.spec(task).afresh()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"FULL_SYNC", "PAUSED"})
  void aLinkThatWaitsForItsTurnIsToBeginAfreshAgain(Phase phase) {
    long task = task(TaskState.STARTING, Desired.RUN);
    LinkStatus waiting = report(Phase.FULL_SYNC_QUEUED, List.of()).links().get(0);
    JobReport told =
        new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(waiting), List.of(), null);
    reports.apply(job(task), told);
    assertThat(tasks.spec(task).afresh()).isTrue();
  }

  @Test
  void theFormerAgentDoesNotTakeBackThatTheNextOneBeginsAfresh() {
    long task = task(TaskState.QUEUED, Desired.RUN);
    reports.apply(job(task), report(Phase.INCREMENTAL));
    assertThat(tasks.spec(task).afresh()).isTrue();
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.QUEUED);
  }

  @Test
  void aPauseThatIsNotWantedAnyMoreIsAnOldOne() {
    long task = task(TaskState.RECOVERING, Desired.RUN);
    reports.apply(job(task), report(Phase.PAUSED));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    reports.apply(job(task), report(Phase.INCREMENTAL));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.INCREMENTAL);
  }

  @Test
  void aTaskThatRecoversTellsWhatFromByNow() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(task), retrying(FaultCode.CONNECTION_LOST));
    reports.apply(job(task), retrying(FaultCode.LOADING));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).faultCode()).isEqualTo(FaultCode.LOADING);
  }

  private static JobReport retrying(FaultCode code) {
    Fault fault = Fault.retryable(code, "told");
    return new JobReport("job", 3, 7, 1_000, 1, Phase.RETRYING, fault, List.of(), List.of(), null);
  }

  @Test
  void anAgentWhoseTaskIsOverIsToldToStop() {
    long failed = task(TaskState.FAILED, Desired.RUN);
    long queued = task(TaskState.QUEUED, Desired.RUN);
    long running = task(TaskState.INCREMENTAL, Desired.RUN);
    assertThat(directives.directiveFor(job(failed), 1).desired()).isEqualTo(Desired.STOP);
    assertThat(directives.directiveFor(job(queued), 1).desired()).isEqualTo(Desired.STOP);
    assertThat(directives.directiveFor(job(running), 1).desired()).isEqualTo(Desired.RUN);
  }

  @Test
  void keepsWhatTheContinuousCheckFoundForAsLongAsThereIsOne() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    ContinuousReport found = new ContinuousReport(9, 1, 2, 0, 50, 3, null, List.of());
    reports.apply(job(task), checking(found));
    assertThat(SystemActor.call(() -> syncs.continuous(task))).contains(found);
    reports.apply(job(task), report(Phase.CONNECTING));
    assertThat(SystemActor.call(() -> syncs.continuous(task))).contains(found);
    reports.apply(job(task), report(Phase.INCREMENTAL, List.of()));
    assertThat(SystemActor.call(() -> syncs.continuous(task))).isEmpty();
  }

  @Test
  void eachReportIsAnsweredWithThePaceOfTheContinuousCheck() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    assertThat(directives.directiveFor(job(task), 1).continuousKeys()).isZero();
    SystemActor.run(() -> tasks.checkContinuously(task, 700));
    assertThat(directives.directiveFor(job(task), 1).continuousKeys()).isEqualTo(700);
  }

  private static JobReport checking(ContinuousReport found) {
    JobReport plain = report(Phase.INCREMENTAL, List.of());
    return new JobReport(
        plain.jobId(),
        plain.incarnation(),
        plain.seq(),
        plain.atMillis(),
        plain.epoch(),
        plain.phase(),
        plain.fault(),
        plain.links(),
        plain.log(),
        plain.agent(),
        null,
        null,
        found);
  }

  /** The job that only removes our keys has not read what could not be healed. */
  @Test
  void aFinishedTaskKeepsItsDeadLettersAndItsEventNamesThem() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    DeadLetter letter = new DeadLetter(9, 0, "HSET", "key", "", "too large");
    reports.apply(job(task), report(Phase.INCREMENTAL, List.of(letter)));
    assertThat(tasks.progress(task).orElseThrow().deadLetters()).isEqualTo(1);
    reports.apply(job(task), report(Phase.CONNECTING, List.of()));
    reports.apply(job(task), report(Phase.DONE, List.of()));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DONE);
    assertThat(SystemActor.call(() -> syncs.links(task)).get(0).deadLetters())
        .containsExactly(letter);
    assertThat(SystemActor.call(() -> tasks.events(task)).get(0).why())
        .isEqualTo(TaskWhy.deadLetters(1));
  }

  /** The job that removes the keys of several links has none of them. */
  @Test
  void aTaskThatIsFinishedWithoutLinksStillNamesItsDeadLetters() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    DeadLetter letter = new DeadLetter(9, 0, "HSET", "key", "", "too large");
    reports.apply(job(task), report(link(0, letter), link(1, letter)));
    reports.apply(job(task), report(Phase.DONE));
    assertThat(SystemActor.call(() -> tasks.events(task)).get(0).why())
        .isEqualTo(TaskWhy.deadLetters(2));
  }

  @Test
  void severalLinksAreSummedUpAndOnesThatAreGoneForgotten() {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), report(link(0), link(1), link(2)));
    assertThat(tasks.progress(task).orElseThrow())
        .returns(30L, TaskProgress::bytesPerSecond)
        .returns(12L, TaskProgress::lagMillis);
    assertThat(numbers(task)).containsExactly(0, 1, 2);
    reports.apply(job(task), report(Phase.CONNECTING));
    assertThat(numbers(task)).containsExactly(0, 1, 2);
    reports.apply(job(task), report(link(0), link(1)));
    assertThat(numbers(task)).containsExactly(0, 1);
  }

  private List<Integer> numbers(long task) {
    return SystemActor.call(() -> syncs.links(task)).stream().map(LinkStatus::link).toList();
  }

  private static LinkStatus link(int number, DeadLetter... letters) {
    return LinkStatus.of(number, "a:" + number, "b:1")
        .phase(Phase.INCREMENTAL)
        .rdb(1, 1, 1)
        .keys(1, 1)
        .replId("r")
        .offsets(1, 1, 1)
        .lag(0, 10 + number)
        .speed(10, 0)
        .survivalMillis(0)
        .inSync(true)
        .ledger(null)
        .heals(List.of(), List.of(letters), 0)
        .build();
  }

  private static JobReport report(LinkStatus... links) {
    return new JobReport(
        "job", 3, 7, 1_000, 1, Phase.INCREMENTAL, null, List.of(links), List.of(), null);
  }

  /** A full sync copies everything anew. */
  @Test
  void aNewFullSyncForgetsFormerDeadLetters() {
    long task = task(TaskState.STARTING, Desired.RUN);
    DeadLetter letter = new DeadLetter(9, 0, "HSET", "key", "", "too large");
    reports.apply(job(task), report(Phase.INCREMENTAL, List.of(letter)));
    reports.apply(job(task), report(Phase.FULL_SYNC, List.of()));
    assertThat(SystemActor.call(() -> syncs.links(task)).get(0).deadLetters()).isEmpty();
  }

  @Test
  void aLinkIsInSyncOnlyWhileItsTaskGoesOnAndReportsCome() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(task), inSync());
    assertThat(isInSync(task)).isTrue();
    transitions.observe(task, TaskTrigger.HOST_LOST, "no connection");
    assertThat(isInSync(task)).isFalse();
    reports.apply(job(task), inSync());
    assertThat(isInSync(task)).isTrue();
    new JdbcTemplate(dataSource)
        .update("update link_status set reported_at = dateadd(second, -6, reported_at)");
    transitions.postpone(task, Duration.ZERO);
    assertThat(isInSync(task)).isFalse();
  }

  private boolean isInSync(long task) {
    return SystemActor.call(() -> syncs.links(task)).get(0).inSync();
  }

  private static JobReport inSync() {
    return report(Phase.INCREMENTAL, List.of());
  }
}
