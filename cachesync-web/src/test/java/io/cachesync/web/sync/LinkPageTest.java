package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.when;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.task.SampleTasks;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskHeader;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskViews;
import io.cachesync.web.testkit.PageTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.ui.Model;

/** The links of a task on its page. */
@PageTest(SyncController.class)
@Import(TaskViews.class)
@WithMockUser(roles = "VIEWER")
class LinkPageTest {
  private static final String PART = "/tasks/7/link-table";

  @Autowired private MockMvcTester mvc;
  @Autowired private TaskViews views;
  @MockitoBean private TaskService tasks;
  @MockitoBean private TaskHeader header;
  @MockitoBean private SyncService syncs;
  @MockitoBean private LiveFeed feed;

  private List<String> names = List.of();

  @BeforeEach
  void aTask() {
    doAnswer(
            call -> {
              Model model = call.getArgument(0);
              model.addAttribute("task", views.of(SampleTasks.row(task()), Locale.ENGLISH));
              model.addAttribute("spec", Map.of("machineName", "m1"));
              model.addAttribute("sourceNames", names);
              return null;
            })
        .when(header)
        .fill(any(), eq(7L), any(), any());
  }

  @Test
  void severalLinksHaveTheirSumAndTheGravestAbove() {
    when(syncs.links(7))
        .thenReturn(
            List.of(
                link(0, Phase.INCREMENTAL, 40, 5000, true),
                link(1, Phase.RETRYING, 250, 70_000, true),
                link(2, Phase.FULL_SYNC, -1, -1, false)));
    assertThat(mvc.get().uri(PART))
        .hasStatusOk()
        .bodyText()
        .containsSubsequence(
            "data-link=\"-1\"",
            "All 3 links",
            "Retrying",
            "30 / 300",
            "250 ms",
            "3 KB/s",
            "6/s",
            "5 s",
            "not balanced",
            "data-link=\"0\"",
            "&lt;b&gt;0:1",
            "Incremental",
            "40 ms",
            "1 KB/s",
            "2/s",
            "data-link=\"1\"",
            "Retrying",
            "data-link=\"2\"",
            "Full sync")
        .doesNotContain("<b>0:1");
  }

  @Test
  void marksOnlyTheLinksThatNothingIsHeardOf() {
    when(syncs.links(7))
        .thenReturn(
            List.of(
                link(0, Phase.INCREMENTAL, 40, 5000, true),
                link(1, Phase.INCREMENTAL, 70_000, 5000, true)));
    when(syncs.silentLinks(7)).thenReturn(Set.of(1));
    assertThat(mvc.get().uri(PART))
        .bodyText()
        .containsSubsequence(
            "data-link=\"-1\"",
            "data-silent hidden",
            "40 ms",
            "1 KB/s",
            "data-link=\"0\"",
            "data-silent hidden",
            "data-link=\"1\"",
            "data-silent>",
            "as last reported")
        .doesNotContain("2 KB/s");
  }

  /** Of an agent that stands still its last lag, 40 ms, would pass for the present one. */
  @Test
  void aLinkThatNothingIsHeardOfHasNoLagAndNoSpeed() {
    when(syncs.links(7)).thenReturn(List.of(link(0, Phase.INCREMENTAL, 40, 5000, true)));
    assertThat(mvc.get().uri(PART)).bodyText().contains("40 ms");
    when(syncs.silentLinks(7)).thenReturn(Set.of(0));
    assertThat(mvc.get().uri(PART))
        .bodyText()
        .contains("data-live=\"lag\">–<")
        .doesNotContain("40 ms", "data-silent>");
    when(syncs.links(7))
        .thenReturn(
            List.of(
                link(0, Phase.INCREMENTAL, 40, 5000, true),
                link(1, Phase.INCREMENTAL, 70_000, 5000, true)));
    when(syncs.silentLinks(7)).thenReturn(Set.of(0, 1));
    assertThat(mvc.get().uri(PART))
        .bodyText()
        .containsSubsequence("data-link=\"-1\"", "data-live=\"lag\">–<")
        .doesNotContain("40 ms", "KB/s", "data-silent>");
  }

