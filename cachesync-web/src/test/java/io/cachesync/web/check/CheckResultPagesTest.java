package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.LogLevel;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CheckResultPagesTest extends CheckPageCase {
  @Test
  void showsTimesAsTimesAndHowFarTheyAreApart() {
    keys(
        difference(
            DifferenceKind.TTL, "", "expires at 1795402796488 ms", "expires at 1795402919988 ms"),
        difference(DifferenceKind.FIELD_TTL, "a", "expires at 1795402796488 ms", "no time to live"),
        difference(DifferenceKind.VALUE, "byte 0", "no time to live", "y"),
        difference(DifferenceKind.PENDING_VALUE, "g 1-0", "ann, delivered 3 times", ""));
    String time = "datetime=\"2026-11-23T02:59:56.488Z\" title=\"1795402796488 ms\" data-title=";
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "<span>expires</span> <time",
            time,
            "title=\"123500 ms\">2 min 3 s later than at the source<",
            "<span>no time to live</span>",
            "<span>byte 0</span>",
            "<code>no time to live</code>",
            "<span>ann, delivered 3 times</span>")
        .doesNotContain("expires at 1795402796488 ms")
        .containsOnlyOnce("data-apart");
    assertThat(mvc.get().uri("/checks/7").locale(Locale.SIMPLIFIED_CHINESE).param("lang", "zh-CN"))
        .bodyText()
        .contains(
            "<span>过期于</span> <time",
            time,
            "比源端晚 2 分钟 3 秒",
            "<span>没有过期时间</span>",
            "<span>字节 0</span>",
            "<code>no time to live</code>",
            "<span>ann，已投递 3 次</span>");
    assertThat(mvc.get().uri("/api/v1/checks/7/keys"))
        .bodyText()
        .contains("expires at 1795402796488 ms", "\"byte 0\"")
        .doesNotContain("Told", "apart");
  }

  @Test
  void saysThatTheTargetsTimeIsEarlier() {
    keys(difference(DifferenceKind.TTL, "", "expires at 9000 ms", "expires at 8100 ms"));
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("title=\"-900 ms\">900 ms earlier than at the source<");
  }

  @Test
  void listsKeysBeforeTheLogAndTheFormThatCompares() {
    when(checks.log(7))
        .thenReturn(List.of(new CheckLogMapper.Line(CheckCase.NOW, LogLevel.INFO, "said")));
    assertThat(mvc.get().uri("/checks/7"))
        .hasStatusOk()
        .bodyText()
        .containsSubsequence(
            "id=\"differs\"", "id=\"keys\"", "user:7", "id=\"log\"", "said", "/checks/7/compare")
        .containsOnlyOnce("id=\"log\"");
    given(CheckState.RUNNING, 0, 0);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .containsSubsequence("id=\"check-live\"", "id=\"log\"", "said", "megabytesPerSecond")
        .containsOnlyOnce("id=\"log\"");
  }

  /** Not that something was done which has not begun. */
  @Test
  void saysWhatIsComparedInATenseThatIsTrueBeforeAndAfter() {
    CheckSpec spec =
        CheckSpec.between(null, null)
            .mode(CheckMode.SMART)
            .rounds(2)
            .pauseMillis(100)
            .bothDirections(false)
            .build();
    for (CheckState state : List.of(CheckState.QUEUED, CheckState.RUNNING, CheckState.DONE)) {
      given(state, 0, 0);
      when(checks.spec(any())).thenReturn(spec);
      assertThat(mvc.get().uri("/checks/7"))
          .bodyText()
          .contains("or more only the length is compared", "only the target has are not looked for")
          .doesNotContain("was compared", "were not");
    }
  }

  /** In a narrow window a row is a block, and what is in it is told by these. */
  @Test
  void namesWhatIsInTheRowsOfItsLists() {
    assertThat(mvc.get().uri("/checks"))
        .bodyText()
        .contains("<table class=\"list\">", "class=\"break title\"", "data-label=\"Machine\"");
    given(CheckState.DONE, 1, 0);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("<table class=\"compact list\">", "data-label=\"Database\"");
  }

  @Test
  void saysThatALostAgentIsStartedAgainInsteadOfThatItWaits() {
    given(CheckState.RECOVERING, 0, 0);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Starting again", "Its agent was lost and is being started again")
        .doesNotContain("Waits for its machine");
    assertThat(mvc.get().uri("/checks/7").locale(Locale.SIMPLIFIED_CHINESE).param("lang", "zh-CN"))
        .bodyText()
        .contains("Agent 已丢失，正在重新启动");
  }

  private void keys(CheckDifference... differences) {
    List<DifferenceRow> rows =
        Stream.of(differences).map(each -> DifferenceRow.of(7, each)).toList();
    when(checks.keys(eq(7L), any(), any()))
        .thenReturn(new Page<>(List.of(rows), 1, new PageRequest(null, null, null)));
  }

  private static CheckDifference difference(
      DifferenceKind kind, String field, String source, String target) {
    return new CheckDifference(
        0, "k", "", "hash", kind, field, "", source, target, 1000, 2, 4711, 0);
  }
}
