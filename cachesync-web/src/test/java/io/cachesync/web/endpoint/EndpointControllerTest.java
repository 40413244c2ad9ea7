package io.cachesync.web.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Topology;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.KeptHandle;
import io.cachesync.web.testkit.PageTest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

@PageTest({EndpointController.class, EndpointApiController.class})
@Import(KeptHandle.Secrets.class)
@WithMockUser(roles = "OPERATOR")
class EndpointControllerTest {
  private static final String SCRIPT = "<script>alert(1)</script>";

  @Autowired private MockMvcTester mvc;
  @MockitoBean private EndpointService endpoints;
  @MockitoBean private EndpointProbe probe;
  @MockitoBean private MachineService machines;

  @BeforeEach
  void oneEndpoint() {
    Endpoint endpoint = endpoint(SCRIPT);
    when(endpoints.get(7)).thenReturn(endpoint);
    when(endpoints.password(7)).thenReturn("s3cret");
    when(endpoints.search(any(), any()))
        .thenReturn(new Page<>(List.of(endpoint), 1, PageRequest.first()));
  }

  @Test
  void escapesWhatPeopleTyped() {
    for (String path : List.of("/endpoints", "/endpoints/7", "/endpoints/7/edit")) {
      assertThat(mvc.get().uri(path))
          .hasStatusOk()
          .bodyText()
          .contains("&lt;script&gt;alert(1)")
          .doesNotContain(SCRIPT, "s3cret");
    }
  }

