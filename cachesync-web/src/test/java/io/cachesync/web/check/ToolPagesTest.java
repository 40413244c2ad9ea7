package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.PageTest;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@PageTest(ToolController.class)
@Import(FullCheckProgram.class)
@WithMockUser(roles = "ADMIN")
class ToolPagesTest {
  private static final ToolPackage TOOL =
      new ToolPackage(
          1L, "redis-full-check", "ab".repeat(32), 12_345_678, "x86-64", "ada", CheckCase.NOW);

  @Autowired private MockMvcTester mvc;
  @MockitoBean private ToolPackages tools;
  @MockitoBean private MachineService machines;

  @BeforeEach
  void oneProgram() throws Exception {
    when(tools.current()).thenReturn(Optional.of(TOOL));
    when(tools.store(any(), any())).thenReturn(TOOL);
  }

  @Test
  void showsWhatMachinesAreBrought() {
    assertThat(mvc.get().uri("/checks/full-check"))
        .hasStatusOk()
        .bodyText()
        .contains(TOOL.sha256(), "x86-64", "ada", "Put another in its place")
        .doesNotContain("The settings of the console name");
  }

  @Test
  void takesAFileWithItsTokenOnlyAndSaysWhyNot() throws Exception {
    String path = "/checks/full-check/package";
    assertThat(mvc.post().uri(path).contentType(MediaType.APPLICATION_OCTET_STREAM)).hasStatus(403);
    verify(tools, never()).store(any(), any());
    assertThat(mvc.post().uri(path).contentType(MediaType.APPLICATION_OCTET_STREAM).with(csrf()))
        .hasStatusOk();
    when(tools.store(any(), any())).thenThrow(Refusal.conflict("check.tool.refused.program"));
    assertThat(mvc.post().uri(path).contentType(MediaType.APPLICATION_OCTET_STREAM).with(csrf()))
        .hasStatus(409)
        .bodyText()
        .contains("no program for Linux");
    assertThat(mvc.post().uri("/checks/full-check/remove").with(csrf())).hasStatus3xxRedirection();
    verify(tools).remove();
  }

  @Test
  @WithMockUser(roles = "OPERATOR")
  void isForAdministrators() throws Exception {
    assertThat(mvc.get().uri("/checks/full-check")).hasStatus(403);
    for (String path : new String[] {"package", "remove"}) {
      assertThat(mvc.post().uri("/checks/full-check/" + path).with(csrf())).hasStatus(403);
    }
    verify(tools, never()).store(any(), any());
    verify(tools, never()).remove();
  }
}
