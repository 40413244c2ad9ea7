package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Topology;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.system.Refusal;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@WithMockUser(roles = "OPERATOR")
class TaskPagesTest extends TaskPageCase {
  @Test
  void escapesANameThatIsAScript() {
    for (String path : List.of("/tasks", "/tasks/7/config", "/tasks/7/events", "/tasks/7/edit/2")) {
      assertThat(mvc.get().uri(path))
          .as(path)
          .hasStatusOk()
          .bodyText()
          .contains("&lt;script&gt;alert(1)")
          .doesNotContain(SCRIPT);
    }
  }

  @Test
  void masksSecrets() {
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains("••••••••", "--source-password-env", "redis://10.0.0.1:6379")
        .doesNotContain("geheim", "v1:");
  }

  @Test
  void offersWhatTheStateAllows() {
    given(TaskState.INCREMENTAL);
    assertThat(mvc.get().uri("/tasks/7/events"))
        .bodyText()
        .containsPattern("data-allow=\"PAUSE\"(?![^>]*hidden)")
        .containsPattern("data-allow=\"RESUME\"[^>]*hidden");
  }

  @Test
  void offersAnotherLoginForTypedEndsOfWhatHasEnded() {
    String form = "/tasks/7/login\"";
    given(TaskState.FAILED);
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains(form, "id=\"source-password\"", "id=\"target-password\"", "Change login of the")
        .doesNotContainPattern("/login\"[^>]* hidden")
        .doesNotContain("geheim");
    given(TaskState.INCREMENTAL);
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .containsPattern("data-allow=\"FINISH_AS_IS\"[^>]*/login\"[^>]* hidden");
  }

  @Test
  void programsAreToldWhereAnotherLoginIsTaken() {
    given(TaskState.STOPPED);
    for (String path : List.of("/api/v1/tasks/7", "/api/v1/tasks")) {
      assertThat(mvc.get().uri(path)).bodyText().containsPattern("\"allowed\":\\[[^]]*\"login\"");
    }
    when(tasks.spec(7)).thenReturn(registered(spec()));
    assertThat(mvc.get().uri("/api/v1/tasks/7")).bodyText().doesNotContain("\"login\"");
    given(TaskState.INCREMENTAL);
    assertThat(mvc.get().uri("/api/v1/tasks/7")).bodyText().doesNotContain("\"login\"");
  }

  @Test
  void whatHasEndedSaysThatItsEndpointLeadsElsewhereAndWhatToDo() {
    given(TaskState.STOPPED);
    when(tasks.spec(7)).thenReturn(registered(spec()));
    when(endpoints.find(5)).thenReturn(Optional.of(endpoint("10.0.0.1:6379")));
    assertThat(mvc.get().uri("/tasks/7/config")).bodyText().doesNotContain("leads elsewhere");
    when(endpoints.find(5)).thenReturn(Optional.of(endpoint("10.0.0.9:6379")));
    assertThat(mvc.get().uri("/tasks/7/config"))
        .bodyText()
        .contains("leads elsewhere", "copy this task as a new draft");
  }

  private static Endpoint endpoint(String address) {
    return new Endpoint(
        5L,
        "orders",
        "",
        "",
        "",
        Topology.STANDALONE,
        address,
        "",
        "",
        "",
        false,
        "",
        false,
        false,
        null,
        "",
        null,
        null,
        null,
        null,
        1,
        THEN,
        THEN);
  }

  private static TaskSpec registered(TaskSpec spec) {
    StoredEnd orders = new StoredEnd(5L, "orders", spec.source().json(), null, null);
    return spec.with(orders, orders);
  }

  @Test
  void takesAnotherLoginFromPageAndPrograms() {
    given(TaskState.FAILED);
    LoginForm login = new LoginForm("source", "mig", "neu", "", "");
    when(logins.change(7, login)).thenAnswer(call -> tasks.get(7));
    assertThat(
            mvc.post()
                .uri("/tasks/7/login")
                .with(csrf())
                .param("end", "source")
                .param("user", "mig")
                .param("password", "neu"))
        .hasRedirectedUrl("/tasks/7/config");
    String body = "{\"end\":\"source\",\"user\":\"mig\",\"password\":\"neu\"}";
    assertThat(
            mvc.post()
                .uri("/api/v1/tasks/7/login")
                .with(csrf())
                .contentType("application/json")
                .content(body))
        .hasStatusOk()
        .bodyText()
        .doesNotContain("neu\"");
    verify(logins, times(2)).change(7, login);
    assertThat(mvc.post().uri("/tasks/7/login").param("end", "source")).hasStatus(403);
  }

