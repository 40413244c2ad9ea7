package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.endpoint.EndpointUse;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** Where a task goes whose registered endpoint is changed after its precheck. */
@DatabaseTest
@Import({
  TaskService.class,
  TaskTransitions.class,
  TaskDrafts.class,
  TaskParts.class,
  DraftEnds.class,
  TaskEnds.class,
  EndpointsInUse.class,
  EndpointsUnmoved.class,
  TaskLogins.class
})
@ImportAutoConfiguration(JacksonAutoConfiguration.class)
@WithMockUser(username = "olga", roles = "OPERATOR")
class RegisteredEndsTest {
  @Autowired private TaskService tasks;
  @Autowired private TaskDrafts drafts;
  @Autowired private TaskTransitions transitions;
  @Autowired private TaskEnds ends;
  @Autowired private TaskLogins logins;
  @Autowired private EndpointsInUse uses;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;

  @BeforeEach
  void oneMachine() {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machine.name()).thenReturn("m1");
    when(machines.find(1)).thenReturn(Optional.of(machine));
    registered("10.0.0.1:6379", "mig", "first");
  }

  @Test
  void takesLoginAndPasswordTogetherAsTheyAreAtTheStart() {
    long id = ready();
    registered("10.0.0.1:6379", "other", "second");
    tasks.start(id);
    TaskSpec spec = ends.withLogins(tasks.spec(id));
    assertThat(ends.syncSpec(tasks.get(id), spec).source().user()).isEqualTo("other");
    assertThat(ends.secrets(spec).sourcePassword()).isEqualTo("second");
  }

  @Test
  void startsTowardsAnotherAddressOnlyAfterAnotherPrecheck() {
    long id = ready();
    registered("10.0.0.9:6379", "mig", "ninth");
    assertThat(refusal(() -> tasks.start(id))).isEqualTo("task.refused.endpointMoved");
    assertThat(tasks.get(id).state()).isEqualTo(TaskState.READY);

    tasks.precheck(id);
    TaskSpec spec = ends.refreshed(id);
    transitions.observe(id, TaskTrigger.PRECHECK_PASSED, "");
    assertThat(ends.syncSpec(tasks.get(id), spec).source().addresses())
        .containsExactly("10.0.0.9:6379");
    assertThat(ends.secrets(spec).sourcePassword()).isEqualTo("ninth");
    tasks.start(id);
    assertThat(tasks.get(id).state()).isEqualTo(TaskState.QUEUED);
  }

  @Test
  void goesOnOnlyToWhereItWas() {
    long id = ready();
    tasks.start(id);
    transitions.observe(id, TaskTrigger.PLACED, "");
    tasks.stop(id);
    transitions.observe(id, TaskTrigger.REPORT_STOPPED, "");
    registered("10.0.0.9:6379", "mig", "ninth");
    assertThat(refusal(() -> tasks.start(id))).isEqualTo("task.refused.endpointMovedSince");
    assertThat(refusal(() -> tasks.startAfresh(id))).isEqualTo("task.refused.endpointMovedSince");
    assertThat(refusal(() -> tasks.finish(id))).isEqualTo("task.refused.endpointMovedSince");
    registered("10.0.0.1:6379", "mig", "first");
    tasks.start(id);
    assertThat(tasks.get(id).state()).isEqualTo(TaskState.QUEUED);
  }

  /** By steps that each keep one address, but from where it began. */
  @Test
  void isLedAwayFromWhereItBegan() {
    Endpoint begun = registered(Topology.CLUSTER, "a:1\nb:2", "mig", "first");
    long id = ready();
    assertThat(uses.ledAwayBy(endpoint(Topology.CLUSTER, "c:3", "mig"))).isEmpty();
    tasks.start(id);
    assertThat(uses.ledAwayBy(begun)).isEmpty();
    assertThat(uses.ledAwayBy(endpoint(Topology.CLUSTER, "b:2\nc:3", "mig"))).isEmpty();
    registered(Topology.CLUSTER, "b:2\nc:3", "mig", "first");
    assertThat(uses.ledAwayBy(endpoint(Topology.CLUSTER, "c:3\nd:4", "mig")))
        .extracting(EndpointUse.User::path)
        .containsExactly("/tasks/" + id);
  }

  /** Each is held to where it led as the first is, and found by whoever asks who uses it. */
  @Test
  void moreSourcesAreEndpointsLikeTheFirst() {
    Endpoint shard = endpoint(6L, Topology.STANDALONE, "10.0.0.6:6379", "");
    when(endpoints.find(6)).thenReturn(Optional.of(shard));
    when(endpoints.secrets(6)).thenReturn(EndpointSecrets.of("sixth"));
    long id = ready(EndForm.registered("6"));
    TaskSpec spec = ends.withLogins(tasks.spec(id));
    SyncSpec sync = ends.syncSpec(tasks.get(id), spec);
    assertThat(sync.allSources())
        .flatExtracting(RedisEndpoint::addresses)
        .containsExactly("10.0.0.1:6379", "10.0.0.6:6379");
    assertThat(ends.secrets(spec).source(1).password()).isEqualTo("sixth");
    assertThat(ends.secrets(spec).source(0).password()).isEqualTo("first");
    assertThat(refusal(() -> drafts.what(id, new WhatForm("SYNC", "", "REPLACE", "STOP", null))))
        .isEqualTo("task.form.onExists.several");
    long copy = drafts.copy(id, "copy").id();
    assertThat(ends.moreSources(tasks.spec(copy)))
        .extracting(TaskEnd::endpointId)
        .containsExactly(6L);

    assertThat(uses.usersOf(6)).hasSize(2);
    assertThat(uses.usersOf(66)).isEmpty();
    tasks.precheck(id);
    transitions.observe(id, TaskTrigger.PRECHECK_PASSED, "");
    tasks.start(id);
    Endpoint moved = endpoint(6L, Topology.STANDALONE, "10.0.0.7:6379", "");
    assertThat(uses.ledAwayBy(shard)).isEmpty();
    assertThat(uses.ledAwayBy(moved)).hasSize(1);
    when(endpoints.find(6)).thenReturn(Optional.of(moved));
    assertThat(ends.movedEnd(tasks.spec(id))).contains("orders");
  }

  @Test
  void aRegisteredLoginIsChangedAtItsEndpoint() {
    long id = ready();
    assertThat(refusal(() -> logins.change(id, new LoginForm("source", "mig", "x", "", ""))))
        .isEqualTo("task.refused.loginRegistered");
  }

  private long ready(EndForm... moreSources) {
    long id =
        drafts
            .create(
                new EndsForm(
                    "1",
                    EndForm.registered("5"),
                    TypedEnds.server("10.0.0.2"),
                    List.of(moreSources)),
                "")
            .id();
    tasks.precheck(id);
    transitions.observe(id, TaskTrigger.PRECHECK_PASSED, "");
    return id;
  }

  private Endpoint registered(String address, String user, String password) {
    return registered(Topology.STANDALONE, address, user, password);
  }

  private Endpoint registered(Topology topology, String addresses, String user, String password) {
    Endpoint endpoint = endpoint(topology, addresses, user);
    when(endpoints.find(anyLong())).thenReturn(Optional.of(endpoint));
    when(endpoints.secrets(anyLong())).thenReturn(EndpointSecrets.of(password));
    return endpoint;
  }

  private static Endpoint endpoint(Topology topology, String addresses, String user) {
    return endpoint(5L, topology, addresses, user);
  }

  private static Endpoint endpoint(long id, Topology topology, String addresses, String user) {
    Instant then = Instant.EPOCH;
    return new Endpoint(
        id, "orders", "", "", "", topology, addresses, "", "", user, true, "", false, false, null,
        "", null, null, null, null, 0, then, then);
  }

  private static String refusal(Runnable call) {
    return catchThrowableOfType(Refusal.class, call::run).key();
  }
}
