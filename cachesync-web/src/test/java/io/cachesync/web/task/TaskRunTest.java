package io.cachesync.web.task;

import static io.cachesync.web.task.TaskState.*;
import static io.cachesync.web.task.TaskTrigger.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.Desired;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TaskRunTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Instant LATER = NOW.plusSeconds(1);

  @Test
  void walksFromDraftToDone() {
    TaskRun run = TaskRun.draft(NOW);
    TaskTrigger[] way = {
      PRECHECK, PRECHECK_PASSED, START, PLACED, REPORT_FULL_SYNC, REPORT_INCREMENTAL, PAUSE,
      REPORT_PAUSED, RESUME, REPORT_INCREMENTAL, STOP, REPORT_STOPPED, START, PLACED,
      REPORT_INCREMENTAL, FINISH, REPORT_FINISHING, REPORT_DONE
    };
    TaskState[] states = {
      PRECHECKING, READY, QUEUED, STARTING, FULL_SYNC, INCREMENTAL, PAUSING, PAUSED, STARTING,
      INCREMENTAL, STOPPING, STOPPED, QUEUED, STARTING, INCREMENTAL, FINISHING, FINISHING, DONE
    };
    for (int i = 0; i < way.length; i++) {
      run = run.apply(way[i], LATER);
      assertThat(run.state()).as("after %s, step %s", way[i], i).isEqualTo(states[i]);
    }
    assertThat(run.desired()).isEqualTo(Desired.FINISH);
    assertThat(run.since()).isEqualTo(LATER);
  }

  @ParameterizedTest
  @CsvSource({"INCREMENTAL,FINISH", "PAUSED,FINISH", "STOPPED,REMOVE", "FAILED,REMOVE"})
  void aFinishAppliesWhatWasReceivedOnlyWhereAnAgentRuns(TaskState state, Desired desired) {
    TaskRun run = new TaskRun(state, Desired.RUN, NOW, false).apply(FINISH, LATER);
    assertThat(run).isEqualTo(new TaskRun(FINISHING, desired, LATER, false));
  }

  @ParameterizedTest
  @EnumSource(TaskState.class)
  void refusesWhatAPersonMayNotAskForAndIgnoresObservationsThatMeanNothing(TaskState state) {
    TaskRun run = new TaskRun(state, Desired.RUN, NOW, false);
    for (TaskTrigger trigger : TaskTrigger.values()) {
      if (run.allows(trigger)) {
        assertThat(run.apply(trigger, LATER).state()).isEqualTo(TaskRun.from(state).get(trigger));
      } else if (trigger.byPerson()) {
        assertThatThrownBy(() -> run.apply(trigger, LATER))
            .isInstanceOf(TransitionRefused.class)
            .hasMessageContaining(trigger.name());
      } else {
        assertThat(run.apply(trigger, LATER)).isSameAs(run);
      }
    }
  }

  @Test
  void reachesEveryStateAndFindsAWayOutOfEachButDone() {
    Set<TaskState> seen = EnumSet.of(DRAFT);
    Deque<TaskState> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      for (TaskState next : TaskRun.from(open.pop()).values()) {
        if (seen.add(next)) {
          open.add(next);
        }
      }
    }
    assertThat(seen).containsExactlyInAnyOrder(TaskState.values());
    for (TaskState state : TaskState.values()) {
      assertThat(TaskRun.from(state).isEmpty()).as("%s is an end", state).isEqualTo(state == DONE);
    }
  }

  @Test
  void endsWhatIsUnderWayOnlyByAReportOrAProbe() {
    Set<TaskTrigger> seenToBeSo =
        EnumSet.of(
            REPORT_STOPPED,
            REPORT_PAUSED,
            REPORT_DONE,
            REPORT_FAILED,
            REPORT_FINISHING,
            AGENT_DEAD,
            HOST_LOST,
            REPORT_RETRYING);
    for (TaskState state : EnumSet.of(PAUSING, STOPPING, FINISHING)) {
      TaskRun.from(state)
          .forEach(
              (trigger, next) -> {
                // FAILED does not say that it was seen to be so.
                boolean ends = next != state && trigger != STOP && trigger != GIVE_UP;
                if (ends) {
                  assertThat(seenToBeSo).as("%s ends by", state).contains(trigger);
                }
              });
    }
  }

  @Test
  void aPersonCanStopWhateverRuns() {
    for (TaskState state : TaskState.values()) {
      if (state.active() && state != STOPPING) {
        TaskRun stopping = new TaskRun(state, Desired.RUN, NOW, false).apply(STOP, LATER);
        assertThat(stopping.state()).isEqualTo(STOPPING);
        assertThat(stopping.desired()).isEqualTo(Desired.STOP);
      }
    }
  }

  @Test
  void keepsWhatWasWantedWhileItRecovers() {
    TaskRun pausing = new TaskRun(INCREMENTAL, Desired.RUN, NOW, false).apply(PAUSE, NOW);
    TaskRun recovering = pausing.apply(AGENT_DEAD, LATER);
    assertThat(recovering.state()).isEqualTo(RECOVERING);
    assertThat(recovering.desired()).isEqualTo(Desired.PAUSE);
    assertThat(recovering.apply(REPORT_PAUSED, LATER).state()).isEqualTo(PAUSED);
  }

  @Test
  void notesAnOverdueStateOnce() {
    TaskRun stopping = new TaskRun(STOPPING, Desired.STOP, NOW, false);
    assertThat(stopping.dueOverdue(NOW.plus(Duration.ofSeconds(30)))).isFalse();
    assertThat(stopping.dueOverdue(NOW.plus(Duration.ofSeconds(31)))).isTrue();
    TaskRun overdue = stopping.apply(OVERDUE, LATER);
    assertThat(overdue).isEqualTo(new TaskRun(STOPPING, Desired.STOP, NOW, true));
    assertThat(overdue.apply(OVERDUE, LATER)).isSameAs(overdue);
    assertThat(overdue.dueOverdue(NOW.plus(Duration.ofDays(1)))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TaskState.class)
  void everyStateWithATimeLimitSaysWhatHappensThen(TaskState state) {
    assertThat(TaskRun.from(state).containsKey(OVERDUE)).isEqualTo(state.limit().isPresent());
  }

  @ParameterizedTest
  @EnumSource(TaskState.class)
  void offersAPersonOnlyWhatThePersonMayAskFor(TaskState state) {
    TaskRun run = new TaskRun(state, Desired.RUN, NOW, false);
    assertThat(run.allowed()).allMatch(TaskTrigger::byPerson).allMatch(run::allows);
  }
}
