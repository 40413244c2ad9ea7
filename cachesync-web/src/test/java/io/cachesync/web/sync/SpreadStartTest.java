package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.when;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** How a task is spread over machines: its start, afresh too, and what it waits for. */
class SpreadStartTest extends SpreadCase {
  @Test
  void aStartAfreshIsOfAllItsParts() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    for (Task part : parts.of(whole)) {
      tasks.begun(part.id());
    }
    tasks.begun(whole);
    assertThat(spec(part(whole, 1)).afresh()).isFalse();
    SystemActor.run(() -> tasks.startAfresh(whole));
    reconciler.step(whole);
    for (Task part : parts.of(whole)) {
      assertThat(spec(part.id()).afresh()).isTrue();
      assertThat(ends.startSpec(part).mode()).isEqualTo(StartMode.FRESH_ALLOWED);
    }
  }

  @Test
  void aStartAfreshGivesItsShardsOutAnew() {
    long whole = onOneMachine();
    for (Task part : parts.of(whole)) {
      tasks.begun(part.id());
    }
    tasks.begun(whole);
    SystemActor.run(() -> tasks.startAfresh(whole));
    set(part(whole, 1), TaskState.STOPPING, Desired.STOP);
    reconciler.step(whole);
    assertThat(parts.of(whole)).as("one has not ended").hasSize(2);
    set(part(whole, 1), TaskState.STOPPED, Desired.STOP);
    reconciler.step(whole);
    reconciler.step(whole);
    assertThat(machinesOfParts(whole)).containsExactly("host-1", "host-2");
    assertThat(parts.of(whole))
        .extracting(part -> spec(part.id()).slots())
        .containsExactlyInAnyOrder("0-5460,10923-16383", "5461-10922");
    for (Task part : parts.of(whole)) {
      assertThat(spec(part.id()).afresh()).isTrue();
      assertThat(ends.startSpec(part).mode()).isEqualTo(StartMode.FRESH_ALLOWED);
    }
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
  }

  @Test
  void aStartAfreshOfWhatSlotsMovedUnderIsInPartsAgain() {
    long whole = onOneMachine();
    resharded(part(whole, 1));
    SystemActor.run(() -> tasks.startAfresh(whole));
    reconciler.step(whole);
    reconciler.step(whole);
    reconciler.step(whole);
    assertThat(machinesOfParts(whole)).containsExactly("host-1", "host-2");
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
    assertThat(whys(whole, TaskTrigger.PLACED)).doesNotContain(TaskWhy.oneJob("host-2"));
  }

  /** One part had begun: the others, and so the one job, copy from the beginning. */
  @Test
  void aStartAfreshThatSlotsEndSaysThatAllIsCopied() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    for (Task part : parts.of(whole)) {
      tasks.begun(part.id());
    }
    tasks.begun(whole);
    SystemActor.run(() -> tasks.startAfresh(whole));
    reconciler.step(whole);
    reconciler.step(whole);
    tasks.begun(part(whole, 0));
    resharded(part(whole, 1));
    set(part(whole, 0), TaskState.STOPPED, Desired.STOP);
    reconciler.step(whole);
    assertThat(parts.of(whole)).isEmpty();
    assertThat(whys(whole, TaskTrigger.PLACED))
        .contains(TaskWhy.oneJobAfresh("host-1"))
        .doesNotContain(TaskWhy.oneJob("host-1"));
    assertThat(ends.startSpec(tasks.get(whole)).mode()).isEqualTo(StartMode.FRESH_ALLOWED);
    assertThat(spec(whole).afresh()).isTrue();
  }

  /** Each part has a checkpoint of the new copy, or has begun it. */
  @Test
  void aStartAfreshOfWhichEveryPartHadBegunSaysThatItGoesOn() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    SystemActor.run(() -> tasks.startAfresh(whole));
    reconciler.step(whole);
    reconciler.step(whole);
    for (Task part : parts.of(whole)) {
      tasks.begun(part.id());
    }
    resharded(part(whole, 1));
    set(part(whole, 0), TaskState.STOPPED, Desired.STOP);
    reconciler.step(whole);
    assertThat(whys(whole, TaskTrigger.PLACED))
        .contains(TaskWhy.oneJob("host-1"))
        .doesNotContain(TaskWhy.oneJobAfresh("host-1"));
    assertThat(spec(whole).afresh()).isFalse();
  }

  @Test
  void aStartAfreshKeepsItsPartsWhereAMachineThatWasChosenIsAway() {
    long whole = onOneMachine();
    when(machines.find(1)).thenReturn(Optional.of(machine(1, "host-1", "UNREACHABLE")));
    SystemActor.run(() -> tasks.startAfresh(whole));
    reconciler.step(whole);
    assertThat(machinesOfParts(whole)).containsExactly("host-2", "host-2");
    assertThat(states(whole)).containsOnly(TaskState.QUEUED);
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
    for (Task part : parts.of(whole)) {
      assertThat(spec(part.id()).afresh()).isTrue();
    }
  }

  private void resharded(long part) {
    set(part, TaskState.FAILED, Desired.RUN);
    new JdbcTemplate(dataSource)
        .update(
            "update task set fault_code = ?, fault_message = 'found' where id = ?",
            FaultCode.SPREAD_RESHARDED.name(),
            part);
    tasks.acceptEvictions(part, false);
  }

  @Test
  void whatAPartHasBegunAfreshIsNotCopiedOnceMore() {
    long whole = onOneMachine();
    SystemActor.run(() -> tasks.startAfresh(whole));
    tasks.begun(part(whole, 0));
    List<Long> known = parts.of(whole).stream().map(Task::id).toList();
    reconciler.step(whole);
    assertThat(parts.of(whole)).extracting(Task::id).isEqualTo(known);
    assertThat(spec(part(whole, 0)).afresh()).isFalse();
    assertThat(spec(part(whole, 1)).afresh()).isTrue();
  }

  @Test
  void goesOnFromTheCheckpointsOverMachinesThatWereChosenAnew() {
    long whole = onOneMachine();
    for (Task part : parts.of(whole)) {
      tasks.begun(part.id());
    }
    parts.noteBegun(whole);
    assertThat(parts.dissolve(whole)).isTrue();
    parts.chooseMachines(whole, List.of(2L, 1L));
    SystemActor.run(() -> tasks.start(whole));
    reconciler.step(whole);
    assertThat(machinesOfParts(whole)).containsExactly("host-2", "host-1");
    for (Task part : parts.of(whole)) {
      assertThat(spec(part.id()).afresh()).isFalse();
      assertThat(ends.startSpec(part).mode()).isEqualTo(StartMode.MUST_RESUME);
    }
  }

  /** Stopped, its shards given to two machines, both parts on the second by now. */
  private long onOneMachine() {
    long whole = toBeSpread();
    reconciler.step(whole);
    parts
        .of(whole)
        .forEach(
            part -> {
              new JdbcTemplate(dataSource)
                  .update(
                      "update task_spec set machine_id = 2, machine_name = 'host-2'"
                          + " where task_id = ?",
                      part.id());
              set(part.id(), TaskState.STOPPED, Desired.STOP);
            });
    set(whole, TaskState.STOPPED, Desired.STOP);
    assertThat(machinesOfParts(whole)).containsExactly("host-2", "host-2");
    return whole;
  }

  private List<String> machinesOfParts(long whole) {
    return parts.of(whole).stream().map(part -> tasks.spec(part.id()).machineName()).toList();
  }

  @Test
  void aStartAfreshIsNotLostToWhatAPartTellsOfTheStartBefore() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), told(1, Phase.INCREMENTAL));
    reconciler.step(whole);
    reports.apply(job(part(whole, 1)), failed(FaultCode.WRONG_TYPE));
    reconciler.step(whole);
    SystemActor.run(() -> tasks.startAfresh(whole));
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reconciler.step(whole);
    assertThat(tasks.wholeOrPart(part(whole, 0)).state()).isEqualTo(TaskState.STOPPING);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 0)), told(0, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.QUEUED);
    for (Task part : parts.of(whole)) {
      assertThat(spec(part.id()).afresh()).isTrue();
      assertThat(ends.startSpec(part).mode()).isEqualTo(StartMode.FRESH_ALLOWED);
    }
    assertThat(spec(whole).afresh()).isTrue();
    transitions.observe(part(whole, 0), TaskTrigger.PLACED, "");
    reports.apply(job(part(whole, 0)), told(0, Phase.FULL_SYNC));
    assertThat(spec(part(whole, 0)).afresh()).as("begun by the start asked for").isFalse();
  }

  @Test
  void waitsForAMachineThatIsBusyOrAwayAndSaysSoOnce() {
    long whole = toBeSpread();
    seen.refusal = Refusal.conflict("machine.refused.busy", "host-1");
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    assertThat(tasks.get(whole).retryAt()).isAfter(Instant.now());
    seen.refusal = null;
    seen.asked.clear();
    reconciler.step(whole);
    assertThat(seen.asked).as("before its time").isEmpty();
    seen.refusal = new SshFault(SshFault.Code.TIMEOUT, "no answer", null, "host-1");
    for (int i = 0; i < 2; i++) {
      again(whole);
    }
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    seen.refusal = null;
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2", "UNREACHABLE")));
    again(whole);
    assertThat(whys(whole, TaskTrigger.PASSED_OVER))
        .containsExactly(
            TaskWhy.passedOver("host-2", TaskWhy.text("ssh.fault.UNREACHABLE")),
            TaskWhy.passedOver("host-1", TaskWhy.text("ssh.fault.TIMEOUT", "host-1")),
            TaskWhy.passedOver("host-1", TaskWhy.text("machine.refused.busy", "host-1")));
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2")));
    again(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
    assertThat(parts.of(whole)).hasSize(2);
  }

  @Test
  void waitsForAnEndThatDoesNotAnswerAndIsSeenToTakeLong() {
    long whole = toBeSpread();
    seen.unreached.put(2L, "10.0.0.1");
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    assertThat(whys(whole, TaskTrigger.PASSED_OVER))
        .containsExactly(
            TaskWhy.passedOver(
                "target",
                "host-2",
                Fault.retryable(FaultCode.CONNECTION_REFUSED, "nobody listens")));
    new JdbcTemplate(dataSource)
        .update("update task set state_since = dateadd(minute, -11, state_since)");
    again(whole);
    assertThat(tasks.get(whole).overdue()).isTrue();
    seen.unreached.clear();
    again(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
  }

  @Test
  void isNotSpreadOverAMachineThatDoesNotComeBackByItself() {
    long whole = toBeSpread();
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2", "HOST_KEY_CHANGED")));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FAILED);
    assertThat(tasks.get(whole).faultMessage())
        .isEqualTo(TaskWhy.notSpread(TaskWhy.text("task.why.machineNotReady", "host-2")));
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2")));
    seen.refusal = new AgentFault(AgentFault.Code.DIED_AT_START, "no memory");
    SystemActor.run(() -> tasks.start(whole));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FAILED);
  }

  @Test
  void nobodyIsAskedOfAnEndpointThatLeadsElsewhereByNow() {
    long whole = toBeSpread();
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    jdbc.update(
        "insert into endpoint (id, name, topology, addresses, created_at, updated_at)"
            + " values (5, 'orders', 'STANDALONE', '10.0.0.9:6379', now(), now())");
    jdbc.update("update task_spec set target_endpoint_id = 5 where task_id = ?", whole);
    reconciler.step(whole);
    assertThat(tasks.get(whole).faultMessage())
        .isEqualTo(TaskWhy.notSpread(TaskWhy.text("task.refused.endpointMovedSince", "b")));
    assertThat(seen.asked).isEmpty();
  }

  @Test
  void whatWasStoppedWhileItWasMeasuredHasNoParts() {
    long whole = toBeSpread();
    Task measured = tasks.get(whole);
    SystemActor.run(() -> tasks.stop(whole));
    assertThat(
            parts.spread(
                measured, List.of(1L, 2L), List.of(new TaskParts.Share(1, "host-1", "0-16383"))))
        .isEmpty();
    assertThat(parts.of(whole)).isEmpty();
  }

  @Test
  void whoeverStartsItAgainWhileItIsMeasuredHasTheLastWord() {
    long whole = toBeSpread();
    seen.meanwhile = () -> startAgain(whole, List.of());
    reconciler.step(whole);
    assertThat(parts.of(whole)).as("one job was chosen").isEmpty();
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    startAgain(whole, List.of(1L, 2L));
    seen.meanwhile = () -> startAgain(whole, List.of(2L, 1L));
    reconciler.step(whole);
    assertThat(parts.of(whole)).as("other machines were chosen").isEmpty();
    reconciler.step(whole);
    assertThat(machinesOfParts(whole)).containsExactly("host-2", "host-1");
  }

  @Test
  void whatObjectedToAStartThatWasTakenBackDoesNotEndTheNextOne() {
    long whole = toBeSpread();
    seen.refusal = new AgentFault(AgentFault.Code.DIED_AT_START, "no memory");
    seen.meanwhile = () -> startAgain(whole, List.of(1L, 2L));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    seen.refusal = new SshFault(SshFault.Code.TIMEOUT, "no answer", null, "host-1");
    seen.meanwhile = () -> startAgain(whole, List.of(1L, 2L));
    reconciler.step(whole);
    assertThat(tasks.get(whole).retryAt()).isNull();
    assertThat(whys(whole, TaskTrigger.PASSED_OVER)).isEmpty();
  }

  private void startAgain(long whole, List<Long> chosen) {
    SystemActor.run(() -> tasks.stop(whole));
    assertThat(state(whole)).isEqualTo(TaskState.STOPPED);
    parts.chooseMachines(whole, chosen);
    SystemActor.run(() -> tasks.start(whole));
  }

  /** By a step that is due again. */
  private void again(long whole) {
    transitions.postpone(whole, Duration.ofSeconds(-1));
    reconciler.step(whole);
  }

  /** Queued, over two machines, of a cluster of three. */
  private long toBeSpread() {
    long whole = ofACluster(Desired.RUN);
    parts.chooseMachines(whole, List.of(1L, 2L));
    seen.facts =
        "{\"nodes\":["
            + Stream.of("0-5460", "5461-10922", "10923-16383")
                .map(slots -> "{\"slots\":5461,\"slotRanges\":\"" + slots + "\"}")
                .collect(Collectors.joining(","))
            + "]}";
    return whole;
  }
}
