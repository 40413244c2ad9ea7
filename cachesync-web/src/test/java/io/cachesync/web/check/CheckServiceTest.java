package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.StoredEnd;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnd;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.testkit.DatabaseTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** Checks on the real schema: what may be asked for, and what becomes of it. */
@DatabaseTest
@Import({
  CheckService.class,
  CheckEnds.class,
  CheckLogs.class,
  CheckStore.class,
  FullCheckProgram.class,
  ToolPackages.class
})
@TestPropertySource(properties = "cachesync.redis-full-check=/opt/redis-full-check")
@ImportAutoConfiguration({JacksonAutoConfiguration.class, JdbcTemplateAutoConfiguration.class})
@WithMockUser(username = "olga", roles = "OPERATOR")
class CheckServiceTest {
  @Autowired private CheckService checks;
  @Autowired private CheckEnds checkEnds;
  @Autowired private CheckStore store;
  @Autowired private JdbcTemplate jdbc;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;
  @MockitoBean private TaskService tasks;
  @MockitoBean private TaskEnds ends;

  @BeforeEach
  void machineAndEndpoints() {
    machine(3, MachineState.READY);
    endpoint(11, "cache-a", "10.0.0.1:6379");
    endpoint(12, "cache-b", "10.0.0.2:6379");
    endpoint(13, "cache-a again", "10.0.0.1:6379");
  }

  @Test
  void keepsWhatIsAskedForAndAsksForItAgain() {
    Check check = checks.start(ask(11L, 12L, 3L));
    assertThat(check.name()).isEqualTo("cache-a → cache-b");
    assertThat(check.createdBy()).isEqualTo("olga");
    assertThat(checks.spec(check).mode()).isEqualTo(CheckMode.SMART);
    Check again = checks.repeat(check.id());
    assertThat(again.id()).isGreaterThan(check.id());
    assertThat(again.endsHash()).isEqualTo(check.endsHash());
    assertThat(again.specJson()).isEqualTo(check.specJson());
    assertThat(checks.start(ask(12L, 11L, 3L)).endsHash()).isNotEqualTo(check.endsHash());
  }

  @Test
  void refusesEndsAndMachinesThatCannotBe() {
    assertThat(refusedAt(ask(11L, 11L, 3L))).isEqualTo("targetEndpointId check.invalid.same");
    assertThat(refusedAt(ask(11L, 13L, 3L))).isEqualTo("targetEndpointId check.invalid.same");
    assertThat(refusedAt(ask(null, 12L, 3L))).isEqualTo("sourceEndpointId check.invalid.choose");
    assertThat(refusedAt(ask(11L, 99L, 3L))).isEqualTo("targetEndpointId check.invalid.choose");
    assertThat(refusedAt(ask(11L, 12L, 99L))).isEqualTo("machineId check.invalid.choose");
    machine(3, MachineState.DISABLED);
    assertThat(refusedAt(ask(11L, 12L, 3L))).isEqualTo("machineId check.invalid.machine");
  }

  @Test
  void leavesACheckToTheProgramThatTheSettingsName() {
    Check check = checks.start(by(FullCheckProgram.WANTED, 0, LimitSpec.none()));
    assertThat(check.specJson()).doesNotContain("/opt");
    assertThat(checks.spec(check).bothDirections()).isFalse();
    CheckSpec told = checkEnds.spec(check);
    assertThat(told.program()).isEqualTo("/opt/redis-full-check");
    assertThat(checkEnds.spec(checks.repeat(check.id())).program()).isEqualTo(told.program());
    // Nobody but the settings names a program.
    Check other = checks.start(by("/bin/rm", 0, LimitSpec.none()));
    assertThat(checkEnds.spec(other).program()).isEqualTo("/opt/redis-full-check");
    assertThat(refusedAt(by(FullCheckProgram.WANTED, 5, LimitSpec.none())))
        .isEqualTo("fullCheck check.fullCheck.refused.SAMPLE");
    assertThat(refusedAt(by(FullCheckProgram.WANTED, 0, new LimitSpec(1, 0))))
        .isEqualTo("fullCheck check.fullCheck.refused.BYTES");
    assertThat(checkEnds.spec(checks.start(ask(11L, 12L, 3L))).program()).isNull();
  }

