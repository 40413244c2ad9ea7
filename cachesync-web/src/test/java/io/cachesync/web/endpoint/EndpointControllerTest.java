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
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.Topology;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.KeptHandle;
import io.cachesync.web.testkit.PageTest;
import java.nio.charset.StandardCharsets;
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
    when(endpoints.secrets(7)).thenReturn(EndpointSecrets.of("s3cret"));
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

    when(endpoints.add(any()))
        .thenThrow(Refusal.invalid("addresses", "endpoint.invalid.address", 0, "some where"));
    assertThat(
            mvc.post()
                .uri("/endpoints/new")
                .with(csrf())
                .param("name", "n")
                .param("addresses", "some where"))
        .hasStatusOk()
        .bodyText()
        .contains("“some where” is no address.");
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
    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret")))).thenReturn(facts(null));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .hasStatusOk()
        .bodyText()
        .contains("Redis 7.0.15", "0: 1,000", "runid");

    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenReturn(
            facts(Fault.fatal(FaultCode.AUTH_FAILED, "10.0.0.1:6379 refused the password")));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .bodyText()
        .contains("10.0.0.1:6379 refused the password");

    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenThrow(Refusal.conflict("endpoint.refused.noAnswer"));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .bodyText()
        .contains("The agent on this machine gave no answer.");
  }

  @Test
  void showsTheNodesOfACluster() {
    when(endpoints.get(7)).thenReturn(cluster("10.0.0.1:7000", ""));
    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenReturn(
            facts(
                "cluster",
                List.of(
                    node("10.0.0.1:7000", "m1", "master", "", 5461, null),
                    node("203.0.113.5:7001", "m2", "master", "", 10_923, null),
                    node("10.0.0.3:7002", "r1", "slave", "m2", 0, null),
                    node(
                        "10.0.0.4:7003",
                        "r2",
                        "",
                        "m1",
                        -1,
                        Fault.fatal(FaultCode.CONNECTION_REFUSED, SCRIPT)))));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "Masters: 2, replicas: 1",
            "10,923",
            "announces 10.0.0.9:7001",
            "of 203.0.113.5:7001",
            "Connection refused",
            "One node could not be asked",
            "2 open")
        .contains("Hash slots are just being moved")
        .doesNotContain(SCRIPT, "/topology");
  }

  @Test
  void offersToTakeItForWhatItAnsweredAs() {
    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenReturn(facts("cluster", List.of()));
    assertThat(mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3"))
        .bodyText()
        .contains("answers as a node of a cluster", "/endpoints/7/topology", "Make it a cluster");

    when(endpoints.get(7)).thenReturn(cluster("10.0.0.1:7000", ""));
    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenReturn(facts(Fault.fatal(FaultCode.NOT_A_CLUSTER, "is no node of a cluster")));
    assertThat(
            mvc.post()
                .uri("/endpoints/7/connect")
                .with(csrf())
                .locale(Locale.SIMPLIFIED_CHINESE)
                .param("machineId", "3"))
        .bodyText()
        .contains("单机服务器", "改为单机")
        .containsPattern("name=\"topology\"[^>]*value=\"STANDALONE\"");

    when(endpoints.changeTopology(7, Topology.STANDALONE, "", 0)).thenReturn(endpoint("n"));
    assertThat(takeFor("STANDALONE")).hasRedirectedUrl("/endpoints/7");
    verify(endpoints).changeTopology(7, Topology.STANDALONE, "", 0);
    assertThat(takeFor("<b>")).hasStatus(400);
  }

  @Test
  void offersEachMasterOfWhatTurnsOutToBeASentinel() {
    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenReturn(sentinel(null, "orders", SCRIPT));
    assertThat(connect())
        .contains("answers as a sentinel", "Make it the master orders of these sentinels")
        .containsPattern("name=\"masterName\" value=\"orders\"")
        .doesNotContain(SCRIPT);
    when(endpoints.changeTopology(7, Topology.SENTINEL, "orders", 0)).thenReturn(endpoint("n"));
    mvc.post()
        .uri("/endpoints/7/topology")
        .with(csrf())
        .param("topology", "SENTINEL")
        .param("masterName", "orders")
        .param("version", "0")
        .exchange();
    verify(endpoints).changeTopology(7, Topology.SENTINEL, "orders", 0);

    // Its stored password was given for one master: it is typed again for another.
    when(endpoints.get(7)).thenReturn(several(Topology.SENTINEL, "10.0.0.1:26379", "", "none"));
    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenReturn(sentinel(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no master none"), "orders"));
    assertThat(connect())
        .contains("watches no master of this name", "It watches: orders.")
        .contains("/endpoints/7/edit?topology=SENTINEL&amp;masterName=orders")
        .doesNotContain("action=\"/endpoints/7/topology");
    assertThat(mvc.get().uri("/endpoints/7/edit?topology=SENTINEL&masterName=orders"))
        .bodyText()
        .containsPattern("name=\"masterName\"[^>]*value=\"orders\"");
  }

  @Test
  void offersToTakeForOneServerOnlyWhatHasOneAddressAndNoMap() {
    when(probe.look(eq(3L), any(), eq(EndpointSecrets.of("s3cret"))))
        .thenReturn(facts(Fault.fatal(FaultCode.NOT_A_CLUSTER, "is no node of a cluster")));
    for (Endpoint given : List.of(cluster("a:1\nb:2", ""), cluster("a:1", "a:1=b:2"))) {
      when(endpoints.get(7)).thenReturn(given);
      assertThat(connect())
          .contains("answers as a standalone server", "leave the one address")
          .doesNotContain("/topology", "Make it");
    }
  }

  private String connect() {
    MvcTestResult answer =
        mvc.post().uri("/endpoints/7/connect").with(csrf()).param("machineId", "3").exchange();
    return new String(answer.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8);
  }

  private static EndpointFacts sentinel(Fault fault, String... masters) {
    return new EndpointFacts(
        fault,
        "10.0.0.1:26379",
        "redis",
        "7.0.15",
        "sentinel",
        "",
        "",
        "",
        -1,
        -1,
        Map.of(),
        -1,
        -1,
        "",
        -1,
        List.of(),
        -1,
        -1,
        -1,
        List.of(),
        List.of(masters));
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void viewersTakeItForNothingElse() {
    when(endpoints.changeTopology(anyLong(), any(), any(), anyLong())).thenReturn(endpoint("n"));
    assertThat(takeFor("CLUSTER")).hasStatus(403);
    verify(endpoints, never()).changeTopology(anyLong(), any(), any(), anyLong());
  }

  private MvcTestResult takeFor(String topology) {
    return mvc.post()
        .uri("/endpoints/7/topology")
        .with(csrf())
        .param("topology", topology)
        .param("version", "0")
        .exchange();
  }

  @Test
  void escapesAddressesAndMap() {
    Endpoint nasty = cluster(SCRIPT + ":1\nb:2", SCRIPT + "=" + SCRIPT);
    when(endpoints.get(7)).thenReturn(nasty);
    when(endpoints.search(any(), any()))
        .thenReturn(new Page<>(List.of(nasty), 1, PageRequest.first()));
    for (String path : List.of("/endpoints", "/endpoints/7", "/endpoints/7/edit")) {
      assertThat(mvc.get().uri(path))
          .as(path)
          .hasStatusOk()
          .bodyText()
          .contains("&lt;script&gt;alert(1)")
          .doesNotContain(SCRIPT);
    }
  }

  @Test
  void keepsAPasswordForTheTopologyAndTheMapItWasTypedFor() {
    MockHttpSession session = new MockHttpSession();
    when(endpoints.add(any())).thenReturn(endpoint("n"));
    for (String[] change :
        List.of(new String[] {"topology", "CLUSTER"}, new String[] {"addressMap", "a:1=b:1"})) {
      String handle =
          KeptHandle.of(
              post(session, "name", "", "addresses", "a:1", "password", "s3cret"), "s3cret");
      assertThat(
              post(session, "name", "n", "addresses", "a:1", "kept", handle, change[0], change[1]))
          .bodyText()
          .contains("Type it again");
    }
    verify(endpoints, never()).add(any());
  }

  @Test
  void saysWhichTopologiesThereAre() {
    when(endpoints.add(any())).thenThrow(Refusal.invalid("topology", "endpoint.invalid.topology"));
    assertThat(post(new MockHttpSession(), "name", "n", "addresses", "a:1", "topology", "PROXY"))
        .hasStatusOk()
        .bodyText()
        .contains("Choose Standalone, Cluster or Sentinels.");
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
        "",
        "",
        true,
        "",
        false,
        false,
        null,
        "",
        null,
        null,
        null,
        null,
        0,
        now,
        now);
  }

  private static Endpoint cluster(String addresses, String map) {
    return several(Topology.CLUSTER, addresses, map, "");
  }

  private static Endpoint several(
      Topology topology, String addresses, String map, String masterName) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    return new Endpoint(
        7L,
        "orders",
        "",
        "",
        "",
        topology,
        addresses,
        map,
        masterName,
        "",
        true,
        "",
        false,
        false,
        null,
        "",
        null,
        null,
        null,
        null,
        0,
        now,
        now);
  }

  private static NodeFacts node(
      String address, String id, String role, String master, int slots, Fault fault) {
    return new NodeFacts(
        fault,
        address,
        address.startsWith("203") ? "10.0.0.9:7001" : address,
        id,
        role,
        master,
        "7.0.15",
        slots,
        2,
        5,
        1 << 20,
        0,
        "noeviction",
        1,
        "");
  }

  private static EndpointFacts facts(Fault fault) {
    return facts(fault, fault == null ? "standalone" : "", List.of());
  }

  private static EndpointFacts facts(String mode, List<NodeFacts> nodes) {
    return facts(null, mode, nodes);
  }

  private static EndpointFacts facts(Fault fault, String mode, List<NodeFacts> nodes) {
    return new EndpointFacts(
        fault,
        "10.0.0.1:6379",
        "redis",
        "7.0.15",
        mode,
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
        nodes);
  }
}
