package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.when;

import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** The machines that are chosen for what has ended, as one job or in parts. */
@DatabaseTest
@Import({
  TaskService.class,
  TaskTransitions.class,
  TaskDrafts.class,
  DraftEnds.class,
  TaskEnds.class,
  TaskParts.class
})
@ImportAutoConfiguration(JacksonAutoConfiguration.class)
@WithMockUser(username = "olga", roles = "OPERATOR")
class ChosenMachinesTest {
  @Autowired private TaskService tasks;
  @Autowired private TaskDrafts drafts;
  @Autowired private TaskParts parts;
  @Autowired private DataSource source;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;

  private long id;

  @BeforeEach
  void aTaskOfACluster() {
    for (long number = 1; number <= 3; number++) {
      Machine machine = machine(number);
      when(machines.find(number)).thenReturn(Optional.of(machine));
    }
    Machine unusable = machine(4);
    when(unusable.usable()).thenReturn(false);
    when(machines.find(4)).thenReturn(Optional.of(unusable));
    EndForm cluster = TypedEnds.of("CLUSTER", "c:1", "", "");
    id =
        drafts
            .create(
                new EndsForm("1", cluster, TypedEnds.server("10.0.0.2"), null, List.of()), "orders")
            .id();
  }

  @Test
  void spreadsWhatHasEndedAsOneJob() {
    assertThat(refusal(1, 2).key()).isEqualTo("task.refused.spread");
    set(id, TaskState.STOPPED);
    assertThat(refusal(1, 1).key()).isEqualTo("task.form.machines.two");
    assertThat(refusal(1, 4).key()).as("not usable").isEqualTo("task.form.machine.required");
    assertThat(refusal(1, 5).key()).as("there is none").isEqualTo("task.form.machine.required");
    Refusal many = refusal(LongStream.rangeClosed(1, 51).toArray());
    assertThat(many.key()).isEqualTo("task.form.machines.many");
    assertThat(many.arguments()).containsExactly(50);
    drafts.spreadAgain(id, List.of(2L, 1L));
    assertThat(tasks.spreadMachineIds(id)).containsExactly(2L, 1L);
    assertThat(tasks.spec(id).machineId()).as("the first in place of its own").isEqualTo(2);
    drafts.spreadAgain(id, List.of(1L));
    assertThat(tasks.spreadMachineIds(id)).as("one job after all").isEmpty();
    assertThat(tasks.spec(id).machineId()).isEqualTo(1);
  }

  @Test
  void whatStandsInPartsIsSpreadAnew() {
    inParts(true);
    set(id, TaskState.RECOVERING);
    assertThat(refusal(3, 1).key()).isEqualTo("task.refused.spread");
    set(id, TaskState.FAILED);
    set(part(1), TaskState.STOPPING);
    Refusal stops = refusal(3, 1);
    assertThat(stops.key()).isEqualTo("task.refused.parts");
    assertThat(stops.arguments()).containsExactly("m2");
    assertThat(parts.of(id)).hasSize(2);
    set(part(1), TaskState.STOPPED);
    drafts.spreadAgain(id, List.of(3L, 1L));
    assertThat(parts.of(id)).isEmpty();
    assertThat(tasks.spreadMachineIds(id)).containsExactly(3L, 1L);
    assertThat(tasks.spec(id).machineId()).isEqualTo(3);
    assertThat(tasks.hasBegun(id)).as("each part has its checkpoints").isTrue();
  }

  @Test
  void whatStandsInPartsBecomesOneJobWhereOneMachineIsChosen() {
    inParts(false);
    drafts.spreadAgain(id, List.of(3L));
    assertThat(parts.of(id)).isEmpty();
    assertThat(tasks.isSpread(id)).isFalse();
    assertThat(tasks.spec(id).machineId()).isEqualTo(3);
    assertThat(tasks.hasBegun(id)).as("one has copied nothing yet").isFalse();
    assertThat(tasks.spec(id).afresh()).as("what has a checkpoint goes on").isFalse();
  }

  private void inParts(boolean begun) {
    set(id, TaskState.QUEUED);
    parts.chooseMachines(id, List.of(1L, 2L));
    parts.spread(
        tasks.get(id),
        List.of(1L, 2L),
        List.of(
            new TaskParts.Share(1, "m1", "0-5460"), new TaskParts.Share(2, "m2", "5461-16383")));
    tasks.begun(part(0));
    if (begun) {
      tasks.begun(part(1));
    }
    set(part(0), TaskState.STOPPED);
    set(part(1), TaskState.STOPPED);
    set(id, TaskState.STOPPED);
  }

  private long part(int number) {
    return parts.of(id).get(number).id();
  }

  private void set(long task, TaskState state) {
    new JdbcTemplate(source).update("update task set state = ? where id = ?", state.name(), task);
    // A write by way of the mappers makes them forget what they have read in this transaction.
    tasks.acceptEvictions(task, false);
  }

  private Refusal refusal(long... ids) {
    List<Long> chosen = Arrays.stream(ids).boxed().toList();
    return catchThrowableOfType(Refusal.class, () -> drafts.spreadAgain(id, chosen));
  }

  private static Machine machine(long id) {
    Machine machine = Mockito.mock(Machine.class);
    when(machine.id()).thenReturn(id);
    when(machine.name()).thenReturn("m" + id);
    when(machine.usable()).thenReturn(true);
    return machine;
  }
}
