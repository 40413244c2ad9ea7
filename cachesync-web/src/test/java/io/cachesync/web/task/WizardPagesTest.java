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
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.json.JsonMapper;

/** The steps of the wizard. */
@WithMockUser(roles = "OPERATOR")
class WizardPagesTest extends TaskPageCase {
  private static final String TICKED =
      "aria-describedby=\"machines-help machines-error\" checked=\"checked\"";

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
  void offersMachinesToSpreadOverAndKeepsThemTicked() {
    Machine one = machine(1, "m1");
    Machine two = machine(2, "m2");
    when(machines.all()).thenReturn(List.of(one, two));
    assertThat(
            mvc.post()
                .uri("/tasks/new")
                .with(csrf())
                .param("machineId", "1")
                .param("machines", "2")
                .param("source.address", "10.0.0.1")
                .param("moreSources[0].address", "10.0.0.3")
                .param("target.address", "10.0.0.2"))
        .hasStatusOk()
        .bodyText()
        .contains("Only the shards of one cluster", TICKED + "><span>m2")
        .doesNotContain(TICKED + "><span>m1");
    verify(drafts, never()).create(any(), any());
    when(tasks.spreadMachineIds(7)).thenReturn(List.of(1L, 2L));
    when(tasks.spreadMachines(7)).thenReturn(List.of("m1", "m2"));
    assertThat(mvc.get().uri("/tasks/7/edit/1")).bodyText().contains(TICKED + "><span>m2");
    assertThat(mvc.get().uri("/tasks/7/edit/3")).bodyText().contains("m1, m2");
    when(two.usable()).thenReturn(false);
    assertThat(mvc.get().uri("/tasks/7/edit/1"))
        .bodyText()
        .contains(TICKED + "><span>m2")
        .doesNotContain("<option value=\"2\"");
  }

  @Test
  void offersOtherMachinesToWhatStandsInParts() {
    given(TaskState.STOPPED);
    String at = "{\"topology\":\"CLUSTER\",\"addresses\":[\"c:1\"]}";
    when(tasks.spec(7))
        .thenReturn(spec().with(new StoredEnd(null, "c:1", at, null, null), spec().target()));
    Machine one = machine(1, "m1");
    Machine two = machine(2, "m2");
    Machine disabled = machine(3, "m3");
    when(disabled.usable()).thenReturn(false);
    when(machines.all()).thenReturn(List.of(one, two, disabled));
    when(tasks.hasParts(7)).thenReturn(true);
    when(tasks.isSpread(7)).thenReturn(true);
    when(tasks.spreadMachineIds(7)).thenReturn(List.of(1L, 3L));
    when(tasks.spreadMachines(7)).thenReturn(List.of("m1", "m3"));
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains("The shards are in parts on m1, m3.", "value=\"2\"")
        .contains("value=\"1\" checked")
        .doesNotContain("value=\"3\"");
    when(tasks.hasParts(7)).thenReturn(false);
    when(tasks.spreadMachineIds(7)).thenReturn(List.of());
    when(tasks.spreadBefore(7)).thenReturn(List.of(2L));
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains("One machine moves all shards", "value=\"2\" checked");
    given(TaskState.INCREMENTAL);
    assertThat(mvc.get().uri("/tasks/7/config")).bodyText().doesNotContain("name=\"machines\"");
    when(drafts.spreadAgain(7, List.of(1L))).thenAnswer(call -> tasks.get(7));
    when(tasks.isSpread(7)).thenReturn(false);
    assertThat(mvc.post().uri("/tasks/7/machines").with(csrf()).param("machines", "1"))
        .hasRedirectedUrl("/tasks/7/config")
        .flash()
        .extractingByKey("flash")
        .extracting("key")
        .isEqualTo("task.flash.oneJob");
  }

