package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.StoredEnd;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnd;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskViews;
import io.cachesync.web.testkit.PageTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@PageTest({
  CheckController.class,
  CheckApiController.class,
  CheckExportController.class,
  ComparisonController.class,
  RepairController.class,
  RepairApiController.class
})
@Import({
  CheckViews.class,
  KeyViews.class,
  CheckExport.class,
  CheckForms.class,
  CheckRequests.class,
  Comparisons.class,
  RepairViews.class,
  FullCheckProgram.class,
  TaskViews.class
})
@TestPropertySource(properties = "cachesync.redis-full-check=/opt/redis-full-check")
@WithMockUser(roles = "OPERATOR")
class CheckPagesTest {
  private static final String SCRIPT = "<script>alert(1)</script>";

  @Autowired private MockMvcTester mvc;
  @Autowired private RepairViews repairViews;
  @MockitoBean private CheckService checks;
  @MockitoBean private ScheduleService schedules;
  @MockitoBean private CheckEnds ends;
  @MockitoBean private RepairService repairs;
  @MockitoBean private TaskService tasks;
  @MockitoBean private EndpointService endpoints;
  @MockitoBean private MachineService machines;
  @MockitoBean private ToolPackages tools;

  @BeforeEach
  void oneCheck() {
    given(CheckState.DONE, 1, 0);
  }

