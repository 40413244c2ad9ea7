package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEvent;
import io.cachesync.web.task.TaskPartView;
import io.cachesync.web.task.TaskProgress;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskView;
import io.cachesync.web.task.TaskViews;
import io.cachesync.web.task.TaskWhy;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What pages and programs are told of a task with parts. */
class SpreadPagesTest extends SpreadCase {
  @Autowired TaskViews views;

  @Test
  void itsPageHasTheLinksTheLogAndTheSumsOfAll() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), told(1, Phase.FULL_SYNC));
    assertThat(SystemActor.call(() -> syncs.links(whole)))
        .extracting(LinkStatus::link)
        .containsExactly(0, 1);
    TaskProgress progress = tasks.progress(whole).orElseThrow();
    assertThat(progress.phase()).isEqualTo(Phase.FULL_SYNC);
    assertThat(progress.keysApplied())
        .isEqualTo(2 * told(0, Phase.INCREMENTAL).links().get(0).keysApplied());
    assertThat(SystemActor.call(() -> syncs.logText(whole))).contains("said by 0", "said by 1");
  }

  @Test
  void whileOnePartIsSilentTheOthersGiveTheSumsAndOnlyItsLinksAreMarked() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), told(1, Phase.INCREMENTAL));
    assertThat(SystemActor.call(() -> syncs.silentLinks(whole))).isEmpty();
    assertThat(tasks.progress(whole).orElseThrow().inSync()).isTrue();
    assertThat(tasks.progress(whole).orElseThrow().bytesPerSecond()).isEqualTo(2000);
    new JdbcTemplate(dataSource)
        .update(
            "update link_status set reported_at = dateadd(minute, -1, reported_at)"
                + " where task_id = ? and link = 1",
            whole);
    lost(part(whole, 1), "host-2 does not answer");
    reconciler.step(whole);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    TaskProgress progress = tasks.progress(whole).orElseThrow();
    assertThat(progress.bytesPerSecond()).as("of the one that tells").isEqualTo(1000);
    assertThat(progress.inSync()).isFalse();
    assertThat(progress.keysApplied()).as("what was copied stays").isEqualTo(2);
    assertThat(SystemActor.call(() -> syncs.silentLinks(whole))).containsExactly(1);
    TaskView view =
        views.of(SystemActor.call(() -> lists.rows(Set.of(whole))).get(0), Locale.ENGLISH);
    assertThat(view.state()).isEqualTo("RECOVERING");
    assertThat(view.stale()).isFalse();
    assertThat(view.bytesPerSecond()).isEqualTo("1,000 B/s");
    new JdbcTemplate(dataSource)
        .update("update link_status set reported_at = dateadd(minute, -1, reported_at)");
    set(whole, TaskState.RECOVERING, Desired.RUN);
    assertThat(SystemActor.call(() -> syncs.silentLinks(whole))).containsExactly(0, 1);
  }

  @Test
  void onceItIsDoneItsPartsAreWhateverTheyEndedAs() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    set(whole, TaskState.DONE, Desired.REMOVE);
    assertThat(SystemActor.call(() -> tasks.partViews(whole, views, Locale.ENGLISH)))
        .extracting(TaskPartView::state)
        .containsOnly(TaskState.DONE);
  }

  @Test
  void itsPageTellsWhatEachMachineHas() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(4, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), failed(FaultCode.WRONG_TYPE));
    List<TaskPartView> shown =
        SystemActor.call(() -> tasks.partViews(whole, views, Locale.ENGLISH));
    assertThat(shown).extracting(TaskPartView::machine).containsExactly("host-1", "host-2");
    assertThat(shown.get(0).links()).containsExactly(4);
    assertThat(shown.get(0).fault()).isNull();
    assertThat(shown.get(1).slotRanges()).containsExactly("5461-16383");
    assertThat(shown.get(1).state()).isEqualTo(TaskState.FAILED);
    assertThat(shown.get(1).fault().code()).isEqualTo("WRONG_TYPE");
    assertThat(SystemActor.call(() -> tasks.events(whole)))
        .filteredOn(event -> event.what() == TaskTrigger.REPORT_FAILED)
        .extracting(TaskEvent::taskId, TaskEvent::who)
        .containsExactly(tuple(whole, "host-2"));
    assertThat(SystemActor.call(() -> tasks.spreadMachines(whole)))
        .containsExactly("host-1", "host-2");
  }

  @Test
  void forgetsLinksOfShardsThatTheSourceNoLongerHas() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    for (int link = 0; link < 4; link++) {
      reports.apply(job(whole), told(link, Phase.INCREMENTAL));
    }
    assertThat(links(whole)).contains(3);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    assertThat(links(whole)).as("the other has not told yet").contains(3);
    reports.apply(job(part(whole, 1)), told(1, Phase.INCREMENTAL));
    assertThat(links(whole)).containsExactly(0, 1);
  }

  @Test
  void whatHappenedBeforeAPartMovedStandsUnderTheMachineItWasOn() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    long part = part(whole, 1);
    reports.apply(job(part), report(Phase.RETRYING));
    transitions.move(
        part, 1, "host-1", TaskWhy.all(TaskWhy.away("host-2", 60), TaskWhy.movedTo("host-1")));
    reports.apply(job(part), told(1, Phase.INCREMENTAL));
    assertThat(SystemActor.call(() -> tasks.events(whole)))
        .extracting(TaskEvent::what, TaskEvent::who)
        .containsExactly(
            tuple(TaskTrigger.REPORT_INCREMENTAL, "host-1"),
            tuple(TaskTrigger.MOVED, "host-2"),
            tuple(TaskTrigger.REPORT_RETRYING, "host-2"));
  }

  @Test
  void whatCountsTasksLeavesItsPartsOut() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    for (Task part : parts.of(whole)) {
      jdbc.update("update task set owner = 'part', tags = ',part,' where id = ?", part.id());
    }
    transitions.forgetRestarts(whole);
    assertThat(tasks.wholesInStates(Set.of(TaskState.INCREMENTAL)))
        .extracting(Task::id)
        .containsExactly(whole);
    assertThat(SystemActor.call(lists::owners)).containsExactly("olga");
    assertThat(SystemActor.call(lists::tags)).isEmpty();
  }

  @Test
  void saysWhichPartKeepsItFromBeingDeleted() {
    long whole = running(TaskState.FAILED, Desired.RUN);
    set(part(whole, 1), TaskState.STOPPING, Desired.STOP);
    assertThatThrownBy(() -> SystemActor.run(() -> tasks.delete(whole)))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.key()).isEqualTo("task.refused.parts");
              assertThat(refusal.arguments()).containsExactly("host-2");
            });
  }

  @Test
  void nobodyAsksAnythingOfAPart() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    long part = part(whole, 0);
    assertThatThrownBy(() -> SystemActor.run(() -> tasks.stop(part))).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> SystemActor.run(() -> tasks.limit(part, LimitSpec.none())))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void aContinuousCheckIsRefusedAndWhoRepairsIsTold() {
    long one = task(TaskState.STOPPED, Desired.STOP);
    SystemActor.run(() -> tasks.checkContinuously(one, 10));
    assertThat(tasks.continuousKeys(one)).isEqualTo(10);
    parts.chooseMachines(one, List.of(1L, 2L));
    assertThat(tasks.continuousKeys(one)).isZero();
    assertThatThrownBy(() -> SystemActor.run(() -> tasks.checkContinuously(one, 10)))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.key()).isEqualTo("task.refused.continuous.spread"));
    assertThat(tasks.runsInParts(one)).isFalse();
    assertThat(tasks.runsInParts(running(TaskState.INCREMENTAL, Desired.RUN))).isTrue();
  }

  private List<Integer> links(long whole) {
    return SystemActor.call(() -> syncs.links(whole)).stream().map(LinkStatus::link).toList();
  }
}
