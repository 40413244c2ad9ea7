package io.cachesync.web.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.PageTest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Machines for programs. */
@PageTest(MachineApiController.class)
@WithMockUser(roles = "ADMIN")
class MachineApiControllerTest {
  private static final HostKeyPin SHOWN = new HostKeyPin("ssh-ed25519", "SHA256:" + "a".repeat(43));
  private static final String REQUEST =
      """
      {"name": "m1", "host": "10.0.0.7", "user": "mig", "password": "s3cret", "hostKey": "%s"}
      """;

  @Autowired private MockMvcTester mvc;
  @MockitoBean private MachineService machines;
  @MockitoBean private MachineOverview overview;

  @BeforeEach
  void oneMachine() {
    Machine machine = machine();
    when(machines.get(7)).thenReturn(machine);
    when(machines.hostKey(any(), anyInt())).thenReturn(SHOWN);
    when(machines.add(any(), any())).thenReturn(machine);
    when(overview.of(any())).thenReturn(new MachineView(machine, 2, null));
    when(overview.all()).thenReturn(List.of(new MachineView(machine, 2, null)));
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void tellsViewersWhatIsKnownAndWhyAMachineCannotBeUsed() {
    for (String path : List.of("/api/v1/machines", "/api/v1/machines/7")) {
      assertThat(mvc.get().uri(path))
          .hasStatusOk()
          .bodyText()
          .contains("\"name\":\"m1\"", "\"usable\":false", "\"jobs\":2", "10.0.0.7:22")
          .doesNotContain("s3cret");
    }
  }

  @Test
  void addsAMachineOnlyWithTheHostKeyThatItShows() {
    assertThat(add(SHOWN.fingerprint())).hasStatus(201).bodyText().contains("\"id\":7");
    verify(machines).add(any(), eq(SHOWN));
  }

  @Test
  void saysWhichKeyIsToBeConfirmedAndAddsNothing() {
    assertThat(add("")).hasStatus(409).bodyText().contains(SHOWN.fingerprint());
    assertThat(add("SHA256:" + "b".repeat(43))).hasStatus(409);
    verify(machines, never()).add(any(), any());
  }

  @Test
  void namesTheFieldOfAnAddressThatDoesNotAnswer() {
    when(machines.hostKey(any(), anyInt()))
        .thenThrow(new SshFault(SshFault.Code.REFUSED, "refused", null, "10.0.0.7:22", "mig"));
    assertThat(add(SHOWN.fingerprint())).hasStatus(422).bodyText().contains("host", "10.0.0.7:22");
    verify(machines, never()).add(any(), any());
  }

  @Test
  void takesTheWordThatAMachineIsGoneUnlessItAnswers() {
    assertThat(mvc.post().uri("/api/v1/machines/7/gone").with(csrf())).hasStatusOk();
    verify(machines).gone(7);
    doThrow(Refusal.conflict("machine.refused.answers", "m1")).when(machines).gone(anyLong());
    assertThat(mvc.post().uri("/api/v1/machines/7/gone").with(csrf()))
        .hasStatus(409)
        .bodyText()
        .contains("m1 answers");
  }

  @Test
  void refusesToRemoveAMachineThatWorks() {
    assertThat(mvc.delete().uri("/api/v1/machines/7").with(csrf())).hasStatus(204);
    doThrow(Refusal.conflict("machine.refused.works", "m1")).when(machines).remove(7);
    assertThat(mvc.delete().uri("/api/v1/machines/7").with(csrf())).hasStatus(409);
  }

  @Test
  @WithMockUser(roles = "OPERATOR")
  void isChangedByAdminsOnly() {
    assertThat(add(SHOWN.fingerprint())).hasStatus(403);
    for (String action : List.of("test", "disable", "enable", "gone", "host-key")) {
      assertThat(
              mvc.post()
                  .uri("/api/v1/machines/7/" + action)
                  .with(csrf())
                  .contentType(MediaType.APPLICATION_JSON)
                  .content("{}"))
          .as(action)
          .hasStatus(403);
    }
    assertThat(mvc.delete().uri("/api/v1/machines/7").with(csrf())).hasStatus(403);
    verify(machines, never()).gone(anyLong());
    verify(machines, never()).remove(anyLong());
  }

  private MvcTestResult add(String hostKey) {
    return mvc.post()
        .uri("/api/v1/machines")
        .with(csrf())
        .contentType(MediaType.APPLICATION_JSON)
        .content(REQUEST.formatted(hostKey))
        .exchange();
  }

  private static Machine machine() {
    return new Machine(
        7L,
        "m1",
        "10.0.0.7",
        22,
        "mig",
        LoginKind.PASSWORD,
        "",
        4,
        "/base",
        SHOWN.text(),
        MachineState.READY,
        "REFUSED",
        "10.0.0.7:22\nmig",
        Instant.EPOCH,
        Instant.EPOCH,
        "Debian 12",
        4,
        1L << 33,
        "/usr/bin/java",
        "17",
        "/base",
        "00",
        ReportRoute.FORWARD,
        40001,
        Instant.EPOCH);
  }
}
