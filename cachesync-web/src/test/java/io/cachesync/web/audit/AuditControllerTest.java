package io.cachesync.web.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.when;

import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.testkit.PageTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@PageTest(AuditController.class)
@WithMockUser(roles = "VIEWER")
class AuditControllerTest {
  @Autowired private MockMvcTester mvc;
  @MockitoBean private AuditLog log;

  @Test
  void offersWhatWasDoneAsAFilter() {
    when(log.actors()).thenReturn(List.of("olga"));
    when(log.actions()).thenReturn(List.of("user.add", "of.a.newer.version"));
    when(log.find(any(), any()))
        .thenAnswer(call -> new Page<>(List.of(), 0, call.<PageRequest>getArgument(1)));

    assertThat(mvc.get().uri("/audit?action=user.add"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "<option value=\"user.add\" selected=\"selected\">User added</option>",
            "<option value=\"of.a.newer.version\">of.a.newer.version</option>",
            "<option value=\"olga\">olga</option>")
        .doesNotContain("${", "th:");
  }
}