  @Test
  void namesHowManySourcesThereAreBesides() {
    given(TaskState.INCREMENTAL, 0);
    assertThat(mvc.get().uri("/tasks")).bodyText().doesNotContain("more source");
    given(TaskState.INCREMENTAL, 1);
    assertThat(mvc.get().uri("/tasks"))
        .bodyText()
        .containsSubsequence("10.0.0.1:6379", "and one more source", "→ 10.0.0.2:6379");
  }

  /** What was last reported is not what is: a task that recovers shows no speed and no lag. */
  @Test
  void showsNoFiguresOfATaskThatNobodyReportsOn() {
    given(TaskState.INCREMENTAL);
    assertThat(mvc.get().uri("/tasks")).bodyText().contains("5 KB/s", "0 ms");
    given(TaskState.RECOVERING);
    assertThat(mvc.get().uri("/tasks")).bodyText().doesNotContain("5 KB/s", "0 ms");
  }

  @Test
  void saysThatAnEndedTaskIsFinishedAsItIs() {
    for (TaskState state : List.of(TaskState.STOPPED, TaskState.FAILED)) {
      given(state);
      assertThat(mvc.get().uri("/tasks/7/events"))
          .bodyText()
          .containsPattern("data-allow=\"FINISH\"[^>]*hidden")
          .containsPattern("data-allow=\"FINISH_AS_IS\"(?![^>]*hidden)[^>]*stays as it was");
    }
    given(TaskState.PAUSED);
    assertThat(mvc.get().uri("/tasks/7/events"))
        .bodyText()
        .containsPattern("data-allow=\"FINISH\"(?![^>]*hidden)[^>]*what a pause holds back")
        .containsPattern("data-allow=\"FINISH_AS_IS\"[^>]*hidden");
  }

