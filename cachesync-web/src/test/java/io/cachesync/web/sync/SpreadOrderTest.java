package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** In which order rows are taken, and what is judged once they are. */
class SpreadOrderTest extends SpreadCase {
  private static final int STATEMENTS_OF_A_REPORT = 16;

  @Test
  void aReportOfOneJobAsksOnceWhetherItIsAPart() {
    long one = task(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(one), told(0, Phase.INCREMENTAL));
    directives.directiveFor(job(one), 1);
    tasks.acceptEvictions(one, false);
    statements.forget();
    reports.apply(job(one), told(0, Phase.INCREMENTAL));
    directives.directiveFor(job(one), 1);
    assertThat(statements.told())
        .filteredOn(sql -> sql.contains("from task_part") && !sql.contains("from task_spec"))
        .hasSize(1);
    assertThat(statements.told()).as("with that one").hasSize(STATEMENTS_OF_A_REPORT);
  }

  @Test
  void theRowOfTheWholeIsTakenBeforeThoseOfItsParts() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    takenInOrder(whole, () -> reports.apply(job(part(whole, 1)), told(1, Phase.STOPPED)));
    takenInOrder(whole, () -> reports.apply(job(part(whole, 0)), told(0, Phase.DONE)));
    set(part(whole, 1), TaskState.STOPPED, Desired.STOP);
    takenInOrder(whole, () -> parts.replace(tasks.get(whole), parts.of(whole).get(0)));
    set(part(whole, 0), TaskState.STOPPED, Desired.STOP);
    set(whole, TaskState.STOPPED, Desired.STOP);
    long other = part(whole, 0);
    // The younger has the lower number by now.
    assertThat(other).isGreaterThan(part(whole, 1));
    takenInOrder(whole, () -> SystemActor.run(() -> tasks.startAfresh(whole)));
    takenInOrder(whole, () -> parts.dissolve(whole));
    assertThat(parts.of(whole)).isEmpty();
    takenInOrder(
        whole,
        () ->
            parts.spread(
                tasks.get(whole),
                parts.machines(whole),
                List.of(
                    new TaskParts.Share(2, "host-2", "0-5460"),
                    new TaskParts.Share(1, "host-1", "5461-16383"))));
    parts.of(whole).forEach(part -> set(part.id(), TaskState.STOPPED, Desired.STOP));
    set(whole, TaskState.STOPPED, Desired.STOP);
    takenInOrder(whole, () -> SystemActor.run(() -> tasks.delete(whole)));
    assertThat(tasks.find(whole)).isEmpty();
  }

  @Test
  void itsPartsGoTogetherOrNotAtAll() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    set(part(whole, 1), TaskState.STOPPING, Desired.STOP);
    assertThat(parts.dissolve(whole)).isFalse();
    assertThat(parts.of(whole)).hasSize(2);
    set(part(whole, 1), TaskState.STOPPED, Desired.STOP);
    assertThat(parts.dissolve(whole)).isTrue();
    assertThat(parts.of(whole)).isEmpty();
  }

  @Test
  void slotsThatMovedChangeNothingOfWhatAPersonHasStoppedOrMadeOneJob() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    parts.chooseMachines(whole, List.of(1L, 2L));
    assertThat(parts.dissolveResharded(whole)).isFalse();
    assertThat(parts.of(whole)).hasSize(2);
    assertThat(parts.dissolve(whole)).isTrue();
    set(whole, TaskState.QUEUED, Desired.RUN);
    assertThat(parts.dissolveResharded(whole)).as("it has no parts").isFalse();
    assertThat(whys(whole, TaskTrigger.PLACED)).isEmpty();
  }

  @Test
  void aPartThatHasEndedSinceItWasLookedAtIsNotAskedToRemoveOurKeys() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    Task seenBefore = parts.of(whole).get(0);
    SystemActor.run(() -> tasks.finish(whole));
    reports.apply(job(part(whole, 0)), failed(FaultCode.WRONG_TYPE));
    spread.tell(tasks.get(whole), seenBefore);
    assertThat(tasks.wholeOrPart(part(whole, 0)).state()).isEqualTo(TaskState.FAILED);
    assertThat(tasks.wholeOrPart(part(whole, 0)).desired()).isEqualTo(Desired.RUN);
  }

  @Test
  void aPartIsToldWhatIsWantedByNowAndNotWhenItWasLookedAt() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    set(whole, TaskState.FAILED, Desired.RUN);
    Task then = tasks.get(whole);
    set(whole, TaskState.INCREMENTAL, Desired.RUN);
    spread.tell(then, parts.of(whole).get(0));
    assertThat(states(whole)).containsOnly(TaskState.INCREMENTAL);
    set(part(whole, 1), TaskState.STOPPED, Desired.STOP);
    reconciler.step(whole);
    assertThat(states(whole))
        .as("nobody else starts it again")
        .containsExactly(TaskState.INCREMENTAL, TaskState.QUEUED);
  }

  @Test
  void partsThatGoWhileTheyAreLookedAtSayNothingOfTheWhole() {
    assertThat(PartStates.of(List.of())).isEmpty();
  }

  private void takenInOrder(long whole, Runnable work) {
    List<Long> known = parts.of(whole).stream().map(Task::id).toList();
    statements.forget();
    work.run();
    List<String> told = statements.told();
    int first = firstOf(told, whole);
    assertThat(first).as("the whole's, in %s", told).isNotNegative();
    List<Integer> ofParts =
        known.stream().sorted().map(part -> firstOf(told, part)).filter(at -> at >= 0).toList();
    assertThat(ofParts).isSorted();
    assertThat(ofParts).allMatch(at -> at > first);
    int inserted = firstThat(told, sql -> sql.startsWith("insert"));
    assertThat(inserted).matches(at -> at < 0 || at > first);
  }

  /** Where the row of a task is locked or removed, or one of what is asked of it is changed. */
  private static int firstOf(List<String> told, long task) {
    Pattern ofIt = Pattern.compile("\\b(id|taskId|arg0|param1)=" + task + "\\b|\\[" + task + "\\]");
    return firstThat(
        told,
        sql ->
            (sql.contains("for update") || !sql.startsWith("select")) && ofIt.matcher(sql).find());
  }

  private static int firstThat(List<String> told, Predicate<String> test) {
    return IntStream.range(0, told.size())
        .filter(i -> test.test(told.get(i)))
        .findFirst()
        .orElse(-1);
  }
}