  @Test
  void saysWhatToDoFirstWhereThereIsNone() {
    when(endpoints.search(any(), any())).thenReturn(new Page<>(List.of(), 0, PageRequest.first()));

    assertThat(mvc.get().uri("/endpoints")).bodyText().contains("No endpoint yet");
    assertThat(mvc.get().uri("/endpoints").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("还没有端点");
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void showsViewersNoButtonsThatChange() {
    assertThat(mvc.get().uri("/endpoints")).bodyText().doesNotContain("/endpoints/new");
    assertThat(mvc.get().uri("/endpoints/7")).bodyText().doesNotContain("/delete", "/connect");
  }

  @Test
  void putsErrorsAtTheirFieldsAndKeepsWhatWasTyped() {
    assertThat(
            mvc.post()
                .uri("/endpoints/new")
                .with(csrf())
                .param("name", "")
                .param("addresses", "somewhere:1")
                .param("password", "s3cret")
                .param("caPem", "no certificate"))
        .hasStatusOk()
        .bodyText()
        .contains("Please fill this in.", "no certificate in PEM form", "somewhere:1")
        .doesNotContain("s3cret");
    verify(endpoints, never()).add(any());

    when(endpoints.add(any())).thenThrow(Refusal.invalid("addresses", "endpoint.invalid.address"));
    assertThat(
            mvc.post()
                .uri("/endpoints/new")
                .with(csrf())
                .param("name", "n")
                .param("addresses", "some where"))
        .hasStatusOk()
        .bodyText()
        .contains("This is no address.", "some where");
  }

  /**
   * Kept on the server under a handle: the page never holds it, and a used handle opens nothing.
   */
  @Test
  void keepsATypedPasswordThroughAnErrorElsewhere() {
    MockHttpSession session = new MockHttpSession();
    when(endpoints.add(any())).thenReturn(endpoint("n"));
    String first =
        KeptHandle.of(
            post(session, "name", "", "addresses", "a:1", "password", "s3cret"), "s3cret");
    String second =
        KeptHandle.of(post(session, "name", "", "addresses", "a:1", "kept", first), "s3cret");
    assertThat(second).isNotEqualTo(first);

    post(session, "name", "n", "addresses", "a:1", "kept", second);
    post(session, "name", "n", "addresses", "a:1", "kept", second);
    post(session, "name", "n", "addresses", "a:1", "kept", first);

    ArgumentCaptor<EndpointForm> added = ArgumentCaptor.forClass(EndpointForm.class);
    verify(endpoints, times(3)).add(added.capture());
    assertThat(added.getAllValues())
        .extracting(EndpointForm::password)
        .containsExactly("s3cret", "", "");
  }

  @ParameterizedTest
  @CsvSource({
    "loginUser, mallory",
    "tls, true",
    "serverName, redis.example",
    "caPem, -----BEGIN CERTIFICATE-----"
  })
  void sendsAKeptPasswordNowhereElse(String field, String value) {
    MockHttpSession session = new MockHttpSession();
    when(endpoints.add(any())).thenReturn(endpoint("n"));
    String handle =
        KeptHandle.of(
            post(session, "name", "", "addresses", "a:1", "password", "s3cret"), "s3cret");
    assertThat(post(session, "name", "n", "addresses", "b:1", "kept", handle))
        .bodyText()
        .contains("Type it again");

    handle =
        KeptHandle.of(
            post(session, "name", "", "addresses", "a:1", "password", "s3cret"), "s3cret");
    assertThat(post(session, "name", "n", "addresses", "a:1", "kept", handle, field, value))
        .bodyText()
        .contains("Type it again")
        .doesNotContain("s3cret");
    verify(endpoints, never()).add(any());
  }

  @Test
  void takesAKeptPasswordBack() {
    MockHttpSession session = new MockHttpSession();
    when(endpoints.add(any())).thenReturn(endpoint("n"));
    String handle =
        KeptHandle.of(
            post(session, "name", "", "addresses", "a:1", "password", "s3cret"), "s3cret");
    post(session, "name", "n", "addresses", "a:1", "kept", handle, "noPassword", "true");
    verify(endpoints).add(argThat(form -> form.password().isEmpty()));
  }

  private MvcTestResult post(MockHttpSession session, String... fields) {
    var request = mvc.post().uri("/endpoints/new").with(csrf()).session(session);
    for (int i = 0; i < fields.length; i += 2) {
      request.param(fields[i], fields[i + 1]);
    }
    return request.exchange();
  }

  @Test
  void refusesChangesWithoutTheToken() {
    assertThat(mvc.post().uri("/endpoints/7/delete")).hasStatus(403);
    verify(endpoints, never()).delete(anyLong());
  }

  @Test
  void connectsAndShowsFactsOrTheFault() {
    when(probe.look(eq(3L), any(), eq("s3cret"))).thenReturn(facts(null));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .hasStatusOk()
        .bodyText()
        .contains("Redis 7.0.15", "0: 1,000", "runid");

    when(probe.look(eq(3L), any(), eq("s3cret")))
        .thenReturn(
            facts(Fault.fatal(FaultCode.AUTH_FAILED, "10.0.0.1:6379 refused the password")));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .bodyText()
        .contains("10.0.0.1:6379 refused the password");

    when(probe.look(eq(3L), any(), eq("s3cret")))
        .thenThrow(Refusal.conflict("endpoint.refused.noAnswer"));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .bodyText()
        .contains("The agent on this machine gave no answer.");
  }

  @Test
  void answersProgramsInJson() {
    assertThat(mvc.get().uri("/api/v1/endpoints"))
        .hasStatusOk()
        .bodyText()
        .contains("\"total\":1")
        .doesNotContain("s3cret");
    assertThat(
            mvc.post()
                .uri("/api/v1/endpoints")
                .with(csrf())
                .contentType("application/json")
                .content("{\"name\":\"\",\"addresses\":\"a:1\"}"))
        .hasStatus(400)
        .bodyText()
        .contains("name");
  }

  private static Endpoint endpoint(String name) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    return new Endpoint(
        7L,
        name,
        "Team",
        ",prod,",
        "",
        Topology.STANDALONE,
        "10.0.0.1:6379",
        "",
        true,
        false,
        null,
        "",
        0,
        now,
        now);
  }

  private static EndpointFacts facts(Fault fault) {
    return new EndpointFacts(
        fault,
        "10.0.0.1:6379",
        "redis",
        "7.0.15",
        "standalone",
        "master",
        "runid",
        "replid",
        1,
        0,
        Map.of(0, 1000L),
        2_000_000,
        0,
        "noeviction",
        1 << 20,
        List.of(),
        5,
        0,
        2,
        List.of());
  }
}
