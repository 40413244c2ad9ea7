package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
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

  @ParameterizedTest
  @CsvSource({
    "address, 10.6.6.6:6379",
    "user, somebody",
    "tls, true",
    "topology, CLUSTER",
    "ca, -----BEGIN CERTIFICATE-----"
  })
  void ofAFurtherSourceGoNowhereElse(String field, String value) {
    String end = "moreSources[0].";
    String at = end + "address";
    String changed = end + field;
    kept =
        KeptHandle.of(
            post("/tasks/new", "go", "add", at, "10.0.0.3:6379", end + "password", "geheim3"),
            "geheim3");
    post("/tasks/connect", "end", "moreSources[0]", at, "10.0.0.3:6379");
    assertThat(asked()).isEqualTo("geheim3");
    assertThat(post("/tasks/connect", "end", "moreSources[0]", at, "10.0.0.3:6379", changed, value))
        .bodyText()
        .contains(AGAIN);
    // Nor where another source is added at the same time.
    assertThat(post("/tasks/new", "go", "add", at, "10.0.0.3:6379", changed, value))
        .hasStatusOk()
        .bodyText()
        .contains(AGAIN, "moreSources[1].address")
        .doesNotContain("geheim3");
    // Nor to the first source or the target.
    for (String other : List.of("source", "target")) {
      post("/tasks/connect", "end", other, other + ".address", "10.0.0.3:6379");
    }
    ArgumentCaptor<EndForm> asked = ArgumentCaptor.forClass(EndForm.class);
    verify(draftEnds, times(3)).reached(any(), asked.capture(), any());
    assertThat(asked.getAllValues())
        .extracting(EndForm::password)
        .containsExactly("geheim3", "", "");
    verify(drafts, never()).create(any(), any());
  }

  /** Taken away by the form, it is not given to the one that has its number then. */
  @Test
  void ofASourceThatWasRemovedGoToNobody() {
    String first = "moreSources[0].";
    String second = "moreSources[1].address";
    kept =
        KeptHandle.of(
            post(
                "/tasks/new",
                "go",
                "add",
                first + "address",
                "10.0.0.3:6379",
                first + "password",
                "geheim3",
                second,
                "10.0.0.4:6379"),
            "geheim3");
    post(
        "/tasks/new",
        "go",
        "remove-0",
        first + "address",
        "10.0.0.3:6379",
        second,
        "10.0.0.4:6379");
    assertThat(post("/tasks/new", first + "address", "10.0.0.4:6379")).hasStatus3xxRedirection();
    assertThat(created().moreSources().get(0).password()).isEmpty();
  }

  @Test
  void areAskedForAtNoEndThatIsNone() {
    for (String end : List.of("moreSources[0]", "moreSources[-1]", "toString", "")) {
      assertThat(post("/tasks/connect", "end", end)).as(end).hasStatus(400);
    }
    verify(draftEnds, never()).reached(any(), any(), any());
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
