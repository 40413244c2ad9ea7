package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.web.agent.Job;
import io.cachesync.web.task.StoredEnd;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final int RESTARTS_ALLOWED = 3;

  @Test
  void startsAScheduledTaskAtItsTimeAndNotBefore() {
    Task task = task(TaskState.SCHEDULED, 0);
    assertThat(Step.next(task, spec(NOW.plusSeconds(1), 1), null, NOW)).isEqualTo(Step.NONE);
    assertThat(Step.next(task, spec(NOW, 1), null, NOW)).isEqualTo(Step.BEGIN);
  }

  @Test
  void placesThenLaunches() {
    assertThat(next(task(TaskState.QUEUED, 0), null)).isEqualTo(Step.PLACE);
    assertThat(next(task(TaskState.STARTING, 0), null)).isEqualTo(Step.LAUNCH);
    assertThat(next(task(TaskState.STARTING, 0), job(60, 60, true))).isEqualTo(Step.LAUNCH);
  }

  @Test
  void waitsForTheEndOfAFormerAgentBeforeItPlacesATaskAgain() {
    assertThat(next(task(TaskState.QUEUED, 1), job(60, 5, false))).isEqualTo(Step.PROBE);
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskState.class,
      names = {"STARTING", "FULL_SYNC", "INCREMENTAL", "PAUSED", "RECOVERING", "FINISHING"})
  void asksTheMachineAfterThreeMissingReports(TaskState state) {
    assertThat(next(task(state, 0), job(60, 2, false))).isEqualTo(Step.NONE);
    assertThat(next(task(state, 0), job(60, 4, false))).isEqualTo(Step.PROBE);
  }

  @Test
  void givesANewAgentTimeForItsFirstReport() {
    Job silent = job(5, 100, false);
    assertThat(next(task(TaskState.STARTING, 0), silent)).isEqualTo(Step.NONE);
    assertThat(next(task(TaskState.STARTING, 0), job(9, 100, false))).isEqualTo(Step.PROBE);
  }

  @Test
  void startsADeadAgentAgainAsOftenAsItMay() {
    Job dead = job(60, 10, true);
    assertThat(next(recovering(RESTARTS_ALLOWED, null), dead)).isEqualTo(Step.LAUNCH);
    assertThat(next(recovering(2, NOW.plusSeconds(1)), dead)).isEqualTo(Step.NONE);
    assertThat(next(recovering(2, NOW), dead)).isEqualTo(Step.LAUNCH);
    assertThat(next(recovering(RESTARTS_ALLOWED + 1, null), dead)).isEqualTo(Step.GIVE_UP);
  }

  @Test
  void endsAnAgentThatDoesNotStop() {
    Task overdue = with(TaskState.STOPPING, NOW.minusSeconds(40), true, 0, null);
    assertThat(next(overdue, job(60, 1, false))).isEqualTo(Step.KILL);
    Task due = with(TaskState.STOPPING, NOW.minusSeconds(40), false, 0, null);
    assertThat(next(due, job(60, 1, false))).isEqualTo(Step.NOTE_OVERDUE);
    assertThat(next(task(TaskState.STOPPING, 1), null)).isEqualTo(Step.NOTE_NO_AGENT);
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskState.class,
      names = {"RECOVERING", "STOPPING"})
  void startsAnAgentElsewhereThoughTheFormerOneWasNotSeenToEnd(TaskState state) {
    assertThat(nextElsewhere(task(state, 1), job(60, 60, false))).isEqualTo(Step.LAUNCH);
    Task tried = with(state, NOW.minusSeconds(1), false, 2, NOW.plusSeconds(1));
    assertThat(nextElsewhere(tried, job(60, 60, false))).isEqualTo(Step.NONE);
    Task tooOften = with(state, NOW.minusSeconds(1), false, RESTARTS_ALLOWED + 1, null);
    assertThat(nextElsewhere(tooOften, job(60, 60, false))).isEqualTo(Step.GIVE_UP);
    assertThat(nextElsewhere(task(TaskState.STOPPED, 1), job(60, 60, false))).isEqualTo(Step.PROBE);
  }

  @Test
  void anAgentThatWasStartedToStopIsGivenTimeAndStartedAgainUntilItSaysThatItDid() {
    Task stopping = with(TaskState.STOPPING, NOW.minusSeconds(90), true, 0, null);
    assertThat(next(stopping, job(5, 100, false))).isEqualTo(Step.NONE);
    assertThat(next(stopping, job(40, 1, false))).isEqualTo(Step.KILL);
    assertThat(next(stopping, job(40, 1, true))).isEqualTo(Step.LAUNCH);
    assertThat(next(stopping, job(100, 1, true))).isEqualTo(Step.NOTE_NO_AGENT);
  }

  @Test
  void seesToItThatTheAgentOfAnEndedTaskEnds() {
    assertThat(next(task(TaskState.DONE, 1), job(60, 1, false))).isEqualTo(Step.PROBE);
    assertThat(next(task(TaskState.DONE, 21), job(60, 1, false))).isEqualTo(Step.KILL);
    assertThat(next(task(TaskState.DONE, 21), job(60, 1, true))).isEqualTo(Step.NONE);
  }

  @Test
  void doublesTheBackOffUpToAMinute() {
    assertThat(Reconciler.backOff(0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Reconciler.backOff(3)).isEqualTo(Duration.ofSeconds(8));
    assertThat(Reconciler.backOff(50)).isEqualTo(Duration.ofMinutes(1));
  }

  private static Step next(Task task, Job job) {
    return Step.next(task, spec(null, 1), job, NOW);
  }

  private static Step nextElsewhere(Task task, Job job) {
    return Step.next(task, spec(null, 2), job, NOW);
  }

  private static TaskSpec spec(Instant startAt, long machineId) {
    StoredEnd end = new StoredEnd(null, "a", null, null, null);
    return new TaskSpec(
        1,
        end,
        end,
        "",
        null,
        null,
        machineId,
        "machine",
        new TaskSpec.What(SyncMode.SYNC, "", null, ConflictPolicy.REFUSE, UnsupportedPolicy.STOP),
        new TaskSpec.How(0, 0, 2000, RESTARTS_ALLOWED, startAt, false, 0),
        false);
  }

  private static Task task(TaskState state, long secondsInState) {
    return with(state, NOW.minusSeconds(secondsInState), false, 0, null);
  }

  private static Task recovering(int restarts, Instant retryAt) {
    return with(TaskState.RECOVERING, NOW.minusSeconds(1), false, restarts, retryAt);
  }

  private static Task with(
      TaskState state, Instant since, boolean overdue, int restarts, Instant retryAt) {
    return new Task(
        1,
        "0123456789ab",
        "task",
        "",
        "",
        "admin",
        4,
        state,
        Desired.RUN,
        since,
        overdue,
        1,
        restarts,
        retryAt,
        null,
        null,
        since,
        since,
        null);
  }

  private static Job job(long startedSecondsAgo, long reportedSecondsAgo, boolean ended) {
    return new Job(
        "0123456789ab-0",
        "1",
        1,
        1,
        4711,
        1,
        "boot",
        "/base/jobs/1",
        "http://127.0.0.1/",
        7,
        NOW.minusSeconds(reportedSecondsAgo),
        NOW.minusSeconds(startedSecondsAgo),
        ended ? NOW : null);
  }
}
