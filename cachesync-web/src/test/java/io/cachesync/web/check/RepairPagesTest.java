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

import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.MessageSource;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

class RepairPagesTest extends CheckPageCase {
  @Autowired private RepairViews repairViews;
  @Autowired private MessageSource messages;

  @Test
  void plansARepairBeforeItIsStarted() {
    when(repairs.isRepairable(any())).thenReturn(true);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Repair the key", "Repair the ticked", "/checks/7/repair/plan");
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "/base/jobs/5", "orders"));
    RepairedKey key =
        new RepairedKey(0, SCRIPT, "", RepairCourse.LEAVE, "none", "hash", "", null, "");
    when(repairs.plan(eq(7L), any(), eq(false)))
        .thenReturn(
            new RepairPlan(9, 0, List.of(), 1, Map.of(RepairCourse.LEAVE, 1L), List.of(key)));
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
            "Repair up to 8 keys now",
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
  void countsOnTheButtonWhatIsWrittenOrRemoved() {
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "", ""));
    Map<RepairCourse, Long> two = Map.of(RepairCourse.WRITE, 1L, RepairCourse.LEAVE, 1L);
    Map<RepairCourse, Long> none = Map.of(RepairCourse.LEAVE, 2L);
    when(repairs.plan(eq(7L), any(), eq(false)))
        .thenReturn(new RepairPlan(2, 0, List.of(), 2, two, List.of()))
        .thenReturn(new RepairPlan(2, 0, List.of(), 2, none, List.of()));
    assertThat(mvc.post().uri("/checks/7/repair/plan").param("key", "k1").with(csrf()))
        .bodyText()
        .contains("Repair 1 key now")
        .doesNotContain("disabled=\"disabled\"");
    assertThat(mvc.post().uri("/checks/7/repair/plan").param("key", "k1").with(csrf()))
        .bodyText()
        .contains("Nothing to repair", "disabled=\"disabled\"");
  }

  @Test
  void saysOfAKeyThatWasLeftNoAbsenceThatNobodyTold() {
    Repair repair = new Repair(7, 5L, "{}", 2, 0, false, "", "", "/base/undo/7", null, null);
    when(repairs.of(7)).thenReturn(Optional.of(repair));
    when(repairs.left(repair))
        .thenReturn(List.of(new RepairedKey(0, "k", "", RepairCourse.LEAVE, "", "", "", null, "")));
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("What became of it", ">not recorded</td>")
        .doesNotContain("What becomes of it", ">–</td>");
    when(repairs.left(repair))
        .thenReturn(
            List.of(new RepairedKey(0, "k", "", RepairCourse.LEAVE, "none", "hash", "", null, "")));
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains(">–</td>", ">hash</td>")
        .doesNotContain("not recorded");
  }

  @Test
  void namesKeysThatAreChosenAndCannotBeRepaired() {
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "", ""));
    when(repairs.plan(eq(7L), any(), eq(false)))
        .thenReturn(new RepairPlan(9, 1, List.of("k… " + SCRIPT), 9, Map.of(), List.of()));
    assertThat(mvc.post().uri("/checks/7/repair/plan").param("key", "k1").with(csrf()))
        .hasStatusOk()
        .bodyText()
        .contains("One more key was chosen and is not repaired", "k… &lt;script")
        .doesNotContain(SCRIPT);
    Repair repair = new Repair(7, 5L, "{}", 12, 3, true, "", "", "/base/undo/7", null, null);
    when(repairs.of(7)).thenReturn(Optional.of(repair));
    assertThat(mvc.get().uri("/checks/7")).bodyText().contains("3 more keys were chosen");
    assertThat(mvc.get().uri("/api/v1/checks/7/repair"))
        .bodyJson()
        .extractingPath("$.unnamedKeys")
        .isEqualTo(3);
  }

  @Test
  void saysWhereKeysOfSeveralSourcesComeFrom() {
    Check several = check(CheckState.DONE, 1, 0, Check.ALL_SOURCES);
    when(checks.get(7)).thenReturn(several);
    when(repairs.plan(eq(7L), any(), eq(false)))
        .thenReturn(new RepairPlan(1, 0, List.of(), 1, Map.of(), List.of()));
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "", ""));
    assertThat(mvc.post().uri("/checks/7/repair/plan").param("key", "k1").with(csrf()))
        .bodyText()
        .contains("from the source that has it", "every source is asked once more");
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "/base/jobs/5", "orders"));
    assertThat(mvc.post().uri("/checks/7/repair/plan").param("key", "k1").with(csrf()))
        .bodyText()
        .contains("by the link of that source", "Finish the task, then repair it");
  }

  @Test
  void startsNoRepairThatIsNotWhatWasPlanned() {
    when(repairs.place(any())).thenReturn(new RepairPlace(3, "m-1", "", ""));
    when(repairs.plan(eq(7L), any(), eq(true)))
        .thenReturn(new RepairPlan(1, 0, List.of(), 1, Map.of(RepairCourse.DELETE, 1L), List.of()));
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
    Repair repair = new Repair(7, 5L, "{}", 12, 0, true, "", "", "/base/undo/7", null, null);
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
  void saysWhyAKeyWasNotRepairedInTheReadersLanguage() {
    Repair repair = new Repair(7, 5L, "{}", 12, 0, true, "", "", "/base/undo/7", null, null);
    when(repairs.of(7)).thenReturn(Optional.of(repair));
    when(repairs.left(repair))
        .thenReturn(
            List.of(
                left(RepairReason.SEVERAL_SOURCES, "10.0.0.1:1, 10.0.0.2:1"),
                left(RepairReason.REFUSED, "OOM command not allowed"),
                left(RepairReason.CAME_LATE, "")));
    assertThat(mvc.get().uri("/checks/7").locale(Locale.SIMPLIFIED_CHINESE).param("lang", "zh-CN"))
        .bodyText()
        .contains("10.0.0.1:1, 10.0.0.2:1 都有这个键", "被拒绝：OOM command not allowed", "修复开始之后它才出现在源端")
        .doesNotContain("in English");
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("It came to a source only after this repair had begun")
        .doesNotContain("in English");
  }

  @Test
  void quotesAgentsThatTellNoReasonOrAnUnknownOne() {
    Repair repair = new Repair(7, 5L, "{}", 12, 0, true, "", "", "/base/undo/7", null, null);
    when(repairs.of(7)).thenReturn(Optional.of(repair));
    for (RepairReason reason : new RepairReason[] {null, RepairReason.UNKNOWN}) {
      when(repairs.left(repair)).thenReturn(List.of(left(reason, "")));
      assertThat(mvc.get().uri("/checks/7"))
          .bodyText()
          .contains("<div class=\"sub break\" lang=\"en\">in English</div>");
    }
    RepairedKey old =
        ContractJson.read(
            "{\"key\":\"k\",\"course\":\"FAIL\",\"error\":\"too large\"}", RepairedKey.class);
    assertThat(old.reason()).isNull();
    assertThat(old.detail()).isEmpty();
  }

  @Test
  void everyReasonHasASentence() {
    for (RepairReason reason : RepairReason.values()) {
      String key = "check.repair.reason." + reason;
      boolean said = !messages.getMessage(key, null, "", Locale.SIMPLIFIED_CHINESE).isEmpty();
      assertThat(said).as(key).isEqualTo(reason != RepairReason.UNKNOWN);
    }
  }

  private static RepairedKey left(RepairReason reason, String detail) {
    return new RepairedKey(
        new NamedKey(0, "k", ""), RepairCourse.FAIL, "in English", reason, detail);
  }

  @Test
  void offersTheUndoFileOfAnAgentThatHasDied() {
    Repair repair = new Repair(7, 5L, "{}", 12, 0, true, "", "", "/base/undo/7", null, null);
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
  void saysOfARepairThatOnlyItsKeysWereLookedAt() {
    given(CheckState.DONE, 0, 0);
    assertThat(mvc.get().uri("/api/v1/checks/7"))
        .bodyJson()
        .extractingPath("$.equal")
        .isEqualTo(true);
    when(checks.repaired(any())).thenReturn(Optional.of(new RepairMapper.Scope(12, 1005L)));
    String remark = "Only the 12 keys of the repair are looked at, of check 1005.";
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains("The repaired keys are equal: 50 compared", remark)
        .doesNotContain("Equal: 50");
    assertThat(mvc.get().uri("/checks")).bodyText().contains("Repaired keys equal");
    assertThat(mvc.get().uri("/checks/7").locale(Locale.SIMPLIFIED_CHINESE).param("lang", "zh-CN"))
        .bodyText()
        .contains("修复的键一致", "只看修复的 12 个键，来自校验 1005。");
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
        .contains("Only the 12 keys of the repair are looked at.");
  }
}
