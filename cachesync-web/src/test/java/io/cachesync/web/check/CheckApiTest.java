package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.system.Refusal;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.security.test.context.support.WithMockUser;

/** Checks as programs ask for them. */
class CheckApiTest extends CheckPageCase {
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
}