  @Test
  void aClockThatRunsShortIsMarkedOnlyWhileItIsPaused() {
    when(syncs.links(7)).thenReturn(List.of(link(0, Phase.PAUSED, 40, 5000, true)));
    assertThat(mvc.get().uri(PART))
        .bodyText()
        .containsPattern("<td[^>]*class=\"[^\"]*warn-text\"[^>]*>5 s<");
    when(syncs.links(7)).thenReturn(List.of(link(0, Phase.INCREMENTAL, 40, 5000, true)));
    assertThat(mvc.get().uri(PART)).bodyText().doesNotContain("warn-text");
    when(syncs.links(7)).thenReturn(List.of(link(0, Phase.PAUSED, 40, 600_000, true)));
    assertThat(mvc.get().uri(PART)).bodyText().doesNotContain("warn-text");
  }

  @Test
  void saysByWhenATaskThatStandsStillIsToBeStarted() {
    String part = "/tasks/7/survival-clock";
    when(syncs.survivalClock(7)).thenReturn(Optional.empty());
    assertThat(mvc.get().uri(part)).hasStatusOk().bodyText().isBlank();
    Instant until = Instant.parse("2026-11-23T15:57:57Z");
    for (SurvivalClock.Kind kind : SurvivalClock.Kind.values()) {
      boolean standing =
          kind == SurvivalClock.Kind.START_BEFORE || kind == SurvivalClock.Kind.PASSED;
      when(syncs.survivalClock(7))
          .thenReturn(Optional.of(new SurvivalClock(kind, standing ? until : null)));
      for (Locale locale : List.of(Locale.ENGLISH, Locale.SIMPLIFIED_CHINESE)) {
        assertThat(mvc.get().uri(part).locale(locale))
            .hasStatusOk()
            .bodyText()
            .contains("<strong>")
            .doesNotContain("??");
      }
      assertThat(mvc.get().uri(part))
          .bodyText()
          .matches(text -> text.contains("datetime=\"2026-11-23T15:57:57Z\"") == standing);
    }
  }