  @Test
  void showsAllErrorsOfAStepAtOnce() {
    oneMachine();
    when(drafts.problems(any(), any(EndsForm.class)))
        .thenReturn(List.of(Problem.of("machines", "task.form.machines.oneCluster")));
    String[] typed = {"source.address", "a", "target.address", "no where", "machines", "2"};
    assertThat(ends(new MockHttpSession(), "", typed))
        .bodyText()
        .contains("“no where” is no address", "Only the shards of one cluster");
    when(drafts.problems(anyLong(), any(WhatForm.class)))
        .thenReturn(List.of(Problem.of("onExists", "task.form.onExists.spread")));
    assertThat(
            mvc.post()
                .uri("/tasks/7/edit/2")
                .with(csrf())
                .param("mode", "SYNC")
                .param("onExists", "REPLACE")
                .param("databases", "x"))
        .bodyText()
        .contains("id=\"databases-error\"", "the target must be empty");
    when(drafts.problems(anyLong(), any(HowForm.class), eq(Set.of("name"))))
        .thenReturn(List.of(Problem.of("parallelFullSyncs", "task.form.parallelFullSyncs.one")));
    assertThat(
            mvc.post()
                .uri("/tasks/7/edit/3")
                .with(csrf())
                .param("start", "now")
                .param("restartLimit", "5")
                .param("lagBoundSeconds", "2")
                .param("parallelFullSyncs", "3"))
        .bodyText()
        .contains("id=\"name-error\"", "id=\"parallelFullSyncs-error\"");
  }

