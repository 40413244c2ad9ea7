package io.cachesync.web.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.web.testkit.KeptHandle;
import io.cachesync.web.testkit.PageTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@PageTest(MachineController.class)
@Import(KeptHandle.Secrets.class)
@WithMockUser(roles = "ADMIN")
class MachineFormTest {
  private static final List<String> KEY =
      List.of("-----BEGIN OPENSSH PRIVATE KEY-----\nkey", "my passphrase");

  @Autowired private MockMvcTester mvc;
  @MockitoBean private MachineService machines;
  @MockitoBean private MachineOverview overview;
  @MockitoBean private MachineWork work;
  @MockitoBean private MachineLog log;

  /** A name that is missing, then a host that does not answer: the key is typed once. */
  @Test
  void keepsATypedKeyThroughErrorsElsewhere() {
    MockHttpSession session = new MockHttpSession();
    Machine added = mock(Machine.class);
    when(added.id()).thenReturn(3L);
    when(machines.add(any(), any())).thenReturn(added);

    String handle =
        KeptHandle.of(
            post(session, "", "privateKey", KEY.get(0), "passphrase", KEY.get(1)),
            KEY.get(0),
            KEY.get(1));
    verify(machines, never()).add(any(), any());
    assertThat(post(session, "m1", "kept", handle)).hasRedirectedUrl("/machines/3/host-key");

    verify(machines)
        .add(
            argThat(
                form ->
                    form.privateKey().equals(KEY.get(0)) && form.passphrase().equals(KEY.get(1))),
            eq(null));
  }

  private MvcTestResult post(MockHttpSession session, String name, String... secrets) {
    var request =
        mvc.post()
            .uri("/machines/new")
            .with(csrf())
            .session(session)
            .param("name", name)
            .param("host", "10.0.0.9")
            .param("loginUser", "cachesync")
            .param("loginKind", "KEY");
    for (int i = 0; i < secrets.length; i += 2) {
      request.param(secrets[i], secrets[i + 1]);
    }
    return request.exchange();
  }
}