  @Test
  void saysInOneSentenceWhatCameOut() {
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "Different: 1 of 50 keys compared.", "Value of a field", "offset 4711", "Ann", "Bob");
    given(CheckState.DONE, 0, 0);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Equal: 50 keys compared, nothing differs.");
    given(CheckState.DONE, 0, 12);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("No lasting difference: 50 keys compared, 12 of them", "badge warn");
    given(CheckState.RUNNING, 0, 0);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Round 1 of 2: compares keys.", "/checks/7/stop", "megabytesPerSecond")
        .doesNotContain("/checks/7/repeat");
    assertThat(mvc.get().uri("/checks/7").param("lang", "zh-CN").locale(java.util.Locale.CHINA))
        .hasStatusOk();
  }

  @Test
  void listsChecksWithTheirOutcome() {
    assertThat(mvc.get().uri("/checks"))
        .hasStatusOk()
        .bodyText()
        .contains("&lt;script&gt;alert(1)", "1 differ")
        .doesNotContain(SCRIPT);
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void showsKeysButNothingThatIsInThemToViewers() {
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains("user:7", "Value of a field", "shown to operators")
        .doesNotContain("Ann", "Bob", "first name", "/checks/7/repeat", "differences.csv");
    assertThat(mvc.get().uri("/api/v1/checks/7/keys"))
        .hasStatusOk()
        .bodyText()
        .contains("user:7", "Value of a field")
        .doesNotContain("Ann", "first name", "differences");
    for (String path : List.of("/checks/7/differences.csv", "/api/v1/checks/7/differences.json")) {
      assertThat(mvc.get().uri(path)).hasStatus(403);
    }
    assertThat(mvc.post().uri("/checks/7/stop").with(csrf())).hasStatus(403);
    verify(checks, never()).stop(anyLong());
  }

  @Test
  void plansARepairBeforeItIsStarted() {
    when(repairs.isRepairable(any())).thenReturn(true);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Repair all", "Repair the ticked", "/checks/7/repair/plan");
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "/base/jobs/5", "orders"));
    RepairedKey key = new RepairedKey(0, SCRIPT, "", RepairCourse.LEAVE, "none", "hash", "");
    when(repairs.plan(eq(7L), any(), eq(false)))
        .thenReturn(new RepairPlan(9, 1, Map.of(RepairCourse.LEAVE, 1L), List.of(key)));
    assertThat(
            mvc.post()
                .uri("/checks/7/repair/plan")
                .param("key", "k1")
                .param("key", "k2")
                .with(csrf()))
        .hasStatusOk()
        .bodyText()
        .contains(
            "&lt;script&gt;alert(1)",
            "Left: the source does not have it",
            "running task orders",
            "Repair 9 keys now",
            "value=\"k2\"")
        .doesNotContain(SCRIPT);
    assertThat(
            mvc.get()
                .uri("/checks/7")
                .param("lang", "zh-CN")
                .locale(java.util.Locale.SIMPLIFIED_CHINESE))
        .hasStatusOk();
    Check started = check(CheckState.QUEUED, 0, 0);
    when(repairs.start(eq(7L), any(), eq(true))).thenReturn(started);
    assertThat(
            mvc.post()
                .uri("/checks/7/repair")
                .param("key", "k1")
                .param("deletesExtra", "true")
                .param("plannedDeletesExtra", "true")
                .with(csrf()))
        .hasStatus3xxRedirection();
    ArgumentCaptor<RepairChoice> choice = ArgumentCaptor.forClass(RepairChoice.class);
    verify(repairs).start(eq(7L), choice.capture(), eq(true));
    assertThat(choice.getValue().key()).containsExactly("k1");
  }

  @Test
  void startsNoRepairThatIsNotWhatWasPlanned() {
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "", ""));
    when(repairs.plan(eq(7L), any(), eq(true)))
        .thenReturn(new RepairPlan(1, 1, Map.of(RepairCourse.DELETE, 1L), List.of()));
    assertThat(
            mvc.post()
                .uri("/checks/7/repair/plan")
                .param("deletesExtra", "true")
                .param("key", "k1")
                .with(csrf()))
        .hasStatusOk()
        .bodyText()
        .contains("name=\"plannedDeletesExtra\" value=\"true\"", "formaction=\"/checks/7/repair\"")
        .containsOnlyOnce("name=\"deletesExtra\"")
        .containsOnlyOnce("name=\"key\"");
    Map<String, String> planned = Map.of("plannedDeletesExtra", "true");
    Map<String, String> ticked = Map.of("plannedDeletesExtra", "false", "deletesExtra", "true");
    for (Map<String, String> sent : List.of(planned, ticked, Map.of("deletesExtra", "true"))) {
      MockMvcTester.MockMvcRequestBuilder start = mvc.post().uri("/checks/7/repair");
      sent.forEach((name, value) -> start.param(name, value));
      assertThat(start.param("key", "k1").with(csrf()))
          .hasStatus3xxRedirection()
          .hasRedirectedUrl("/checks/7")
          .flash()
          .containsEntry("flash", Flash.bad("check.repair.planAgain"));
    }
    verify(repairs, never()).start(anyLong(), any(), anyBoolean());
  }

  @Test
  void doesNotTakeNothingTickedForEverything() {
    assertThat(mvc.post().uri("/checks/7/repair/plan").param("ticked", "true").with(csrf()))
        .hasStatus3xxRedirection();
    assertThat(
            mvc.post()
                .uri("/api/v1/checks/7/repair")
                .contentType("application/json")
                .content("{}")
                .with(csrf()))
        .hasStatus(422);
    verify(repairs, never()).plan(anyLong(), any(), anyBoolean());
    verify(repairs, never()).start(anyLong(), any(), anyBoolean());
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void letsViewersSeeARepairAndStartNone() {
    when(repairs.isRepairable(any())).thenReturn(true);
    Repair repair = new Repair(7, 5L, "{}", 12, true, "", "", "/base/undo/7", null, null);
    when(repairs.of(7)).thenReturn(Optional.of(repair));
    when(repairs.report(repair))
        .thenReturn(
            new RepairReport(
                1, 2, RepairPhase.DONE, null, 12, 12, Map.of(RepairCourse.WRITE, 12L), null));
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains("12 of 12 keys were dealt with", "The source’s value is written")
        .doesNotContain("/base/undo/7", "undo.jsonl", "/repair/plan");
    for (String path : List.of("/checks/7/repair/plan", "/checks/7/repair")) {
      assertThat(mvc.post().uri(path).with(csrf())).hasStatus(403);
    }
    assertThat(mvc.get().uri("/checks/7/undo.jsonl")).hasStatus(403);
    assertThat(mvc.get().uri("/api/v1/checks/7/repair"))
        .hasStatusOk()
        .bodyText()
        .doesNotContain("/base/undo/7");
    assertThat(mvc.get().uri("/api/v1/checks/7/repair"))
        .bodyJson()
        .extractingPath("$.report.courses.WRITE")
        .isEqualTo(12);
  }

  @Test
  void offersTheUndoFileOfAnAgentThatHasDied() {
    Repair repair = new Repair(7, 5L, "{}", 12, true, "", "", "/base/undo/7", null, null);
    when(repairs.of(7)).thenReturn(Optional.of(repair));
    assertThat(mvc.get().uri("/checks/7")).bodyText().contains("/checks/7/undo.jsonl");
    when(repairs.report(repair))
        .thenReturn(new RepairReport(1, 2, RepairPhase.DONE, null, 12, 12, Map.of(), null));
    assertThat(mvc.get().uri("/checks/7")).bodyText().doesNotContain("undo.jsonl");
    Check again = mock(Check.class);
    when(again.id()).thenReturn(7L);
    when(again.restarts()).thenReturn(1);
    when(again.startedAt()).thenReturn(CheckCase.NOW);
    assertThat(repairViews.of(again, Locale.ENGLISH).hasUndo()).isTrue();
  }

  @Test
  void breaksADownloadThatCannotGoOnAndPutsNoPageBehindIt() {
    String gone = "check.repair.noUndo";
    doThrow(Refusal.notFound(gone, "m-1", "/base/undo/7")).when(repairs).undo(eq(7L), any());
    assertThat(mvc.get().uri("/checks/7/undo.jsonl"))
        .hasStatus(404)
        .bodyText()
        .contains("There is no undo file /base/undo/7 on the machine m-1");
    doAnswer(
            call -> {
              call.<Consumer<String>>getArgument(1).accept("{\"key\":\"a\"}");
              throw Refusal.conflict("ssh.fault.DROPPED", "10.0.0.3:22");
            })
        .when(repairs)
        .undo(eq(7L), any());
    assertThat(mvc.get().uri("/checks/7/undo.jsonl"))
        .hasFailed()
        .failure()
        .isInstanceOf(IOException.class);
  }

  @Test
  void exportsAllThatIsListed() {
    assertThat(mvc.get().uri("/checks/7/differences.csv"))
        .hasStatusOk()
        .bodyText()
        .startsWith("database,key,keyBase64")
        .contains("0,user:7,,hash,FIELD_VALUE,first name,,Ann,Bob,");
    assertThat(mvc.get().uri("/api/v1/checks/7/differences.json"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$[0].target")
        .isEqualTo("Bob");
  }

  /** No spreadsheet computes it, and nobody takes it for a key that begins with an apostrophe. */
  @Test
  void exportsAKeyThatLooksLikeAFormulaAsItIsToo() {
    CheckDifference found = CheckCase.difference("=cmd()", DifferenceKind.EXTRA, "");
    when(checks.listedAfter(7, 0))
        .thenReturn(List.of(DifferenceRow.of(7, found)), List.<DifferenceRow>of());
    String encoded = Base64.getEncoder().encodeToString("=cmd()".getBytes(StandardCharsets.UTF_8));
    assertThat(mvc.get().uri("/checks/7/differences.csv"))
        .bodyText()
        .contains("\n0,'=cmd()," + encoded + ",hash,EXTRA");
  }

  @Test
  void comparesWithAnotherCheckOfTheSameEnds() {
    when(checks.get(5)).thenReturn(check(CheckState.DONE, 1, 0));
    when(checks.compared(any(Comparison.class))).thenReturn(3L);
    when(checks.compared(any(Comparison.class), any()))
        .thenReturn(new Page<>(List.of(), 0, new PageRequest(null, null, null)));
    assertThat(mvc.get().uri("/checks/7/compare?with=5&change=GONE"))
        .hasStatusOk()
        .bodyText()
        .contains("Still different: 3", "No difference has gone.");
    ArgumentCaptor<Comparison> asked = ArgumentCaptor.forClass(Comparison.class);
    verify(checks).compared(asked.capture(), any());
    assertThat(asked.getValue().listedIn()).isEqualTo(asked.getValue().earlierId());
    List<DifferenceRow> rows =
        List.of(DifferenceRow.of(7, CheckCase.difference("user:7", DifferenceKind.TTL, "")));
    when(checks.compared(any(Comparison.class), any()))
        .thenReturn(new Page<>(List.of(rows), 1, new PageRequest(null, null, null)));
    assertThat(mvc.get().uri("/checks/7/compare?with=5&change=STILL"))
        .hasStatusOk()
        .bodyText()
        .contains("user:7", "Ann", "Bob");
    assertThat(mvc.get().uri("/checks/7/compare?with=7")).hasStatus(409);
    assertThat(mvc.get().uri("/api/v1/checks/7/compare?with=5&change=STILL"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$.counts.STILL")
        .isEqualTo(3);
    assertThat(mvc.get().uri("/api/v1/checks/7/compare?with=7")).hasStatus(409);
  }

  @Test
  void saysOfARepairThatOnlyItsKeysWereLookedAt() {
    given(CheckState.DONE, 0, 0);
    assertThat(mvc.get().uri("/api/v1/checks/7"))
        .bodyJson()
        .extractingPath("$.equal")
        .isEqualTo(true);
    when(checks.repaired(any())).thenReturn(Optional.of(new RepairMapper.Scope(12, 1005L)));
    String remark = "Only the 12 keys of the repair were looked at, of check 1005.";
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains("The repaired keys are equal: 50 compared", remark)
        .doesNotContain("Equal: 50");
    assertThat(mvc.get().uri("/checks")).bodyText().contains("Repaired keys equal");
    assertThat(mvc.get().uri("/checks/7").locale(Locale.SIMPLIFIED_CHINESE).param("lang", "zh-CN"))
        .bodyText()
        .contains("修复的键一致", "只看了修复的 12 个键，来自校验 1005。");
    assertThat(mvc.get().uri("/api/v1/checks/7"))
        .bodyText()
        .contains(remark)
        .doesNotContain("\"equal\":true");
    given(CheckState.DONE, 1, 0);
    assertThat(mvc.get().uri("/api/v1/checks/7"))
        .bodyJson()
        .extractingPath("$.equal")
        .isEqualTo(false);
    when(checks.repaired(any())).thenReturn(Optional.of(new RepairMapper.Scope(12, null)));
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Only the 12 keys of the repair were looked at.");
  }

  @Test
  void saysInAComparisonWhichSideIsARepair() {
    Check earlier = check(CheckState.DONE, 1, 0);
    when(checks.get(5)).thenReturn(earlier);
    when(checks.compared(any(Comparison.class), any()))
        .thenReturn(new Page<>(List.of(), 0, new PageRequest(null, null, null)));
    String remark = "looked only at the keys of a repair";
    for (String path : List.of("/checks/7/compare?with=5", "/api/v1/checks/7/compare?with=5")) {
      assertThat(mvc.get().uri(path)).hasStatusOk().bodyText().doesNotContain(remark);
    }
    when(checks.repaired(earlier)).thenReturn(Optional.of(new RepairMapper.Scope(12, 3L)));
    for (String path : List.of("/checks/7/compare?with=5", "/api/v1/checks/7/compare?with=5")) {
      assertThat(mvc.get().uri(path)).hasStatusOk().bodyText().contains(remark, "Only the 12 keys");
    }
  }

  @Test
  void startsWhatIsTyped() {
    assertThat(mvc.get().uri("/checks/new")).hasStatusOk().bodyText().contains("Start the check");
    when(checks.start(any())).thenReturn(check(CheckState.QUEUED, 0, 0));
    assertThat(form("2.5")).hasRedirectedUrl("/checks/7");
    ArgumentCaptor<CheckAsk> asked = ArgumentCaptor.forClass(CheckAsk.class);
    verify(checks).start(asked.capture());
    CheckAsk ask = asked.getValue();
    assertThat(ask.sourceEndpointId()).isEqualTo(11);
    assertThat(ask.limits()).isEqualTo(new LimitSpec(2_621_440, 0));
    assertThat(ask.spec().mode()).isEqualTo(CheckMode.SMART);
    assertThat(ask.spec().bothDirections()).isFalse();
    assertThat(ask.spec().filter().includeKeys()).containsExactly("user:*");
    assertThat(ask.spec().program()).isEqualTo(FullCheckProgram.WANTED);
  }

  @Test
  void saysWhatTheProgramShowsOfPasswordsAndWhatItSaysWhileItRuns() {
    assertThat(mvc.get().uri("/checks/new"))
        .bodyText()
        .contains("By redis-full-check", "sees them in the list of processes");
    given(CheckState.RUNNING, 0, 0);
    when(checks.log(7))
        .thenReturn(
            List.of(
                new CheckLogMapper.Line(CheckCase.NOW, LogLevel.INFO, "times:1, db:0 " + SCRIPT)));
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains("times:1, db:0", "megabytesPerSecond")
        .doesNotContain(SCRIPT, "Done by redis-full-check");
    CheckSpec spec =
        new CheckSpec(
            null,
            null,
            CheckMode.FULL,
            null,
            0,
            0,
            0,
            0,
            false,
            0,
            0,
            null,
            null,
            null,
            FullCheckProgram.WANTED);
    when(checks.spec(any())).thenReturn(spec);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Done by redis-full-check")
        .doesNotContain("megabytesPerSecond");
  }

  @Test
  void offersTheEndsOfATask() {
    TaskSpec spec = mock(TaskSpec.class);
    when(spec.source()).thenReturn(new StoredEnd(11L, "orders-old", "{}", null, null));
    when(spec.target()).thenReturn(new StoredEnd(12L, "orders-new", "{}", null, null));
    Task task = mock(Task.class);
    when(task.name()).thenReturn("orders");
    when(tasks.spec(5)).thenReturn(spec);
    when(tasks.get(5)).thenReturn(task);
    assertThat(mvc.get().uri("/checks/new?task=5"))
        .hasStatusOk()
        .bodyText()
        .contains("orders-old", "orders-new")
        .doesNotContain("sourceEndpointId");
  }

  @Test
  void offersAllSourcesOfATaskTogetherAndEachAlone() {
    TaskSpec spec = mock(TaskSpec.class);
    StoredEnd end = new StoredEnd(11L, "orders-old", "{}", null, null);
    when(spec.source()).thenReturn(end);
    when(spec.target()).thenReturn(end);
    when(spec.moreSources()).thenReturn(List.of(13L));
    when(tasks.spec(5)).thenReturn(spec);
    when(tasks.get(5)).thenReturn(mock(Task.class));
    TaskEnd source = new TaskEnd("one of two", null, null, false, false);
    when(ends.sources(5)).thenReturn(List.of(source, source));
    assertThat(mvc.get().uri("/checks/new?task=5"))
        .hasStatusOk()
        .bodyText()
        .containsPattern(
            "<option value=\"all\" selected=\"selected\">All sources together</option>")
        .contains("one of two", "value=\"1\"");
  }

  @Test
  void namesTheSourceOfEachKeyWhereThereAreSeveral() {
    given(CheckState.DONE, 1, 0);
    Check check = check(CheckState.DONE, 1, 0, Check.ALL_SOURCES);
    when(checks.get(7)).thenReturn(check);
    CheckReport one = CheckCase.report(CheckPhase.DONE, 1, null);
    CheckReport report =
        CheckCase.and(one, new CheckReport.Side("10.0.0.3:6379", "6.2", 7, 7, 1, 1, 1, 1));
    when(checks.report(any())).thenReturn(report);
    List<List<DifferenceRow>> rows =
        Stream.of(1, CheckDifference.NO_SOURCE)
            .map(number -> List.of(DifferenceRow.of(7, CheckCase.ofSource("k" + number, number))))
            .toList();
    when(checks.keys(eq(7L), any(), any()))
        .thenReturn(new Page<>(rows, 2, new PageRequest(null, null, null)));
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "data-source-of-key>10.0.0.3:6379<", "none of the sources has it", "57 of 57 keys")
        .contains("Keys are repaired from one source");
    assertThat(mvc.get().uri("/api/v1/checks/7/keys"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$.items[*].differences[*].sourceNumber")
        .asArray()
        .containsExactly(1, -1);
  }

  @Test
  void saysAtTheFieldWhatIsWrong() {
    assertThat(form("fast")).hasStatusOk().bodyText().contains("A number from 0.001 to 1000000");
    when(checks.start(any())).thenThrow(Refusal.invalid("targetEndpointId", "check.invalid.same"));
    assertThat(form("1")).hasStatusOk().bodyText().contains("Source and target are the same");
  }

  @Test
  void takesNoNumberOfASourceThatIsNone() {
    for (String number : List.of("99999999999", "2147483648", "x")) {
      assertThat(form("1", number)).hasStatusOk();
    }
    verify(checks, never()).start(any());
  }

  @Test
  void refusesLimitsBelowNoneAndATaskBesideWhatItHas() {
    Map<String, String> wrong =
        Map.of(
            "{\"source\":\"a\",\"target\":\"b\",\"bytesPerSecond\":-1}",
            "bytesPerSecond",
            "{\"source\":\"a\",\"target\":\"b\",\"commandsPerSecond\":-1}",
            "commandsPerSecond",
            "{\"task\":5,\"filter\":{}}",
            "leave out filter, or",
            "{\"task\":5,\"source\":\"a\",\"target\":\"b\"}",
            "leave out source, target, or");
    when(endpoints.all())
        .thenReturn(List.of(CheckCase.endpoint(1, "a", "a:1"), CheckCase.endpoint(2, "b", "b:1")));
    TaskSpec spec = mock(TaskSpec.class);
    when(spec.moreSources()).thenReturn(List.of());
    when(tasks.spec(5)).thenReturn(spec);
    Check started = check(CheckState.QUEUED, 0, 0);
    when(checks.start(any())).thenReturn(started);
    wrong.forEach(
        (content, told) ->
            assertThat(
                    mvc.post()
                        .uri("/api/v1/checks")
                        .contentType("application/json")
                        .content(content)
                        .with(csrf()))
                .hasStatus(422)
                .bodyText()
                .contains(told));
    verify(checks, never()).start(any());
  }

  private org.springframework.test.web.servlet.assertj.MvcTestResult form(String megabytes) {
    return form(megabytes, "0");
  }

  private org.springframework.test.web.servlet.assertj.MvcTestResult form(
      String megabytes, String sourceNumber) {
    return mvc.post()
        .uri("/checks/new")
        .param("sourceNumber", sourceNumber)
        .with(csrf())
        .param("sourceEndpointId", "11")
        .param("targetEndpointId", "12")
        .param("machineId", "3")
        .param("mode", "SMART")
        .param("rounds", "2")
        .param("pauseSeconds", "0.5")
        .param("parallel", "4")
        .param("samplePercent", "100")
        .param("bigElements", "1000")
        .param("ttlToleranceMillis", "2000")
        .param("megabytesPerSecond", megabytes)
        .param("filter.includeKeys", "user:*")
        .param("fullCheck", "true")
        .exchange();
  }

  private void given(CheckState state, long different, long settling) {
    Check check = check(state, different, settling);
    when(checks.get(7)).thenReturn(check);
    when(checks.spec(any())).thenReturn(ContractJson.read(check.specJson(), CheckSpec.class));
    when(checks.report(any())).thenReturn(CheckCase.report(CheckPhase.COMPARING, different, null));
    when(checks.asked(any()))
        .thenReturn(
            new CheckAsk(
                null,
                0,
                11L,
                12L,
                3L,
                ContractJson.read(check.specJson(), CheckSpec.class),
                LimitSpec.none()));
    PageRequest request = new PageRequest(null, null, null);
    List<DifferenceRow> rows =
        List.of(
            DifferenceRow.of(
                7, CheckCase.difference("user:7", DifferenceKind.FIELD_VALUE, "first name")));
    when(checks.ofSameEnds(any())).thenReturn(List.of(check(CheckState.DONE, 0, 0)));
    when(checks.keys(eq(7L), any(), any()))
        .thenReturn(new Page<>(different == 0 ? List.of() : List.of(rows), different, request));
    when(checks.narrowings(7))
        .thenReturn(
            new CheckService.Narrowings(
                List.of(new DifferenceMapper.Count("FIELD_VALUE", 1)),
                List.of(new DifferenceMapper.Count("hash", 1)),
                List.of(0)));
    when(checks.listedAfter(7, 0)).thenReturn(rows, List.of(), rows, List.of());
    when(checks.search(any(), any())).thenReturn(new Page<>(List.of(check), 1, request));
  }

  private static Check check(CheckState state, long different, long settling) {
    return check(state, different, settling, 0);
  }

  private static Check check(CheckState state, long different, long settling, int sourceNumber) {
    Check asked = CheckCase.asked(SCRIPT, "cache-b");
    return new Check(
        7L,
        null,
        "",
        sourceNumber,
        asked.sourceEndpointId(),
        asked.sourceLabel(),
        asked.targetEndpointId(),
        asked.targetLabel(),
        asked.endsHash(),
        asked.machineId(),
        asked.machineName(),
        asked.specJson(),
        0,
        0,
        state,
        CheckCase.NOW,
        0,
        null,
        null,
        null,
        "{}",
        50,
        different,
        settling,
        1,
        "ann",
        CheckCase.NOW,
        CheckCase.NOW,
        CheckCase.NOW.plusSeconds(5));
  }
}
