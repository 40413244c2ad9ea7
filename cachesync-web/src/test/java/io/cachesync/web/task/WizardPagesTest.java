package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.testkit.KeptHandle;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** The steps of the wizard, and the same asked by a program. */
@WithMockUser(roles = "OPERATOR")
class WizardPagesTest extends TaskPageCase {
  @Test
  void tellsWhatIsMovedWhileItIsTyped() {
    assertThat(mvc.get().uri("/tasks/7/edit/2"))
        .hasStatusOk()
        .bodyText()
        .contains("All keys", "<details class=\"filter\">");
    assertThat(
            mvc.post()
                .uri("/tasks/7/what")
                .with(csrf())
                .param("mode", "SYNC")
                .param("onExists", "REFUSE")
                .param("databases", "0")
                .param("filter.includeKeys", "user:*\n" + SCRIPT)
                .param("filter.databaseMap", "0:3"))
        .hasStatusOk()
        .bodyText()
        .contains("Keys matching user:*, &lt;script&gt;", "Database 0 → 3")
        .doesNotContain(SCRIPT, "<html");
    assertThat(
            mvc.post()
                .uri("/tasks/7/edit/2")
                .with(csrf())
                .param("mode", "SYNC")
                .param("onExists", "REFUSE")
                .param("filter.includeKeys", "a[b"))
        .hasStatusOk()
        .bodyText()
        .contains("the bracket is not closed", "a[b", "<details class=\"filter\" open");
    verify(drafts, never()).what(anyLong(), any());
  }

  @Test
  void putsErrorsAtTheirFieldsAndKeepsWhatWasTyped() {
    assertThat(
            mvc.post()
                .uri("/tasks/7/edit/3")
                .with(csrf())
                .param("name", SCRIPT + "a name")
                .param("megabytesPerSecond", "many")
                .param("start", "now")
                .param("restartLimit", "5")
                .param("lagBoundSeconds", "2"))
        .hasStatusOk()
        .bodyText()
        .contains("a name", "many", "A number above 0")
        .doesNotContain(SCRIPT);
    verify(drafts, never()).how(anyLong(), any());
  }

  @Test
  void saysWhichEndIsMissing() {
    oneMachine();
    assertThat(
            mvc.post()
                .uri("/tasks/new")
                .with(csrf())
                .param("machineId", "1")
                .param("source.address", "some where")
                .param("target.password", "geheim"))
        .hasStatusOk()
        .bodyText()
        .contains("“some where” is no address", "Please fill this in.")
        .doesNotContain("geheim");
    verify(drafts, never()).create(any(), any());
  }

  @Test
  void keepsTypedPasswordsThroughAnErrorElsewhere() {
    oneMachine();
    when(drafts.create(any(), any())).thenAnswer(call -> tasks.get(7));
    MockHttpSession session = new MockHttpSession();
    String handle =
        KeptHandle.of(
            mvc.post()
                .uri("/tasks/new")
                .with(csrf())
                .session(session)
                .param("machineId", "1")
                .param("source.address", "10.0.0.1:6379")
                .param("source.password", "geheim1")
                .param("target.password", "geheim2")
                .exchange(),
            "geheim1",
            "geheim2");
    assertThat(
            mvc.post()
                .uri("/tasks/new")
                .with(csrf())
                .session(session)
                .param("machineId", "1")
                .param("source.address", "10.0.0.1:6379")
                .param("target.address", "10.0.0.2:6379")
                .param("target.password", "another")
                .param("kept", handle))
        .hasStatus3xxRedirection();
    verify(drafts)
        .create(
            argThat(
                form ->
                    form.source().password().equals("geheim1")
                        && form.target().password().equals("another")),
            eq(""));
  }

  /** Filled in by what is missing, step 1 comes back with its errors, and not as a broken page. */
  @Test
  void takesAStepWithNothingButItsMachine() {
    oneMachine();
    assertThat(mvc.post().uri("/tasks/7/edit/1").with(csrf()).param("machineId", "1"))
        .hasStatusOk()
        .bodyText()
        .contains("Please fill this in.");
  }

