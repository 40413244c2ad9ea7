package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.web.endpoint.EndpointProbe;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.KeptHandle;
import io.cachesync.web.testkit.PageTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** A password that waits for its form to come back goes only to where it was typed for. */
@PageTest({WizardController.class, ConnectController.class})
@Import({KeptHandle.Secrets.class, FilterTexts.class})
@WithMockUser(roles = "OPERATOR")
class KeptPasswordsTest {
  private static final String AGAIN = "Type it again";

  private final MockHttpSession session = new MockHttpSession();
  @Autowired private MockMvcTester mvc;
  @MockitoBean private TaskService tasks;
  @MockitoBean private TaskDrafts drafts;
  @MockitoBean private DraftEnds draftEnds;
  @MockitoBean private TaskEnds ends;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;
  @MockitoBean private EndpointProbe probe;
  private String kept;

  @BeforeEach
  void passwordsThatWait() {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machine.name()).thenReturn("m1");
    when(machine.usable()).thenReturn(true);
    when(machines.all()).thenReturn(List.of(machine));
    // What is looked at is what these tests ask for, not what answers.
    when(draftEnds.reached(any(), any(), any())).thenThrow(Refusal.conflict("task.incomplete"));
    Task draft = mock(Task.class);
    when(draft.id()).thenReturn(7L);
    when(drafts.create(any(), any())).thenReturn(draft);
    kept =
        KeptHandle.of(
            post("/tasks/new", "source.password", "geheim1", "target.address", ""), "geheim1");
  }

  @Test
  void goWhereTheyWereTypedFor() {
    post("/tasks/connect", "end", "source");
    assertThat(asked()).isEqualTo("geheim1");
    assertThat(post("/tasks/new")).hasStatus3xxRedirection();
    assertThat(created().source().password()).isEqualTo("geheim1");
  }

  @ParameterizedTest
  @CsvSource({
    "source.address, 10.6.6.6:6379",
    "source.user, somebody",
    "source.tls, true",
    "source.topology, CLUSTER",
    "source.ca, -----BEGIN CERTIFICATE-----"
  })
  void goNowhereElse(String field, String value) {
    assertThat(post("/tasks/connect", "end", "source", field, value)).bodyText().contains(AGAIN);
    verify(draftEnds, never()).reached(any(), any(), any());

    assertThat(post("/tasks/new", field, value))
        .hasStatusOk()
        .bodyText()
        .contains(AGAIN)
        .doesNotContain("geheim1");
    verify(drafts, never()).create(any(), any());
    // They are gone from then on, so the former address does not bring them back either.
    assertThat(post("/tasks/new")).hasStatus3xxRedirection();
    assertThat(created().source().password()).isEmpty();
  }

  @Test
  void areNotAskedForAgainAtTheOtherEnd() {
    post("/tasks/connect", "end", "target", "source.address", "10.6.6.6:6379");
    assertThat(asked()).isEmpty();
  }

  @Test
  void canBeTakenBack() {
    post("/tasks/connect", "end", "source", "source.noPassword", "true");
    assertThat(asked()).isEmpty();
    assertThat(post("/tasks/new", "source.noPassword", "true")).hasStatus3xxRedirection();
    assertThat(created().source().password()).isEmpty();
  }

  @Test
  void areForgottenWhereARegisteredEndpointIsChosen() {
    assertThat(post("/tasks/new", "source.endpoint", "5")).hasStatus3xxRedirection();
    assertThat(created().source().password()).isEmpty();
  }

  private String asked() {
    ArgumentCaptor<EndForm> asked = ArgumentCaptor.forClass(EndForm.class);
    verify(draftEnds).reached(any(), asked.capture(), any());
    return asked.getValue().password();
  }

  private EndsForm created() {
    ArgumentCaptor<EndsForm> created = ArgumentCaptor.forClass(EndsForm.class);
    verify(drafts).create(created.capture(), any());
    return created.getValue();
  }

  private MvcTestResult post(String path, String... changed) {
    var request = mvc.post().uri(path).with(csrf()).session(session);
    Map<String, String> fields = new TreeMap<>();
    fields.put("machineId", "1");
    fields.put("source.address", "10.0.0.1:6379");
    fields.put("target.address", "10.0.0.2:6379");
    fields.put("kept", kept == null ? "" : kept);
    for (int i = 0; i < changed.length; i += 2) {
      fields.put(changed[i], changed[i + 1]);
    }
    fields.forEach(request::param);
    return request.exchange();
  }
}
