package io.cachesync.web.task;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.testkit.PageTest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** The pages of tasks with one task behind them. */
@PageTest({TaskController.class, WizardController.class, TaskApiController.class})
@Import({
  TaskViews.class,
  TaskHeader.class,
  TaskConfigs.class,
  DraftEnds.class,
  FilterTexts.class,
  TaskEnds.class,
  TaskAnswers.class,
  TaskRequests.class,
  KeptSecrets.class,
  TaskPageCase.Secrets.class
})
abstract class TaskPageCase {
  static final String SCRIPT = "<script>alert(1)</script>";
  static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");
  static final SecretBox BOX = new SecretBox(new byte[SecretBox.KEY_BYTES]);

  @Autowired MockMvcTester mvc;
  @MockitoBean TaskService tasks;
  @MockitoBean TaskLists lists;
  @MockitoBean TaskDrafts drafts;
  @MockitoBean TaskLogins logins;
  @MockitoBean MachineService machines;
  @MockitoBean EndpointService endpoints;

  @TestConfiguration(proxyBeanMethods = false)
  static class Secrets {
    @Bean
    SecretBox secretBox() {
      return BOX;
    }
  }

  @BeforeEach
  void oneTask() {
    given(TaskState.DRAFT);
  }

  final void given(TaskState state) {
    given(state, 0);
  }

  final void given(TaskState state, int moreSources) {
    Task task =
        new Task(
            7,
            "0123456789ab",
            SCRIPT,
            ",night,",
            SCRIPT,
            "admin",
            4,
            state,
            Desired.RUN,
            THEN,
            false,
            3,
            0,
            null,
            state == TaskState.FAILED ? FaultCode.AUTH_FAILED : null,
            null,
            THEN,
            null,
            null);
    TaskRow row =
        new TaskRow(
            7,
            SCRIPT,
            ",night,",
            "admin",
            state,
            Desired.RUN,
            THEN,
            false,
            task.faultCode(),
            THEN,
            null,
            null,
            "10.0.0.1:6379",
            "10.0.0.2:6379",
            "m1",
            SyncMode.SYNC,
            Phase.INCREMENTAL,
            100,
            5120L,
            80L,
            0L,
            0L,
            true,
            -1L,
            12L,
            Instant.now(),
            false,
            moreSources);
    when(tasks.get(7)).thenReturn(task);
    when(tasks.find(7)).thenReturn(Optional.of(task));
    when(tasks.spec(7)).thenReturn(spec());
    when(lists.rows(any())).thenReturn(List.of(row));
    when(lists.search(any(), any())).thenReturn(new Page<>(List.of(row), 1, PageRequest.first()));
    when(tasks.events(7))
        .thenReturn(
            List.of(
                new TaskEvent(
                    1,
                    7,
                    THEN,
                    TaskTrigger.PRECHECK,
                    TaskState.DRAFT,
                    TaskState.PRECHECKING,
                    "admin",
                    SCRIPT)));
    when(machines.leastLoaded()).thenReturn(Optional.empty());
  }

  static TaskSpec spec() {
    return TaskSpec.empty(7)
        .with(typed("10.0.0.1:6379"), typed("10.0.0.2:6379"))
        .withMachine(1L, "m1");
  }

  static StoredEnd typed(String address) {
    String json = "{\"topology\":\"STANDALONE\",\"addresses\":[\"%s\"],\"user\":\"\"}";
    return new StoredEnd(null, address, json.formatted(address), BOX.seal("geheim"), null);
  }

  /** One that is ready, to be chosen in the wizard. */
  final void oneMachine() {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machine.name()).thenReturn("m1");
    when(machine.usable()).thenReturn(true);
    when(machines.all()).thenReturn(List.of(machine));
  }
}
