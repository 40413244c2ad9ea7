package io.cachesync.web.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
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
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({"host, 10.6.6.6", "port, 2222", "loginUser, root"})
  void sendsAKeptPasswordNowhereElse(String field, String value) {
    MockHttpSession session = new MockHttpSession();
    String handle =
        KeptHandle.of(post(session, "", "loginKind", "PASSWORD", "password", "geheim"), "geheim");
    assertThat(post(session, "m1", "loginKind", "PASSWORD", "kept", handle, field, value))
        .hasStatusOk()
        .bodyText()
        .contains("Type it again")
        .doesNotContain("geheim");
    verify(machines, never()).hostKey(any(), anyInt());
    verify(machines, never()).add(any(), any());
  }

  @Test
  void doesNotOpenANewKeyWithTheFormerPassphrase() {
    MockHttpSession session = new MockHttpSession();
    Machine added = mock(Machine.class);
    when(machines.add(any(), any())).thenReturn(added);
    String handle =
        KeptHandle.of(
            post(session, "", "privateKey", KEY.get(0), "passphrase", KEY.get(1)), KEY.get(1));
    post(session, "m1", "kept", handle, "privateKey", "another");
    verify(machines).add(argThat(form -> form.passphrase().isEmpty()), eq(null));
  }

  private MvcTestResult post(MockHttpSession session, String name, String... changed) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("name", name);
    fields.put("host", "10.0.0.9");
    fields.put("loginUser", "cachesync");
    fields.put("loginKind", "KEY");
    for (int i = 0; i < changed.length; i += 2) {
      fields.put(changed[i], changed[i + 1]);
    }
    var request = mvc.post().uri("/machines/new").with(csrf()).session(session);
    fields.forEach(request::param);
    return request.exchange();
  }
}
