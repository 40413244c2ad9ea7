package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** All that is wrong with a step of the wizard is told at once, on the real schema. */
@DatabaseTest
@Import({
  TaskService.class,
  TaskTransitions.class,
  TaskDrafts.class,
  DraftEnds.class,
  TaskEnds.class,
  TaskParts.class,
  TaskLogins.class
})
@ImportAutoConfiguration(JacksonAutoConfiguration.class)
@WithMockUser(username = "olga", roles = "OPERATOR")
class DraftProblemsTest {
  private static final EndForm SERVER = TypedEnds.server("10.0.0.1");
  private static final EndForm CLUSTER = TypedEnds.of("CLUSTER", "c:1", "", "");
  private static final EndForm TARGET = TypedEnds.server("10.0.0.2");
  private static final EndForm NOWHERE = TypedEnds.server("no where");

  @Autowired private TaskDrafts drafts;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;

  @BeforeEach
  void twoMachines() {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machine.name()).thenReturn("m1");
    when(machines.find(1)).thenReturn(Optional.of(machine));
    when(machines.find(2)).thenReturn(Optional.of(machine));
  }

  @Test
  void theMachinesAreJudgedWhateverIsWrongWithTheTarget() {
    assertThat(toldOf(new EndsForm("1", SERVER, NOWHERE, null, List.of("2"))))
        .containsExactly(
            "target.address endpoint.invalid.address", "machines task.form.machines.oneCluster");
    assertThat(toldOf(new EndsForm("1", CLUSTER, NOWHERE, null, List.of("3"))))
        .containsExactly(
            "target.address endpoint.invalid.address", "machines task.form.machine.required");
    assertThat(toldOf(new EndsForm("1", CLUSTER, TARGET, null, List.of("2")))).isEmpty();
  }

  @Test
  void whatIsLookedUpIsToldBesideWhatIsTyped() {
    EndForm gone = TaskRequest.End.none().form("9");
    EndForm alone = TypedEnds.sentinels("s:1", "orders", "watch", "");
    assertThat(toldOf(new EndsForm("7", gone, alone, List.of(NOWHERE, gone), null)))
        .containsExactlyInAnyOrder(
            "machineId task.form.machine.required",
            "source.endpoint task.form.endpoint.unknown",
            "target.sentinelPassword endpoint.invalid.sentinelUserAlone",
            "moreSources[0].address endpoint.invalid.address",
            "moreSources[1].endpoint task.form.endpoint.unknown",
            "moreSources[1].endpoint task.form.moreSources.twice");
  }

  @Test
  void theSameServerTwiceIsToldBesideOtherErrors() {
    assertThat(toldOf(new EndsForm("", SERVER, SERVER, List.of(NOWHERE), null)))
        .containsExactly(
            "machineId task.form.machine.required",
            "moreSources[0].address endpoint.invalid.address",
            "target.address task.form.target.isSource");
  }

  @Test
  void eachFieldOfWhatIsMovedIsTold() {
    Task draft = drafts.create(new EndsForm("1", CLUSTER, TARGET, null, List.of("2")), "");
    FilterForm filter = new FilterForm("3", "2:1", "", "", "", "", "", "");
    WhatForm form = new WhatForm("SYNC", "2,3", "REPLACE", "", filter);
    assertThat(drafts.problems(draft.id(), form))
        .extracting(Problem::field)
        .containsExactly("databases", "filter.excludeDatabases", "filter.databaseMap", "onExists");
    assertThat(drafts.problems(draft.id(), new WhatForm("", "x", "REPLACE", "", filter)))
        .extracting(Problem::key)
        .as("not of databases that cannot be read")
        .containsExactly("task.form.onExists.spread");
    assertThat(catchThrowableOfType(Refusal.class, () -> drafts.what(draft.id(), form)).field())
        .isEqualTo("databases");
  }

  @Test
  void howManyAtOnceIsToldBesideWhatElseIsWrong() {
    Task draft = drafts.create(new EndsForm("1", SERVER, TARGET, null), "");
    assertThat(drafts.problems(draft.id(), inParallel("2"), Set.of("name")))
        .extracting(Problem::key)
        .containsExactly("task.form.parallelFullSyncs.one");
    assertThat(drafts.problems(draft.id(), inParallel("x"), Set.of("parallelFullSyncs"))).isEmpty();
  }

  private static HowForm inParallel(String fullSyncs) {
    return new HowForm("", "", "", "now", "", "", "3", "2", "", "", false, fullSyncs);
  }

  /** As the wizard does. */
  private List<String> toldOf(EndsForm form) {
    List<Problem> problems = new ArrayList<>(form.problems());
    problems.addAll(drafts.problems(null, form));
    return problems.stream().map(problem -> problem.field() + " " + problem.key()).toList();
  }
}
