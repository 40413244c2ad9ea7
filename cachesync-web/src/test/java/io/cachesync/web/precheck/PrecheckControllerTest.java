package io.cachesync.web.precheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.Severity;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.SampleTasks;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.testkit.PageTest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@PageTest({PrecheckController.class, PrecheckApiController.class})
@Import(FindingViews.class)
@WithMockUser(username = "olga", roles = "OPERATOR")
class PrecheckControllerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String SCRIPT = "<script>alert(1)</script>";

  @Autowired private MockMvcTester mvc;
  @MockitoBean private PrecheckService prechecks;
  @MockitoBean private TaskService tasks;

  @Test
  void asksForTheFirstPrecheckAndOffersNoStart() {
    show(TaskState.DRAFT, null);

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "Not checked yet",
            "Run the precheck",
            "disabled=\"disabled\"",
            "data-running=\"false\"")
        .contains("&lt;script&gt;")
        .doesNotContain(SCRIPT);
  }

  @Test
  void showsFindingsWithTheirRemedyInTheReadersLanguage() {
    show(
        TaskState.DRAFT,
        PrecheckRun.Outcome.BLOCKED,
        finding(1, PrecheckCode.TARGET_EMPTY, Severity.BLOCK, "refuse", null),
        finding(2, PrecheckCode.TARGET_EVICTION_POLICY, Severity.WARNING, "evicts", "bob"));

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .bodyText()
        .contains("The target is not empty", "Keys there: 7", "1 in the way", "Acknowledged by bob")
        .contains("CONFIG SET maxmemory-policy noeviction", "What blocks cannot be skipped")
        .doesNotContain("{keys}", "name=\"finding\"");
    assertThat(mvc.get().uri("/tasks/5/precheck").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("已有 7 个键", "阻断", "目标端为空")
        .doesNotContain("is not empty");
  }

  @Test
  void saysThatATaskWasSavedAgainSinceItsPrecheck() {
    show(
        TaskState.DRAFT,
        PrecheckRun.Outcome.OUTDATED,
        finding(1, PrecheckCode.TARGET_EMPTY, Severity.BLOCK, "refuse", null),
        finding(2, PrecheckCode.SHORT_EXPIRY, Severity.WARNING, "short", null));

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "Of the task as it was before",
            "The task was saved again after this precheck",
            "The target is not empty",
            "Run the precheck again to start.")
        .doesNotContain("in the way", "What blocks cannot be skipped", "name=\"finding\"");
    assertThat(mvc.get().uri("/tasks/5/precheck").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("预检之后任务又保存过")
        .doesNotContain("??");
  }

  @Test
  void showsFirstWhatAPersonHasToDo() {
    StoredFinding[] asFound = {
      finding(1, PrecheckCode.SOURCE_REACHABLE, Severity.PASS, "", null),
      finding(2, PrecheckCode.TARGET_EVICTION_POLICY, Severity.WARNING, "evicts", "bob"),
      finding(3, PrecheckCode.SHORT_EXPIRY, Severity.WARNING, "short", null),
      finding(4, PrecheckCode.TARGET_EMPTY, Severity.BLOCK, "refuse", null)
    };
    show(TaskState.DRAFT, PrecheckRun.Outcome.BLOCKED, asFound);

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .bodyText()
        .containsSubsequence(
            "TARGET_EMPTY", "SHORT_EXPIRY", "TARGET_EVICTION_POLICY", "SOURCE_REACHABLE");

    show(TaskState.PRECHECKING, PrecheckRun.Outcome.RUNNING, asFound);

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .as("nothing moves while they come")
        .bodyText()
        .containsSubsequence(
            "SOURCE_REACHABLE", "TARGET_EVICTION_POLICY", "SHORT_EXPIRY", "TARGET_EMPTY");
  }

  @Test
  void showsWhatANewerAgentSaysInItsOwnWords() {
    show(
        TaskState.READY,
        PrecheckRun.Outcome.PASSED,
        finding(1, PrecheckCode.UNKNOWN, Severity.PASS, "new", null));

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .bodyText()
        .contains("In the agent's words".replace("'", "&#39;"));
  }

  @Test
  void showsWhatAnOlderAgentSaidWhereAValueIsMissing() {
    show(
        TaskState.READY,
        PrecheckRun.Outcome.PASSED,
        finding(1, PrecheckCode.PSYNC_PERMITTED, Severity.PASS, "", null));

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .bodyText()
        .contains("In the agent's words".replace("'", "&#39;"))
        .doesNotContain("{user}");
  }

  @Test
  void saysWhatWasNotChecked() {
    show(
        TaskState.DRAFT,
        PrecheckRun.Outcome.BLOCKED,
        finding(1, PrecheckCode.DATABASES, Severity.WARNING, "unchecked", null));

    assertThat(mvc.get().uri("/tasks/5/precheck").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("未检查：")
        .doesNotContain("In the agent");
  }

  @Test
  void offersToAcknowledgeAndTheStartOnceThatIsDone() {
    show(
        TaskState.READY,
        PrecheckRun.Outcome.PASSED,
        finding(3, PrecheckCode.SHORT_EXPIRY, Severity.WARNING, "short", null));
    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .bodyText()
        .contains(
            "name=\"finding\" value=\"3\"", "is kept with your name, olga", "1 to acknowledge")
        .contains("disabled=\"disabled\"");

    when(prechecks.mayStart(5)).thenReturn(true);
    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .bodyText()
        .contains("action=\"/tasks/5/start\"")
        .doesNotContain("disabled=\"disabled\"");
    assertThat(mvc.post().uri("/tasks/5/precheck/acknowledge").with(csrf()).param("finding", "3"))
        .hasRedirectedUrl("/tasks/5/precheck");
    verify(prechecks).acknowledge(5, 3);
  }

  @Test
  void offersNoStartOfWhatHasStarted() {
    show(
        TaskState.INCREMENTAL,
        PrecheckRun.Outcome.PASSED,
        finding(3, PrecheckCode.SHORT_EXPIRY, Severity.WARNING, "short", "bob"));

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .bodyText()
        .contains("Acknowledged by bob")
        .doesNotContain("/tasks/5/start", "Run again");
  }

  @Test
  void runsAgainAndSaysWhyItCannot() {
    assertThat(mvc.post().uri("/tasks/5/precheck").with(csrf()))
        .hasRedirectedUrl("/tasks/5/precheck");
    verify(tasks).precheck(5);

    doThrow(Refusal.conflict("precheck.refused.gone")).when(prechecks).acknowledge(5, 3);
    assertThat(mvc.post().uri("/tasks/5/precheck/acknowledge").with(csrf()).param("finding", "3"))
        .hasRedirectedUrl("/tasks/5/precheck")
        .flash()
        .containsKey("flash");
  }

  @Test
  void refusesChangesWithoutTheToken() {
    assertThat(mvc.post().uri("/tasks/5/precheck")).hasStatus(403);
    verify(tasks, never()).precheck(anyLong());
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void showsViewersTheFindingsAndNoButtons() {
    show(
        TaskState.READY,
        PrecheckRun.Outcome.PASSED,
        finding(3, PrecheckCode.SHORT_EXPIRY, Severity.WARNING, "short", null));

    assertThat(mvc.get().uri("/tasks/5/precheck"))
        .hasStatusOk()
        .bodyText()
        .doesNotContain("name=\"finding\"", "/tasks/5/start");
  }

  @Test
  void answersProgramsWithTheSameFindings() {
    show(
        TaskState.READY,
        PrecheckRun.Outcome.PASSED,
        finding(3, PrecheckCode.TARGET_EMPTY, Severity.WARNING, "replace", null));

    assertThat(mvc.get().uri("/api/v1/tasks/5/precheck"))
        .hasStatusOk()
        .bodyText()
        .contains("\"outcome\":\"PASSED\"", "Keys there: 7", "\"mayStart\":false");
    assertThat(acknowledge("{\"codes\":[\"TARGET_EMPTY\"]}")).hasStatusOk();
    verify(prechecks).acknowledge(5, Set.of("TARGET_EMPTY"));
  }

  @Test
  void tellsProgramsWhichWarningsAreToBeAcknowledged() {
    doThrow(Refusal.invalid("codes", "precheck.refused.noCode", "SHORT_EXPIRY"))
        .when(prechecks)
        .acknowledge(5, Set.of());

    assertThat(acknowledge("{}"))
        .hasStatus(422)
        .bodyText()
        .contains(
            "\"field\":\"codes\"", "Name in “codes” what is to be acknowledged: SHORT_EXPIRY.");
  }

  private MvcTestResult acknowledge(String json) {
    return mvc.post()
        .uri("/api/v1/tasks/5/precheck/acknowledge")
        .with(csrf())
        .contentType("application/json")
        .content(json)
        .exchange();
  }

  private void show(TaskState state, PrecheckRun.Outcome outcome, StoredFinding... findings) {
    when(tasks.get(5)).thenReturn(SampleTasks.task(5, SCRIPT, "olga", state, NOW));
    when(prechecks.findings(5)).thenReturn(List.of(findings));
    when(prechecks.run(5))
        .thenReturn(
            Optional.ofNullable(outcome)
                .map(o -> new PrecheckRun(5, "host-1", o, null, null, "a", "b", NOW, NOW)));
  }

  private static StoredFinding finding(
      long id, PrecheckCode code, Severity severity, String variant, String by) {
    return new StoredFinding(
        id,
        5,
        code,
        severity,
        variant,
        "In the agent's words",
        "Do this",
        code == PrecheckCode.TARGET_EVICTION_POLICY ? "CONFIG SET maxmemory-policy noeviction" : "",
        "{\"keys\":\"7\",\"databases\":\"0\",\"policy\":\"allkeys-lru\",\"mean\":\"9 min\","
            + "\"address\":\"10.0.0.1:6379\",\"mode\":\"cluster\",\"expires\":\"3\"}",
        NOW,
        by,
        by == null ? null : NOW,
        "");
  }
}
