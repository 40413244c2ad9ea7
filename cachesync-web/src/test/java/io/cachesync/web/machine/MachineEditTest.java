package io.cachesync.web.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.testkit.ConsoleTest;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** A machine that is changed on its page: where its stored secret may go. */
@ConsoleTest
@WithMockUser(roles = "ADMIN")
class MachineEditTest {
  private static final HostKeyPin SHOWN = new HostKeyPin("ssh-ed25519", "SHA256:" + "a".repeat(43));

  private final String name = "m-" + UUID.randomUUID();

  @Autowired private MockMvcTester mvc;
  @Autowired private MachineService machines;
  @Autowired private MachineMapper mapper;
  private long id;
  private MachineLogin stored;

  @BeforeEach
  void oneMachine() {
    MachineForm form =
        new MachineForm(
            name,
            "10.0.0.9",
            "22",
            "cachesync",
            LoginKind.KEY,
            "",
            "a key",
            "opens it",
            "",
            "",
            "");
    id = SystemActor.call(() -> machines.add(form, SHOWN)).id();
    stored = login();
  }

  @AfterEach
  void removeIt() {
    SystemActor.run(() -> machines.remove(id));
  }

  @ParameterizedTest
  @CsvSource({"host, 10.6.6.6", "port, 2222", "loginUser, root"})
  void sendsAStoredKeyNowhereElse(String field, String value) {
    Machine before = machines.get(id);
    assertThat(edit(field, value)).hasStatusOk().bodyText().contains("type the secret again");
    assertThat(machines.get(id)).isEqualTo(before);
    assertThat(login()).isEqualTo(stored);

    assertThat(edit(field, value, "privateKey", "the key")).hasStatus3xxRedirection();
    assertThat(machines.get(id)).isNotEqualTo(before);
    assertThat(login()).isNotEqualTo(stored).returns(null, MachineLogin::passphrase);
  }

  @Test
  void keepsItForTheSameLogin() {
    assertThat(edit("tags", "eu", "baseDir", "/srv/cachesync")).hasStatus3xxRedirection();
    assertThat(machines.get(id).tags()).isEqualTo("eu");
    assertThat(login()).isEqualTo(stored);
  }

  private MachineLogin login() {
    return mapper.login(id).orElseThrow();
  }

  private MvcTestResult edit(String... changed) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("name", name);
    fields.put("host", "10.0.0.9");
    fields.put("port", "22");
    fields.put("loginUser", "cachesync");
    fields.put("loginKind", "KEY");
    for (int i = 0; i < changed.length; i += 2) {
      fields.put(changed[i], changed[i + 1]);
    }
    var request = mvc.post().uri("/machines/" + id + "/edit").with(csrf());
    fields.forEach(request::param);
    return request.exchange();
  }
}
