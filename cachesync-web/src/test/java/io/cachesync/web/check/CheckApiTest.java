package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LogLevel;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.TaskSpec;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Checks as programs ask for them. */
class CheckApiTest extends CheckPageCase {
  /** Two ends of a check by REST, to be gone on with. */
  private static final String BOTH = "{\"source\":\"a\",\"target\":\"b\"";

  @Test
  @WithMockUser(roles = "VIEWER")
  void tellsTheLogOfACheck() {
    when(checks.log(7, 200))
        .thenReturn(
            List.of(
                new CheckLogMapper.Line(CheckCase.NOW, LogLevel.WARN, "node 10.0.0.1 is slow")));
    assertThat(mvc.get().uri("/api/v1/checks/7/log"))
        .hasStatusOk()
        .bodyJson()
        .isStrictlyEqualTo(
            """
            [{"at":"2026-03-04T05:06:07Z","level":"WARN","line":"node 10.0.0.1 is slow"}]
            """);
    assertThat(mvc.get().uri("/api/v1/checks/7/log?limit=500")).hasStatusOk();
    verify(checks).log(7, 500);
    for (String limit : List.of("0", "-1", "501")) {
      assertThat(mvc.get().uri("/api/v1/checks/7/log?limit=" + limit))
          .hasStatus(400)
          .bodyText()
          .contains("“" + limit + "” is no number that limit can have: it goes from 1 to 500.");
    }
    assertThat(mvc.get().uri("/api/v1/checks/7/log?limit=99999999999"))
        .hasStatus(400)
        .bodyText()
        .contains("limit");
  }

  @Test
  void tellsNoLogOfACheckThatIsNotThere() {
    when(checks.get(8)).thenThrow(Refusal.notFound("check.refused.unknown", 8));
    assertThat(mvc.get().uri("/api/v1/checks/8/log")).hasStatus(404);
    verify(checks, never()).log(eq(8L), anyInt());
  }

