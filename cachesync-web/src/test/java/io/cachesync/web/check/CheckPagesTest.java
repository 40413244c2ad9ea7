package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
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
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.StoredEnd;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnd;
import io.cachesync.web.task.TaskSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.MessageSource;
import org.springframework.security.test.context.support.WithMockUser;

class CheckPagesTest extends CheckPageCase {
  @Autowired private Comparisons comparisons;
  @Autowired private MessageSource messages;

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
        .contains("&lt;script&gt;alert(1)", "1 differs")
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
  void saysOneKeyAndNotOneKeys() {
    Locale english = Locale.ENGLISH;
    for (String key :
        List.of(
            "check.verdict.equal",
            "check.verdict.different",
            "check.repair.start",
            "check.repair.plan")) {
      assertThat(messages.getMessage(key, new Object[] {1L, 1L, 1L}, english))
          .as(key)
          .contains("1 key")
          .doesNotContain("1 keys");
      assertThat(messages.getMessage(key, new Object[] {3000L, 1L, 1L}, english))
          .contains("3,000 keys");
    }
    assertThat(messages.getMessage("check.repair.all", new Object[] {1L}, english))
        .isEqualTo("Repair the key");
    assertThat(messages.getMessage("check.repair.all", new Object[] {1000L}, english))
        .isEqualTo("Repair all 1,000");
  }

  /** Where a page is asked for that is behind the last one, the last one is shown. */
  @Test
  void showsTheLastPageWhereTheListHasBecomeShorter() {
    when(checks.keys(eq(7L), any(), any()))
        .thenAnswer(
            call -> {
              PageRequest asked = call.getArgument(2);
              List<List<DifferenceRow>> rows =
                  asked.number() > 2
                      ? List.of()
                      : List.of(
                          List.of(
                              DifferenceRow.of(
                                  7, CheckCase.difference("", DifferenceKind.VALUE, ""))));
              return new Page<>(rows, 26, asked);
            });
    assertThat(mvc.get().uri("/checks/7?page=99"))
        .hasStatusOk()
        .bodyText()
        .contains("26 to 26 of 26", "(empty name)", "rel=\"prev\"")
        .doesNotContain("rel=\"next\"");
    assertThat(mvc.get().uri("/api/v1/checks/7/keys?page=99"))
        .bodyText()
        .contains("\"items\":[]", "\"pages\":2");
  }

  @Test
  void showsALongNameInPartAndAllOfItOnDemand() {
    String name = "word ".repeat(190);
    List<DifferenceRow> rows =
        List.of(DifferenceRow.of(7, CheckCase.difference(name, DifferenceKind.VALUE, "")));
    when(checks.keys(eq(7L), any(), any()))
        .thenReturn(new Page<>(List.of(rows), 1, new PageRequest(null, null, null)));
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("<code class=\"long\" tabindex=\"0\" title=\"" + name + "\">" + name);
  }

  @Test
  void tellsHowFarTheFirstRoundIsWhereNothingIsCountedYet() {
    given(CheckState.RUNNING, 0, 0);
    CheckReport report = CheckCase.report(CheckPhase.COMPARING, 0, null);
    when(checks.report(any()))
        .thenReturn(
            new CheckReport(
                report.startedMillis(),
                report.atMillis(),
                report.phase(),
                null,
                report.mode(),
                1,
                2,
                75,
                0,
                0,
                null,
                null,
                null,
                report.source(),
                report.target()));
    assertThat(mvc.get().uri("/checks/7")).bodyText().contains("<div class=\"value\">75");
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
        .doesNotContain(SCRIPT, "Left to redis-full-check");
    CheckSpec spec =
        CheckSpec.between(null, null)
            .mode(CheckMode.FULL)
            .bothDirections(false)
            .program(FullCheckProgram.WANTED)
            .build();
    when(checks.spec(any())).thenReturn(spec);
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Left to redis-full-check")
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
            "data-source-of-key>10.0.0.3:6379<", "none of the sources has it", "57 of 57 keys");
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
  void saysOfTwoChecksByWhatTheyDidNotLookInTheSameWay() {
    CheckSpec slow = how(CheckMode.FULL, 5, 9000, 100, true);
    assertThat(beside(slow, how(CheckMode.FULL, 1, 0, 100, true))).isEmpty();
    assertThat(beside(slow, how(CheckMode.LENGTH, 5, 9000, 10, false)))
        .containsExactly(
            "The two checks did not look in the same way. What is not the same: what is compared,"
                + " the sample, the direction. What one did not look at counts as not different.");
  }