  /** Who finishes must know: afterwards nothing fetches these keys again. */
  @Test
  void finishNamesTheDeadLetters() {
    given(TaskState.INCREMENTAL);
    for (String path : List.of("/tasks", "/tasks/7/events")) {
      assertThat(mvc.get().uri(path))
          .as(path)
          .bodyText()
          .containsPattern("data-allow=\"FINISH\"[^>]*data-confirm-more=\"12 keys could not");
    }
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void showsViewersNoButtons() {
    assertThat(mvc.get().uri("/tasks/7/events")).bodyText().doesNotContain("data-allow");
    assertThat(mvc.get().uri("/tasks")).bodyText().doesNotContain("/tasks/new", "/tasks/bulk");
  }

  @Test
  void speaksChinese() {
    assertThat(mvc.get().uri("/tasks").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("添加迁移任务");
  }

  @Test
  void refusesChangesWithoutTheToken() {
    assertThat(mvc.post().uri("/tasks/7/stop")).hasStatus(403);
    verify(tasks, never()).stop(anyLong());
  }

  @Test
  void leavesALimitAsItIsThatIsNotNamedAndRemovesOneThatIsNull() {
    TaskSpec.How how = mock(TaskSpec.How.class);
    when(how.limits()).thenReturn(new LimitSpec(1000, 50));
    TaskSpec limited = mock(TaskSpec.class);
    when(limited.how()).thenReturn(how);
    Map<String, LimitSpec> asked =
        Map.of(
            "{}", new LimitSpec(1000, 50),
            "{\"bytesPerSecond\":null,\"commandsPerSecond\":8}", new LimitSpec(0, 8));
    asked.forEach(
        (content, limits) -> {
          when(tasks.spec(7)).thenReturn(limited, spec());
          assertThat(
                  mvc.put()
                      .uri("/api/v1/tasks/7/limits")
                      .with(csrf())
                      .contentType("application/json")
                      .content(content))
              .hasStatusOk();
          verify(tasks).limit(7, limits);
        });
  }

  @Test
  void answersProblemsToPrograms() {
    when(tasks.pause(7)).thenThrow(Refusal.conflict("task.refused.PAUSE", TaskState.DRAFT));
    assertThat(mvc.post().uri("/api/v1/tasks/7/pause").with(csrf()))
        .hasStatus(409)
        .bodyText()
        .contains("cannot be paused", "task.refused.PAUSE");
    assertThat(
            mvc.post()
                .uri("/api/v1/tasks")
                .with(csrf())
                .contentType("application/json")
                .content("{\"source\":{\"address\":\"::\"},\"restartLimit\":-1}"))
        .hasStatus(422)
        .bodyText()
        .contains("source.address", "target.address", "machine", "restartLimit");
    assertThat(mvc.get().uri("/api/v1/tasks/7"))
        .hasStatusOk()
        .bodyText()
        .contains("\"state\":\"DRAFT\"", "\"precheck\"")
        .doesNotContain("geheim", "v1:");
  }

  @Test
  void answersAddressesThatMakeNoSenseInTheReadersLanguage() {
    assertThat(mvc.get().uri("/tasks/abc/config"))
        .hasStatus(400)
        .bodyText()
        .contains("This request could not be understood");
    assertThat(mvc.get().uri("/tasks/abc/config").locale(Locale.SIMPLIFIED_CHINESE))
        .hasStatus(400)
        .bodyText()
        .contains("lang=\"zh-CN\"", "没有任何内容被修改");
    when(drafts.what(anyLong(), any())).thenThrow(new OptimisticLockingFailureException("7"));
    assertThat(
            mvc.post()
                .uri("/tasks/7/edit/2")
                .with(csrf())
                .param("mode", "SYNC")
                .param("onExists", "REFUSE"))
        .hasStatus(409)
        .bodyText()
        .contains("Something else happened first");
  }

  @Test
  void returnsToTheListAsItWasFiltered() {
    String list = "/tasks?page=2&state=running&text=%7Bx%7D%20y";
    assertThat(mvc.get().uri(URI.create(list)))
        .bodyText()
        .contains("name=\"back\" value=\"/tasks?page=2&amp;state=running&amp;text=%7Bx%7D%20y\"");
    assertThat(bulk(list)).hasRedirectedUrl(list);
    for (String foreign : List.of("//evil.example", "https://evil.example", "/users", "")) {
      assertThat(bulk(foreign)).hasRedirectedUrl("/tasks");
    }
  }

  private MvcTestResult bulk(String back) {
    return mvc.post()
        .uri("/tasks/bulk")
        .with(csrf())
        .param("action", "pause")
        .param("back", back)
        .exchange();
  }

  /** In a narrow window a row is a block, and what is in it is told by these. */
  @Test
  void namesWhatIsInTheRowsOfTheList() {
    given(TaskState.INCREMENTAL);
    assertThat(mvc.get().uri("/tasks"))
        .bodyText()
        .contains("<table class=\"list\">", "class=\"break title\"", "data-label=\"Machine\"");
  }

  @Test
  void refusesFiltersThatMakeNoSenseToPrograms() {
    Map<String, String> nonsense =
        Map.of(
            "state=BOGUS", "“BOGUS” is no state of a task",
            "size=many", "“many” is no number",
            "sort=colour", "cannot be sorted by “colour”",
            "from=yesterday", "“yesterday” is no value that from can have");
    nonsense.forEach(
        (query, sentence) ->
            assertThat(mvc.get().uri("/api/v1/tasks?" + query))
                .as(query)
                .satisfies(
                    answer -> {
                      assertThat(answer.getResponse().getStatus()).isEqualTo(400);
                      assertThat(answer.getResponse().getContentType())
                          .isEqualTo("application/problem+json");
                      assertThat(answer.getResponse().getContentAsString()).contains(sentence);
                    }));
    assertThat(mvc.get().uri("/api/v1/tasks?from=yesterday").locale(Locale.SIMPLIFIED_CHINESE))
        .bodyText()
        .contains("不是 from 的有效取值");
    verify(lists, never()).search(any(), any());
  }
}