  private static CheckAsk by(String program, double samplePercent, LimitSpec limits) {
    CheckSpec spec =
        CheckSpec.between(null, null)
            .mode(CheckMode.FULL)
            .rounds(2)
            .pauseMillis(100)
            .samplePercent(samplePercent)
            .bothDirections(true)
            .program(program)
            .build();
    return new CheckAsk(null, 0, 11L, 12L, 3L, spec, limits);
  }

  @Test
  void refusesEndsThatWereLedElsewhereSinceItWasAskedFor() {
    Check check = checks.start(by(FullCheckProgram.WANTED, 0, LimitSpec.none()));
    assertThat(checkEnds.byAgent(check).program()).isNull();
    assertThat(checkEnds.byAgent(check).target().addresses()).containsExactly("10.0.0.2:6379");
    endpoint(12, "cache-b", "10.0.0.9:6379");
    assertThat(catchThrowableOfType(Refusal.class, () -> checkEnds.spec(check)).key())
        .isEqualTo("check.refused.moved");
    assertThat(catchThrowableOfType(Refusal.class, () -> checkEnds.byAgent(check)).key())
        .isEqualTo("check.refused.moved");
    Check again = checks.repeat(check.id());
    assertThat(checkEnds.spec(again).target().addresses()).containsExactly("10.0.0.9:6379");
  }

  @Test
  void looksInOneDirectionWhereATaskHasSeveralSources() {
    task(5, 2);
    Check check = checks.start(ofTask(5, 1));
    assertThat(check.sourceLabel()).isEqualTo("source 1");
    assertThat(check.taskName()).isEqualTo("orders");
    assertThat(checks.spec(check).bothDirections()).isFalse();
    assertThat(refusedAt(ofTask(5, 2))).isEqualTo("sourceNumber check.invalid.choose");
  }

  @Test
  void comparesTheTargetWithAllSourcesOfATaskTogether() {
    task(5, 2);
    Check check = checks.start(ofTask(5, Check.ALL_SOURCES));
    assertThat(check.sourceLabel()).isEqualTo("source 0 + source 1");
    assertThat(checks.spec(check).bothDirections()).isTrue();
    assertThat(check.endsHash()).isNotEqualTo(checks.start(ofTask(5, 0)).endsHash());
    CheckSpec told = checkEnds.spec(check);
    assertThat(told.allSources())
        .extracting(source -> source.addresses().get(0))
        .containsExactly("10.0.0.1:6379", "10.0.0.3:6379");
    assertThat(checkEnds.secrets(check).source(1).password()).isEqualTo("of the second");
    assertThat(checkEnds.spec(checks.repeat(check.id())).allSources()).hasSize(2);
    CheckAsk asked = ofTask(5, Check.ALL_SOURCES);
    CheckSpec program = by(FullCheckProgram.WANTED, 0, LimitSpec.none()).spec();
    assertThat(refusedAt(new CheckAsk(5L, -1, null, null, 3L, program, asked.limits())))
        .isEqualTo("fullCheck check.fullCheck.refused.SOURCES");
    task(6, 1);
    assertThat(refusedAt(ofTask(6, Check.ALL_SOURCES)))
        .isEqualTo("sourceNumber check.invalid.choose");
  }

