package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

import io.cachesync.web.testkit.ConsoleTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A part of a spread task has an id that nobody can do anything with: each route is tried. */
@ConsoleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PartsUnseenTest {
  private static final long NOBODY = 999_999_999;
  private static final String CLUSTER =
      "{\"topology\":\"CLUSTER\",\"addresses\":[\"10.0.0.1:6379\"],\"user\":\"\"}";

  @Autowired private MockMvcTester mvc;

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  @Autowired private JdbcTemplate jdbc;

  private long whole;
  private long part;

  @BeforeAll
  void aSpreadTaskThatWasStopped() {
    jdbc.update(
        """
        insert into task (uid, name, owner, wizard_step, state, desired, state_since, created_at,
          started_at) values ('unseen', 'move orders', 'olga', 4, 'STOPPED', 'STOP', now(), now(),
          now())
        """);
    whole = jdbc.queryForObject("select id from task where uid = 'unseen'", Long.class);
    jdbc.update(
        """
        insert into task_spec (task_id, source_label, source_json, target_label, target_json,
          sync_mode, database_list, on_exists, machine_name, lag_bound_millis, restart_limit, afresh)
        values (?, 'a', ?, 'b', ?, 'SYNC', '', 'REFUSE', 'host-1', 2000, 20, false)
        """,
        whole,
        CLUSTER,
        CLUSTER.replace("10.0.0.1", "10.0.0.2"));
    part = spread(whole);
  }

  @AfterAll
  void forget() {
    jdbc.update("delete from task where id in (?, ?)", part, whole);
  }

  /** On one machine, which is all that is needed to have a part. */
  private long spread(long id) {
    jdbc.update(
        """
        insert into task (uid, name, owner, wizard_step, state, desired, state_since, created_at)
        values ('unseen-part', 'move orders', 'olga', 4, 'STOPPED', 'STOP', now(), now())
        """);
    long one = jdbc.queryForObject("select id from task where uid = 'unseen-part'", Long.class);
    jdbc.update(
        """
        insert into task_spec (task_id, source_label, source_json, target_label, target_json,
          sync_mode, database_list, on_exists, machine_name, lag_bound_millis, restart_limit, afresh)
        select ?, source_label, source_json, target_label, target_json, sync_mode, database_list,
          on_exists, 'host-2', lag_bound_millis, restart_limit, afresh from task_spec
        where task_id = ?
        """,
        one,
        id);
    jdbc.update(
        "insert into task_part (part_id, whole_id, part_number, slots) values (?, ?, 0, '0-16383')",
        one,
        id);
    return one;
  }

  @ParameterizedTest
  @MethodSource("routesOfTasks")
  void answersAsIfThereWereNoSuchTask(Route route) {
    Map<String, Object> before = rows();
    assertThat(answer(route, part)).isEqualTo(answer(route, NOBODY));
    assertThat(rows()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("pagesOfTasks")
  void answersForTheWhole(Route route) {
    MvcTestResult answer = exchange(route, whole);
    assertThat(answer.getResponse().getStatus()).isNotIn(400, 404);
  }

  @Test
  void coversThePagesAndTheProgramsRoutes() {
    assertThat(routesOfTasks().map(Route::toString))
        .hasSizeGreaterThan(40)
        .contains(
            "GET /tasks/{id}",
            "GET /tasks/{id}/log.txt",
            "GET /tasks/{id}/live",
            "POST /tasks/{id}/copy",
            "GET /api/v1/tasks/{id}/links",
            "POST /api/v1/tasks/{id}/precheck/acknowledge",
            "DELETE /api/v1/tasks/{id}");
  }

  @Test
  void noCheckAndNoScheduleIsMadeOfIt() {
    String check = "{\"task\": %d, \"machine\": null}";
    Map<String, String> bodies =
        Map.of(
            "/api/v1/checks",
            check,
            "/api/v1/check-schedules",
            "{\"name\": \"nightly\", \"rhythm\": \"DAILY\", \"time\": \"03:00\", \"check\": "
                + check
                + "}");
    bodies.forEach(
        (path, body) -> {
          assertThat(
                  mvc.post()
                      .uri(path)
                      .with(user("olga").roles("OPERATOR"))
                      .with(csrf())
                      .contentType(MediaType.APPLICATION_JSON)
                      .content(body.formatted(part)))
              .as(path)
              .hasStatus(404);
        });
    assertThat(mvc.get().uri("/checks/new?task=" + part).with(user("olga").roles("OPERATOR")))
        .hasStatus(404);
    assertThat(mvc.get().uri("/checks/new?task=" + whole).with(user("olga").roles("OPERATOR")))
        .hasStatusOk();
  }

  /** What a route answers, with the id taken out. */
  private String answer(Route route, long id) {
    MvcTestResult answer = exchange(route, id);
    String flash =
        new TreeMap<>(answer.getMvcResult().getFlashMap())
            .values().stream().map(String::valueOf).collect(Collectors.joining());
    return (answer.getResponse().getStatus()
            + " "
            + answer.getResponse().getRedirectedUrl()
            + " "
            + answer.getResponse().getErrorMessage()
            + " "
            + flash)
        .replaceAll("\\b" + id + "\\b|999,999,999", "ID");
  }

  private MvcTestResult exchange(Route route, long id) {
    String path = route.path().replaceAll("\\{action:(\\w+)[^}]*}", "$1").replace("{id}", "" + id);
    MockMvcTester.MockMvcRequestBuilder request =
        mvc.method(HttpMethod.valueOf(route.method()))
            .uri(path)
            .with(user("olga").roles("OPERATOR"))
            .with(csrf());
    if (path.startsWith("/api/")) {
      request = request.contentType(MediaType.APPLICATION_JSON).content("{}");
    } else if (path.endsWith("/acknowledge")) {
      request = request.param("finding", "1");
    } else if (path.endsWith("/what") || path.endsWith("/edit/2")) {
      request = request.param("mode", "SYNC").param("onExists", "REFUSE");
    }
    return request.exchange();
  }

  /** What there is of tasks, so that it is seen when one of them changes. */
  private Map<String, Object> rows() {
    Map<String, Object> rows = new TreeMap<>();
    for (String table : List.of("task", "task_spec", "task_part", "task_event")) {
      rows.put(table, jdbc.queryForList("select * from " + table).toString());
    }
    return rows;
  }

  Stream<Route> pagesOfTasks() {
    return routesOfTasks()
        .filter(route -> route.method().equals("GET"))
        // A form of a draft is refused, and what is live does not end by itself.
        .filter(route -> !route.path().matches(".*/(edit/[123]|live)"));
  }

  Stream<Route> routesOfTasks() {
    return mappings.getHandlerMethods().keySet().stream()
        .flatMap(
            mapping ->
                mapping.getPathPatternsCondition().getPatternValues().stream()
                    .filter(path -> path.matches("(/api/v1)?/tasks/\\{id}.*"))
                    .flatMap(
                        path ->
                            mapping.getMethodsCondition().getMethods().stream()
                                .map(RequestMethod::name)
                                .map(method -> new Route(method, path))));
  }

  /** One method at one path. */
  record Route(String method, String path) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }
}