  /** The remarks on two checks, the same whichever of them is asked for. */
  private List<String> beside(CheckSpec later, CheckSpec earlier) {
    Check seventh = check(CheckState.DONE, 0, 0);
    Check sixth = mock(Check.class);
    when(sixth.id()).thenReturn(6L);
    when(sixth.endsHash()).thenReturn(seventh.endsHash());
    when(checks.get(7)).thenReturn(seventh);
    when(checks.get(6)).thenReturn(sixth);
    when(checks.spec(seventh)).thenReturn(later);
    when(checks.spec(sixth)).thenReturn(earlier);
    PageRequest request = new PageRequest(null, null, null);
    when(checks.compared(any(), any())).thenReturn(new Page<>(List.of(), 0, request));
    List<String> told =
        comparisons.of(7, 6, Comparison.Change.NEW, request, Locale.ENGLISH).remarks();
    assertThat(comparisons.of(6, 7, Comparison.Change.NEW, request, Locale.ENGLISH).remarks())
        .isEqualTo(told);
    return told;
  }

  private static CheckSpec how(
      CheckMode mode, int rounds, long pauseMillis, double sample, boolean bothDirections) {
    return CheckSpec.between(null, null)
        .mode(mode)
        .rounds(rounds)
        .pauseMillis(pauseMillis)
        .samplePercent(sample)
        .bothDirections(bothDirections)
        .build();
  }

  @Test
  void tellsHowEachOfTheOtherChecksLooked() {
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("UTC · Equal · Whole values</option>");
    when(checks.spec(any())).thenReturn(how(CheckMode.LENGTH, 1, 0, 12.5, true));
    when(checks.repaired(any())).thenReturn(Optional.of(new RepairMapper.Scope(2, 5L)));
    assertThat(mvc.get().uri("/checks/7"))
        .bodyText()
        .contains("Length of values · 12.5 % of the keys · keys of a repair only</option>");
  }

  @Test
  void refusesInTheFormWhatTheProgramWouldLeaveOut() {
    String[][] wrong = {
      {"0.5", "4", "2000", "pauses for whole seconds"},
      {"3", "101", "2000", "takes at most 100 at once"},
      {"3", "4", "5000", "compares no times to live, only values: leave 2000 here"}
    };
    for (String[] each : wrong) {
      assertThat(form("", "0", each[0], each[1], each[2]))
          .hasStatusOk()
          .bodyText()
          .contains("redis-full-check " + each[3]);
    }
    verify(checks, never()).start(any());
    assertThat(mvc.get().uri("/checks/new").param("task", ""))
        .bodyText()
        .containsPattern("by-agent\"><div class=\"field\">\\s*<label for=\"samplePercent")
        .containsPattern("by-agent\"><div class=\"field\">\\s*<label for=\"ttlToleranceMillis");
  }

  private org.springframework.test.web.servlet.assertj.MvcTestResult form(String megabytes) {
    return form(megabytes, "0");
  }

  private org.springframework.test.web.servlet.assertj.MvcTestResult form(
      String megabytes, String sourceNumber) {
    return form(megabytes, sourceNumber, "3", "4", "2000");
  }

  private org.springframework.test.web.servlet.assertj.MvcTestResult form(
      String megabytes, String sourceNumber, String pause, String parallel, String tolerance) {
    return mvc.post()
        .uri("/checks/new")
        .param("sourceNumber", sourceNumber)
        .with(csrf())
        .param("sourceEndpointId", "11")
        .param("targetEndpointId", "12")
        .param("machineId", "3")
        .param("mode", "SMART")
        .param("rounds", "2")
        .param("pauseSeconds", pause)
        .param("parallel", parallel)
        .param("samplePercent", "100")
        .param("bigElements", "1000")
        .param("ttlToleranceMillis", tolerance)
        .param("megabytesPerSecond", megabytes)
        .param("filter.includeKeys", "user:*")
        .param("fullCheck", "true")
        .exchange();
  }
}