  @Test
  void stopsLimitsAndDeletesAsTheStateAllows() {
    long id = checks.start(ask(11L, 12L, 3L)).id();
    assertThat(checks.limit(id, new LimitSpec(7, 8)).limits()).isEqualTo(new LimitSpec(7, 8));
    assertThatThrownBy(() -> checks.delete(id)).isInstanceOf(Refusal.class);
    assertThat(checks.stop(id).state()).isEqualTo(CheckState.STOPPING);
    assertThatThrownBy(() -> checks.stop(id)).isInstanceOf(Refusal.class);
    store.end(checks.get(id), CheckState.STOPPED, null);
    CheckStore.Listing listing = store.list(checks.get(id));
    listing.add(CheckCase.difference("user:7", DifferenceKind.TTL, ""));
    listing.close();
    DifferenceFilter all = new DifferenceFilter(null, null, null, null);
    assertThat(checks.keys(id, all, new PageRequest(null, null, null)).total()).isOne();
    checks.delete(id);
    assertThat(store.find(id)).isEmpty();
    assertThat(checks.keys(id, all, new PageRequest(null, null, null)).total()).isZero();
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void letsViewersReadAndNothingElse() {
    assertThatThrownBy(() -> checks.start(ask(11L, 12L, 3L)))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> checks.listedAfter(1, 0)).isInstanceOf(AccessDeniedException.class);
    CheckFilter all = new CheckFilter(null, null, null, null);
    assertThat(checks.search(all, new PageRequest(null, null, null)).items()).isEmpty();
  }

  private String refusedAt(CheckAsk ask) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> checks.start(ask));
    return refusal.field() + " " + refusal.key();
  }

  private static CheckAsk ask(Long source, Long target, Long machine) {
    return new CheckAsk(null, 0, source, target, machine, spec(), LimitSpec.none());
  }

  private static CheckAsk ofTask(long task, int source) {
    return new CheckAsk(task, source, null, null, 3L, spec(), LimitSpec.none());
  }

  private static CheckSpec spec() {
    return CheckSpec.between(null, null)
        .mode(CheckMode.SMART)
        .rounds(2)
        .pauseMillis(100)
        .bothDirections(true)
        .build();
  }

  private void machine(long id, MachineState state) {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(id);
    when(machine.name()).thenReturn("m" + id);
    when(machine.state()).thenReturn(state);
    when(machines.find(id)).thenReturn(Optional.of(machine));
  }

  private void endpoint(long id, String name, String address) {
    Endpoint endpoint = CheckCase.endpoint(id, name, address);
    when(endpoints.find(id)).thenReturn(Optional.of(endpoint));
    when(endpoints.get(id)).thenReturn(endpoint);
  }

  private void task(long id, int sources) {
    jdbc.update(
        """
        insert into task (id, uid, name, tags, notes, owner, wizard_step, state, desired,
          state_since, overdue, version, restarts, created_at)
        values (?, ?, 'orders', '', '', 'olga', 4, 'DONE', 'RUN', now(), false, 0, 0, now())
        """,
        id,
        "u" + id);
    Task task = mock(Task.class);
    when(task.id()).thenReturn(id);
    when(task.name()).thenReturn("orders");
    when(tasks.get(id)).thenReturn(task);
    TaskSpec spec = mock(TaskSpec.class);
    StoredEnd stored = new StoredEnd(null, "", "{}", null, null);
    when(spec.source()).thenReturn(stored);
    when(spec.target()).thenReturn(stored);
    when(tasks.spec(id)).thenReturn(spec);
    when(ends.withLogins(any())).thenReturn(spec);
    when(ends.source(any())).thenReturn(end("source 0", "10.0.0.1:6379"));
    when(ends.moreSources(any()))
        .thenReturn(sources > 1 ? List.of(end("source 1", "10.0.0.3:6379")) : List.of());
    when(ends.target(any())).thenReturn(end("target", "10.0.0.2:6379"));
    SyncSpec sync = mock(SyncSpec.class);
    when(sync.allSources())
        .thenReturn(
            Stream.of("10.0.0.1:6379", "10.0.0.3:6379")
                .limit(sources)
                .map(address -> end("", address).endpoint())
                .toList());
    when(sync.target()).thenReturn(end("", "10.0.0.2:6379").endpoint());
    when(sync.filter()).thenReturn(FilterSpec.everything());
    when(ends.syncSpec(any(), any())).thenReturn(sync);
    when(ends.secrets(any()))
        .thenReturn(
            JobSecrets.of(
                List.of(EndpointSecrets.of(""), EndpointSecrets.of("of the second")),
                EndpointSecrets.of("")));
  }

  private static TaskEnd end(String label, String address) {
    RedisEndpoint endpoint = new RedisEndpoint(Topology.STANDALONE, List.of(address), "", null);
    return new TaskEnd(label, null, endpoint, false, false);
  }
}