  @Test
  void saysWhyThereIsOneJobAndWhatCanBeDone() {
    assertThat(mvc.get().uri("/tasks/7/machine-table"))
        .hasStatusOk()
        .bodyText()
        .as("no machines to be told of")
        .doesNotContain("<table", "<h2");
    when(tasks.isOneJobSinceSlotsMoved(7)).thenReturn(true);
    assertThat(mvc.get().uri("/tasks/7/machine-table"))
        .bodyText()
        .contains("since hash slots moved", "tick machines on its Config tab")
        .doesNotContain("<table");
    assertThat(mvc.get().uri("/tasks/7/machine-table").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("哈希槽发生了迁移");
  }

  @Test
  void oneLinkHasNone() {
    when(syncs.links(7)).thenReturn(List.of(link(0, Phase.INCREMENTAL, 40, 5000, true)));
    assertThat(mvc.get().uri(PART))
        .hasStatusOk()
        .bodyText()
        .contains("data-link=\"0\"", "Offset applied")
        .doesNotContain("data-link=\"-1\"", "All 1 links");
    when(syncs.links(7)).thenReturn(List.of());
    assertThat(mvc.get().uri(PART)).bodyText().contains("No link has reported yet.");
  }

  @Test
  void namesTheSourceOfEachLinkWhereThereAreSeveral() {
    when(syncs.links(7))
        .thenReturn(
            List.of(
                link(0, Phase.INCREMENTAL, 40, 5000, true).ofSource(1),
                link(1, Phase.INCREMENTAL, 40, 5000, true).ofSource(0),
                link(2, Phase.INCREMENTAL, 40, 5000, true)));
    names = List.of("orders-eu", "orders-us");
    assertThat(mvc.get().uri(PART))
        .bodyText()
        .containsSubsequence(
            "data-source-name>orders-us<", "0:1", "data-source-name>orders-eu<", "1:1", "2:1");
    names = List.of();
    assertThat(mvc.get().uri(PART)).hasStatusOk().bodyText().doesNotContain("data-source-name");
  }

  @Test
  void tellsOfEachLinkWhatBecameOfItsCommandsAndKeys() {
    List<Healed> first = List.of(new Healed(HealReason.REFUSED, 2));
    List<Healed> second =
        List.of(new Healed(HealReason.REFUSED, 1), new Healed(HealReason.EXPIRED_EARLY, 1200));
    when(syncs.links(7))
        .thenReturn(
            List.of(
                link(0, Phase.INCREMENTAL, 40, 5000, true, first, 0),
                link(1, Phase.INCREMENTAL, 40, 5000, true, second, 4)));
    assertThat(mvc.get().uri(PART))
        .hasStatusOk()
        .bodyText()
        .containsSubsequence(
            "id=\"accounts--1\"",
            "of all links",
            "data-live=\"read\">2<",
            "data-live=\"applied\">2<",
            "It may have expired at the target",
            "1,200",
            "A command failed at the target",
            "3<",
            "data-live=\"survival\">5 s<",
            "data-live=\"unsupported\">4<",
            "id=\"accounts-0\"",
            "Link 0, &lt;b&gt;0:1",
            "A command failed at the target",
            "2<",
            "data-some=\"unsupported\" hidden",
            "id=\"accounts-1\"");
    when(syncs.links(7)).thenReturn(List.of(link(0, Phase.INCREMENTAL, 40, 5000, true)));
    assertThat(mvc.get().uri(PART).locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("账目、重取的键与中继日志", "目前没有。", "可失联时间");
  }

  /** The rows are to add up to what was read. */
  @Test
  void tellsWhatTheContinuousCheckFoundInTheReadersLanguage() {
    when(syncs.continuousKeys(7)).thenReturn(500L);
    when(syncs.continuous(7))
        .thenReturn(
            Optional.of(
                new ContinuousReport(
                    12_345,
                    6,
                    4,
                    1,
                    12.5,
                    3,
                    Fault.retryable(FaultCode.CONNECTION_LOST, "gone"),
                    List.of(
                        new ContinuousReport.Key(
                            3,
                            "<user>:1",
                            "hash",
                            List.of(DifferenceKind.TTL, DifferenceKind.FIELD_VALUE),
                            1,
                            81_234)))));
    assertThat(mvc.get().uri("/tasks/7/continuous-check/counters"))
        .hasStatusOk()
        .bodyText()
        .containsSubsequence("It waits: Connection lost.", "12,345", ">6<", ">4<", "12.5 %", ">3<")
        .containsSubsequence("&lt;user&gt;:1", "Time to live", "Value of a field", "81,234")
        .doesNotContain("<form", "??");
    assertThat(
            mvc.get().uri("/tasks/7/continuous-check/counters").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("持续校验", "不一致的键")
        .doesNotContain("??");
  }

  @Test
  void saysWhereThereIsNoContinuousCheckYet() {
    when(syncs.continuousKeys(7)).thenReturn(500L);
    assertThat(mvc.get().uri("/tasks/7/continuous-check/counters"))
        .bodyText()
        .contains("It begins with the agent")
        .doesNotContain("Settling");
  }

  @Test
  void thePageOfManyDeadLettersCountsThemAndOffersTheRest() {
    List<DeadLetter> many = new ArrayList<>();
    for (int i = 0; i < 376; i++) {
      many.add(new DeadLetter(i, 0, "XADD", "<k>" + i, "", "the target has no streams"));
    }
    when(syncs.links(7))
        .thenReturn(
            List.of(link(0, Phase.INCREMENTAL, 40, 5000, true, List.of(), 0, many.size(), many)));
    when(tasks.get(7)).thenReturn(task());
    assertThat(mvc.get().uri("/tasks/7/dead-letters"))
        .hasStatusOk()
        .bodyText()
        .containsSubsequence(
            "/tasks/7/dead-letters.csv",
            "data-reasons",
            "the target has no streams",
            "XADD",
            ">376<",
            "The first 50 of 376",
            "&lt;k&gt;0",
            "&lt;k&gt;49")
        .doesNotContain("&lt;k&gt;50", "<k>", "??");
    assertThat(mvc.get().uri("/tasks/7/dead-letters").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("共列出 376 条，此处为前 50 条")
        .doesNotContain("??");
    assertThat(mvc.get().uri("/tasks/7/dead-letters.csv"))
        .hasStatusOk()
        .hasContentType("text/csv;charset=UTF-8")
        .bodyText()
        .contains("<k>375")
        .hasLineCount(377);
  }

  @Test
  void aScriptThatIsADeadLetterIsToldByItsText() {
    DeadLetter script =
        new DeadLetter(
            12,
            3,
            "EVAL",
            "one",
            "",
            "no key",
            3,
            40,
            "e0e1f9fa",
            "return <b>",
            List.of("two", "three"));
    when(syncs.links(7))
        .thenReturn(
            List.of(link(0, Phase.INCREMENTAL, 40, 5000, true, List.of(), 0, 3, List.of(script))));
    when(tasks.get(7)).thenReturn(task());
    assertThat(mvc.get().uri("/tasks/7/dead-letters"))
        .hasStatusOk()
        .bodyText()
        .containsSubsequence(
            "data-reasons",
            ">3<",
            "data-letters",
            ">one<",
            ">two, three<",
            ">Script<",
            ">e0e1f9fa<",
            ">return &lt;b&gt;<",
            ">3<",
            ">EVAL<",
            ">3 times<",
            ">12<",
            ">last 40<")
        .doesNotContain("<b>", "??");
    assertThat(mvc.get().uri("/tasks/7/dead-letters").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .containsSubsequence(">脚本<", ">3 次<", ">最后 40<")
        .doesNotContain("??");
  }

  private static Task task() {
    return SampleTasks.task(7, "orders", "admin", TaskState.INCREMENTAL, Instant.EPOCH);
  }

  @Test
  void tellsListedKeysApartFromTheCommandsThatAreDeadLetters() {
    DeadLetter copied = new DeadLetter(9, 0, "", "stream", "", "the target has no streams");
    DeadLetter command = new DeadLetter(12, 0, "XADD", "other", "", "the target has no streams");
    when(syncs.links(7))
        .thenReturn(
            List.of(
                link(
                    0,
                    Phase.INCREMENTAL,
                    40,
                    5000,
                    true,
                    List.of(),
                    2,
                    1,
                    List.of(copied, command))));
    assertThat(mvc.get().uri(PART))
        .hasStatusOk()
        .bodyText()
        .containsSubsequence(
            "data-live=\"read\">2<",
            "data-live=\"applied\">1<",
            "data-live=\"deadLetters\">1<",
            "data-live=\"listedOnly\">1<");
  }

  private static LinkStatus link(
      int number, Phase phase, long lagMillis, long survival, boolean balanced) {
    return link(number, phase, lagMillis, survival, balanced, List.of(), 0);
  }

  private static LinkStatus link(
      int number,
      Phase phase,
      long lagMillis,
      long survival,
      boolean balanced,
      List<Healed> healed,
      long unsupported) {
    return link(number, phase, lagMillis, survival, balanced, healed, unsupported, 0, List.of());
  }

  private static LinkStatus link(
      int number,
      Phase phase,
      long lagMillis,
      long survival,
      boolean balanced,
      List<Healed> healed,
      long unsupported,
      long commandsLost,
      List<DeadLetter> listed) {
    return LinkStatus.of(number, "<b>" + number + ":1", "t:1")
        .phase(phase)
        .rdb(1000, 1000, 100)
        .keys(100, 10)
        .replId("r")
        .lag(-1, lagMillis)
        .speed(1024, 2)
        .survivalMillis(survival)
        .inSync(true)
        .retries(1)
        .ledger(new Ledger((balanced ? 1 : 2) + commandsLost, 1, 0, 0, 0, 0, commandsLost, 0))
        .heals(healed, listed, unsupported)
        .build();
  }
}