  private static Machine machine(long id, String name) {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(id);
    when(machine.name()).thenReturn(name);
    when(machine.usable()).thenReturn(true);
    return machine;
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

  /** Without a script, by the form alone. */
  @Test
  void addsAndRemovesSourcesAndLosesNothingThatWasTyped() throws Exception {
    oneMachine();
    when(drafts.create(any(), any())).thenAnswer(call -> tasks.get(7));
    MockHttpSession session = new MockHttpSession();
    assertThat(mvc.get().uri("/tasks/new"))
        .bodyText()
        .contains("Add a source", "value=\"add\"")
        .doesNotContain("moreSources[0]");
    MvcTestResult added =
        ends(session, "", "go", "add", "source.address", "a:1", "source.password", "geheim1");
    assertThat(added)
        .hasStatusOk()
        .bodyText()
        .contains("name=\"moreSources[0].address\"", "Source 2", "value=\"remove-0\"", "a:1")
        .doesNotContain("class=\"error\"");
    MvcTestResult another =
        ends(
            session,
            KeptHandle.of(added, "geheim1"),
            "go",
            "add",
            "source.address",
            "a:1",
            "moreSources[0].address",
            "b:1",
            "moreSources[0].password",
            "geheim2");
    MvcTestResult removed =
        ends(
            session,
            KeptHandle.of(another, "geheim1", "geheim2"),
            "go",
            "remove-0",
            "source.address",
            "a:1",
            "moreSources[0].address",
            "b:1",
            "moreSources[1].address",
            "c:1",
            "moreSources[1].user",
            SCRIPT,
            "moreSources[1].password",
            "geheim3");
    assertThat(removed)
        .bodyText()
        .contains("c:1", "&lt;script&gt;", "name=\"moreSources[0].noPassword\"")
        .doesNotContain("b:1", "moreSources[1]", SCRIPT);
    assertThat(
            ends(
                session,
                KeptHandle.of(removed, "geheim1", "geheim2", "geheim3"),
                "source.address",
                "a:1",
                "moreSources[0].address",
                "c:1",
                "moreSources[0].user",
                SCRIPT,
                "target.address",
                "t:1"))
        .hasStatus3xxRedirection();
    verify(drafts)
        .create(
            argThat(
                form ->
                    form.source().password().equals("geheim1")
                        && form.moreSources().size() == 1
                        && form.moreSources().get(0).password().equals("geheim3")),
            eq(""));
  }

  @Test
  void putsWhatIsWrongWithAFurtherSourceAtItsField() {
    oneMachine();
    String[] wrong = {
      "source.address",
      "a:1",
      "target.address",
      "t:1",
      "moreSources[1].address",
      "no where",
      "moreSources[0].address",
      "a:1",
      "moreSources[0].password",
      "geheim",
      "moreSources[1].topology",
      "CLUSTER",
      "moreSources[1].ca",
      "no pem"
    };
    assertThat(ends(new MockHttpSession(), "", wrong))
        .hasStatusOk()
        .bodyText()
        .containsPattern("id=\"moreSources\\[1].address-error\"[^!]*“no where” is no address")
        .containsPattern("id=\"moreSources\\[1].ca-error\"")
        .contains("id=\"moreSources[0].address-error\"")
        .doesNotContain("geheim");
    wrong[5] = "c:1";
    wrong[13] = "";
    assertThat(ends(new MockHttpSession(), "", wrong))
        .bodyText()
        .containsPattern("id=\"moreSources\\[0].address-error\"[^!]*one of the sources above");
    verify(drafts, never()).create(any(), any());
  }

  /** What no page of ours sends: gaps, numbers without end, ids as they once were, other words. */
  @Test
  void takesNoNonsenseForSources() {
    oneMachine();
    for (String[] gap :
        List.of(
            new String[] {"moreSources[3].address", "b:1"},
            new String[] {"go", "remove-7"},
            new String[] {"go", "remove--1"})) {
      assertThat(ends(new MockHttpSession(), "", gap)).as(gap[0]).hasStatusOk();
    }
    for (String field :
        List.of(
            "moreSources[2000000000].address",
            "moreSources[-1].address",
            "_moreSources[-1].tls",
            "moreSources[x].address",
            "moreSources[0].address[0]",
            "moreSources")) {
      for (String path : List.of("/tasks/new", "/tasks/7/edit/1")) {
        assertThat(mvc.post().uri(path).with(csrf()).param(field, SCRIPT).param("machineId", "1"))
            .as(path + " " + field)
            .hasStatus(400)
            .bodyText()
            .contains("“" + field + "” is no field of this form")
            .doesNotContain(SCRIPT);
      }
    }
    String[] many = new String[104];
    for (int i = 0; i < 50; i++) {
      many[2 * i] = "moreSources[" + i + "].address";
      many[2 * i + 1] = "b:" + i;
    }
    many[100] = "go";
    many[101] = "add";
    many[102] = "target.address";
    many[103] = "t:1";
    assertThat(ends(new MockHttpSession(), "", many))
        .bodyText()
        .contains("at most 50 besides the first", "name=\"moreSources[49].address\"")
        .doesNotContain("moreSources[50]");
    verify(drafts, never()).create(any(), any());
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void viewersAddNoSourceAndLookAtNone() {
    oneMachine();
    assertThat(ends(new MockHttpSession(), "", "go", "add")).hasStatus(403);
    assertThat(mvc.post().uri("/tasks/7/edit/1").with(csrf()).param("go", "remove-0"))
        .hasStatus(403);
    assertThat(mvc.post().uri("/tasks/7/login").with(csrf()).param("end", "sources[1]"))
        .hasStatus(403);
    verify(drafts, never()).create(any(), any());
  }

  @Test
  void showsEachTypedSourceWithItsLoginAndNoPassword() {
    oneMachine();
    TaskSpec several =
        new MoreSources(new JsonMapper())
            .put(
                spec(),
                List.of(
                    typed("10.0.0.3:6379"),
                    new StoredEnd(5L, "", typed("r:1").json(), null, null)));
    when(tasks.spec(7)).thenReturn(several);
    assertThat(mvc.get().uri("/tasks/7/edit/1"))
        .hasStatusOk()
        .bodyText()
        .contains("10.0.0.3:6379", "name=\"moreSources[0].noPassword\"", "Source 3")
        .doesNotContain("geheim", "v1:", "name=\"moreSources[1].noPassword\"");
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains(
            "value=\"sources[1]\"",
            "id=\"source-2-password\"",
            "SOURCE_2_PASSWORD=…",
            "--source redis://10.0.0.3:6379")
        .doesNotContain("value=\"sources[2]\"", "geheim", "v1:");
    assertThat(mvc.get().uri("/api/v1/tasks/7"))
        .bodyText()
        .contains("\"sources\":[{\"address\":\"10.0.0.1:6379\"},{\"address\":\"10.0.0.3:6379\"}")
        .doesNotContain("geheim", "v1:", "moreSources", "\"source\":{");
  }

  private MvcTestResult ends(MockHttpSession session, String kept, String... fields) {
    var request =
        mvc.post()
            .uri("/tasks/new")
            .with(csrf())
            .session(session)
            .param("machineId", "1")
            .param("kept", kept);
    for (int i = 0; i < fields.length; i += 2) {
      request.param(fields[i], fields[i + 1]);
    }
    return request.exchange();
  }

  private static TaskSpec fromSentinels() {
    String at =
        "{\"topology\":\"SENTINEL\",\"addresses\":[\"s:1\"],\"masterName\":\"orders\","
            + "\"sentinelUser\":\"watch\"}";
    StoredEnd sentinels = new StoredEnd(null, "orders (s:1)", at, null, BOX.seal("wache"));
    return spec().with(sentinels, spec().target());
  }
}