  @Test
  void asksForTheLoginOfSentinelsAndShowsNoPassword() {
    oneMachine();
    when(tasks.spec(7)).thenReturn(fromSentinels());
    assertThat(mvc.get().uri("/tasks/7/edit/1"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "Password of the sentinels",
            "A password is stored",
            "value=\"watch\"",
            "name=\"source.noSentinelPassword\"")
        .doesNotContain("geheim", "wache", "v1:", "name=\"target.noSentinelPassword\"");
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains(
            "SOURCE_SENTINEL_PASSWORD=…",
            "--source-sentinel-user &#39;watch&#39;",
            "--source-sentinel-password-env SOURCE_SENTINEL_PASSWORD")
        .doesNotContain("wache", "v1:");
  }

  @Test
  void asksForTheOneDatabaseThatAClusterTakes() {
    String at = "{\"topology\":\"CLUSTER\",\"addresses\":[\"c:1\"]}";
    String map = "{\"databaseMap\":{\"3\":0},\"publish\":false}";
    when(tasks.spec(7))
        .thenReturn(
            spec()
                .with(spec().source(), new StoredEnd(null, "c:1", at, null, null))
                .with(
                    new TaskSpec.What(
                        SyncMode.SYNC, "3", map, ConflictPolicy.REFUSE, UnsupportedPolicy.SKIP)));
    assertThat(mvc.get().uri("/tasks/7/edit/2"))
        .hasStatusOk()
        .bodyText()
        .contains("name the one database of the source", "Database 3 → 0")
        .containsPattern("name=\"onUnsupported\" value=\"SKIP\" checked")
        .doesNotContain("value=\"3:0\"");
    assertThat(
            mvc.post()
                .uri("/tasks/7/what")
                .with(csrf())
                .param("mode", "SYNC")
                .param("onExists", "REFUSE")
                .param("databases", "5"))
        .bodyText()
        .contains("Database 5 → 0");
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains("--include-db 3", "--db-map 3:0", "--on-unsupported skip", "Skip and list");
  }

  @Test
  void linksToWhereAnEndpointIsRegistered() {
    oneMachine();
    assertThat(mvc.get().uri("/tasks/7/edit/1"))
        .bodyText()
        .contains("More sources into the same target", "href=\"/endpoints/new\"");
  }

  @Test
  void takesOfProgramsWhatTheWizardTakes() {
    String task =
        """
        {"source": {"topology": "%s", "address": "s:1", "masterName": "orders",
          "sentinelUser": "watch", "sentinelPassword": "wache"},
         "target": {"address": "10.0.0.2"}, "onUnsupported": "SKIP"}
        """;
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machines.leastLoaded()).thenReturn(Optional.of(machine));
    when(drafts.create(any(), any())).thenAnswer(call -> tasks.get(7));
    when(drafts.how(anyLong(), any())).thenAnswer(call -> tasks.get(7));
    assertThat(create(task.formatted("SENTINEL"))).hasStatus(201);
    verify(drafts)
        .create(
            argThat(
                form ->
                    form.source().sentinelUser().equals("watch")
                        && form.source().sentinelPassword().equals("wache")),
            any());
    verify(drafts)
        .what(eq(7L), argThat(form -> form.unsupportedPolicy() == UnsupportedPolicy.SKIP));
    assertThat(create(task.formatted("CLUSTER").replace("\"masterName\": \"orders\",", "")))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"source.sentinelUser\"", "Only sentinels have a login");
  }

  private MvcTestResult create(String task) {
    return mvc.post()
        .uri("/api/v1/tasks")
        .with(csrf())
        .contentType("application/json")
        .content(task)
        .exchange();
  }

  private static TaskSpec fromSentinels() {
    String at =
        "{\"topology\":\"SENTINEL\",\"addresses\":[\"s:1\"],\"masterName\":\"orders\","
            + "\"sentinelUser\":\"watch\"}";
    StoredEnd sentinels = new StoredEnd(null, "orders (s:1)", at, null, BOX.seal("wache"));
    return spec().with(sentinels, spec().target());
  }
}