  @Test
  void sendsTheUndoFileToOperators() {
    doAnswer(
            call -> {
              Consumer<String> lines = call.getArgument(1);
              lines.accept("{\"key\":\"a\"}");
              lines.accept("{\"key\":\"b\"}");
              return null;
            })
        .when(repairs)
        .undo(eq(7L), any());
    assertThat(mvc.get().uri("/api/v1/checks/7/undo.jsonl"))
        .hasStatusOk()
        .hasHeader("Content-Disposition", "attachment; filename=\"undo-7.jsonl\"")
        .hasContentType("application/jsonl;charset=UTF-8")
        .hasBodyTextEqualTo("{\"key\":\"a\"}\n{\"key\":\"b\"}\n");
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void keepsTheUndoFileFromViewers() {
    assertThat(mvc.get().uri("/api/v1/checks/7/undo.jsonl")).hasStatus(403);
    verify(repairs, never()).undo(eq(7L), any());
  }

  @Test
  void breaksAnUndoFileThatCannotGoOnAndPutsNothingBehindIt() {
    doThrow(Refusal.notFound("check.repair.noUndo", "m-1", "/base/undo/7"))
        .when(repairs)
        .undo(eq(7L), any());
    assertThat(mvc.get().uri("/api/v1/checks/7/undo.jsonl"))
        .hasStatus(404)
        .hasContentType("application/problem+json")
        .bodyText()
        .contains("There is no undo file /base/undo/7 on the machine m-1");
    doAnswer(
            call -> {
              call.<Consumer<String>>getArgument(1).accept("{\"key\":\"a\"}");
              throw Refusal.conflict("ssh.fault.DROPPED", "10.0.0.3:22");
            })
        .when(repairs)
        .undo(eq(7L), any());
    assertThat(mvc.get().uri("/api/v1/checks/7/undo.jsonl"))
        .hasFailed()
        .failure()
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesPagesThatThereCannotBeOnEveryListAlike() {
    String[][] nonsense = {
      {"size=0", "“0” is no number that size can have: it goes from 1 to 200."},
      {"size=201", "“201” is no number that size can have"},
      {"size=99999999999999999999", "is no number that size can have"},
      {"page=-1", "“-1” is no number that page can have: it goes from 1 to 1,000,000."},
      {"page=0", "“0” is no number that page can have"},
      {"page=1000001", "“1000001” is no number that page can have"},
      {"sort=colour", "cannot be sorted by “colour”"},
      {"stat=x", "There is no parameter “stat” here; there is "}
    };
    for (String list :
        List.of("/api/v1/checks?", "/api/v1/checks/7/keys?", "/api/v1/checks/7/compare?with=5&")) {
      for (String[] each : nonsense) {
        String parameter = each[0].substring(0, each[0].indexOf('='));
        assertThat(mvc.get().uri(list + each[0]))
            .as(list + each[0])
            .hasStatus(400)
            .hasContentType("application/problem+json")
            .bodyText()
            .contains(each[1], "\"field\":\"" + parameter + "\"");
      }
    }
    assertThat(mvc.get().uri("/api/v1/checks?size=0").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("“0”不能作为 size 的值，可用 1 至 200。");
    assertThat(mvc.get().uri("/api/v1/checks?outcome=lost"))
        .hasStatus(400)
        .bodyText()
        .contains("“lost”", "\"field\":\"outcome\"");
    assertThat(mvc.get().uri("/api/v1/checks?size=200&page=1000000&sort=-created")).hasStatusOk();
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

  @Test
  void leavesALimitAsItIsThatIsNotNamedAndRemovesOneThatIsNull() {
    Check limited = mock(Check.class);
    when(limited.limits()).thenReturn(new LimitSpec(1000, 50));
    when(checks.get(7)).thenReturn(limited);
    Check done = check(CheckState.DONE, 0, 0);
    when(checks.limit(anyLong(), any())).thenReturn(done);
    Map<String, LimitSpec> asked =
        Map.of(
            "{}", new LimitSpec(1000, 50),
            "{\"bytesPerSecond\":7}", new LimitSpec(7, 50),
            "{\"commandsPerSecond\":0}", new LimitSpec(1000, 0),
            "{\"bytesPerSecond\":null,\"commandsPerSecond\":8}", new LimitSpec(0, 8));
    asked.forEach(
        (content, limits) -> {
          assertThat(limit(content)).hasStatusOk();
          verify(checks).limit(7, limits);
        });
    assertThat(limit("{\"commandsPerSecond\":-1}"))
        .hasStatus(422)
        .bodyText()
        .contains("commandsPerSecond");
    verify(checks, times(asked.size())).limit(anyLong(), any());
  }

  private MockMvcTester.MockMvcRequestBuilder limit(String content) {
    return mvc.put()
        .uri("/api/v1/checks/7/limits")
        .contentType("application/json")
        .content(content)
        .with(csrf());
  }

  @Test
  void leavesACheckToTheProgramByRest() {
    when(endpoints.all())
        .thenReturn(List.of(CheckCase.endpoint(1, "a", "a:1"), CheckCase.endpoint(2, "b", "b:1")));
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(3L);
    when(machines.leastLoaded()).thenReturn(Optional.of(machine));
    Check started = check(CheckState.QUEUED, 0, 0);
    when(checks.start(any())).thenReturn(started);
    assertThat(
            mvc.post()
                .uri("/api/v1/checks")
                .contentType("application/json")
                .content("{\"source\":\"a\",\"target\":\"b\",\"fullCheck\":true}")
                .with(csrf()))
        .hasStatus(201);
    ArgumentCaptor<CheckAsk> asked = ArgumentCaptor.forClass(CheckAsk.class);
    verify(checks).start(asked.capture());
    assertThat(asked.getValue().spec().program()).isEqualTo(FullCheckProgram.WANTED);
  }

  /** What it would leave out or do otherwise is not taken by REST. */
  @Test
  void refusesByRestWhatTheProgramCannotDo() {
    givenTwoEndpoints();
    Check started = check(CheckState.QUEUED, 0, 0);
    when(checks.start(any())).thenReturn(started);
    for (String[] wrong :
        new String[][] {
          {"bothDirections", "true", "looks only for what the source has"},
          {"ttlToleranceMillis", "5000", "compares no times to live"},
          {"pauseMillis", "1500", "whole seconds"}
        }) {
      assertThat(byRest(BOTH + ",\"fullCheck\":true,\"" + wrong[0] + "\":" + wrong[1] + "}"))
          .hasStatus(422)
          .bodyText()
          .contains("\"field\":\"" + wrong[0] + "\"", wrong[2]);
      assertThat(byRest(BOTH + ",\"" + wrong[0] + "\":" + wrong[1] + "}")).hasStatus(201);
    }
    assertThat(byRest(BOTH + ",\"fullCheck\":true,\"bothDirections\":false,\"pauseMillis\":3000}"))
        .hasStatus(201);
  }

  @Test
  void namesByRestWhatIsWrongAsTheBodyHasIt() {
    givenTwoEndpoints();
    for (String[] wrong :
        new String[][] {
          {BOTH + ",\"pauseMillis\":-1}", "pauseMillis", "3600000"},
          {BOTH + ",\"pauseMillis\":3600001}", "pauseMillis", "3600000"},
          {BOTH + ",\"filter\":{\"databases\":[-1]}}", "filter.databases", "databases"},
          {BOTH + ",\"filter\":{\"includeKeys\":[\"[a\"]}}", "filter.includeKeys", "[a"}
        }) {
      assertThat(byRest(wrong[0]))
          .hasStatus(422)
          .bodyText()
          .contains("\"field\":\"" + wrong[1] + "\"", wrong[2]);
    }
    verify(checks, never()).start(any());
    Map.of("sourceEndpointId", "source", "targetEndpointId", "target", "machineId", "machine")
        .forEach(
            (known, told) -> {
              Mockito.reset(checks);
              when(checks.start(any())).thenThrow(Refusal.invalid(known, "check.invalid.choose"));
              assertThat(byRest("{}"))
                  .hasStatus(422)
                  .bodyJson()
                  .extractingPath("$.errors[0].field")
                  .isEqualTo(told);
            });
  }

  private void givenTwoEndpoints() {
    when(endpoints.all())
        .thenReturn(List.of(CheckCase.endpoint(1, "a", "a:1"), CheckCase.endpoint(2, "b", "b:1")));
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(3L);
    when(machines.leastLoaded()).thenReturn(Optional.of(machine));
  }

  private MvcTestResult byRest(String content) {
    return mvc.post()
        .uri("/api/v1/checks")
        .contentType("application/json")
        .content(content)
        .with(csrf())
        .exchange();
  }
}
