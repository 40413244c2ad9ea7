package io.cachesync.web.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.testkit.ConsoleTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import tools.jackson.databind.json.JsonMapper;

@ConsoleTest
class DashboardControllerTest {
  @Autowired private MockMvcTester mvc;
  @Autowired private JdbcTemplate jdbc;
  @Autowired private JsonMapper json;

  @Test
  void sendsStrangersToTheSignIn() {
    assertThat(mvc.get().uri("/").accept("text/html")).hasRedirectedUrl("/sign-in");
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void showsItselfInTheNavigationAndRefusesInlineScript() {
    assertThat(mvc.get().uri("/"))
        .hasStatusOk()
        .headers()
        .hasHeaderSatisfying(
            "Content-Security-Policy",
            values -> assertThat(values.get(0)).contains("default-src 'self'"));
    assertThat(mvc.get().uri("/"))
        .bodyText()
        .contains("<html lang=\"en\" data-theme=\"auto\">")
        .contains("aria-current=\"page\"")
        .contains("Nothing runs right now")
        .contains("Add a migration machine first")
        .doesNotContain("Add migration task");
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void speaksTheLanguageOfTheBrowser() {
    assertThat(
            mvc.get()
                .uri("/")
                .locale(Locale.SIMPLIFIED_CHINESE)
                .header(HttpHeaders.ACCEPT_LANGUAGE, "zh-CN"))
        .bodyText()
        .contains("仪表盘")
        .contains("lang=\"zh-CN\"");
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void tellsByWhenAFailedTaskIsToBeStartedAndOfOnesWhoseTimeRunsOut() {
    long failed = task("orders-failed", "FAILED", 7_200_000);
    long soon = task("orders-stopped", "STOPPED", 7_200_000);
    long late = task("orders-put-off", "STOPPED", 259_200_000);
    long paused = task("orders-paused", "PAUSED", 0);
    jdbc.update("update task set fault_code = 'TARGET_OUT_OF_MEMORY' where id = ?", failed);
    try {
      assertThat(mvc.get().uri("/"))
          .hasStatusOk()
          .bodyText()
          .containsSubsequence(
              "orders-failed", "Start it before", "to go on without a new full sync.")
          .containsSubsequence("orders-stopped", "Start it before")
          .containsSubsequence("orders-paused", "nothing left on its survival clock")
          .doesNotContain("orders-put-off");
      assertThat(mvc.get().uri("/").locale(Locale.SIMPLIFIED_CHINESE))
          .bodyText()
          .containsSubsequence("目标内存不足。请调大", "请在", "之前启动");
    } finally {
      List.of(failed, soon, late, paused).forEach(this::remove);
    }
  }

  /** Ten newer ones that nothing presses hid the one that is to be started within two hours. */
  @Test
  @WithMockUser(roles = "VIEWER")
  void showsWhatIsToBeStartedSoonestHoweverManyNewerOnesThereAre() {
    List<Long> made = new ArrayList<>();
    try {
      for (String state : List.of("FAILED", "STOPPED", "PAUSED")) {
        made.add(task("later-" + state, state, state.equals("PAUSED") ? 60_000 : 9_000_000));
        made.add(task("soon-" + state, state, state.equals("PAUSED") ? 0 : 7_200_000));
        for (int i = 0; i < 10; i++) {
          made.add(task("newer-" + state + i, state, 400_000_000));
        }
        jdbc.update(
            "update task set created_at = '2020-01-01 00:00:00' where name in (?, ?)",
            "soon-" + state,
            "later-" + state);
      }
      assertThat(mvc.get().uri("/"))
          .bodyText()
          .containsSubsequence("soon-FAILED", "later-FAILED", "newer-FAILED9")
          .containsSubsequence("soon-STOPPED", "later-STOPPED")
          .containsSubsequence("soon-PAUSED", "later-PAUSED")
          .containsPattern("<div class=\"value\">16</div>")
          .doesNotContain("newer-STOPPED");
    } finally {
      made.forEach(this::remove);
    }
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void countsAllThoughItShowsTheNewest() {
    List<Long> made = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        made.add(task("runs-" + i, "INCREMENTAL", 400_000_000));
        made.add(task("failed-" + i, "FAILED", 400_000_000));
        made.add(task("ready-" + i, "READY", 400_000_000));
      }
      assertThat(mvc.get().uri("/"))
          .bodyText()
          .containsSubsequence(
              "<div class=\"value\">12</div>",
              "0 of the newest 10 in sync",
              "<div class=\"value\">24</div>",
              "12 failed",
              "2 more failed",
              "2 more are checked and ready",
              "2 more running");
    } finally {
      made.forEach(this::remove);
    }
  }

  private void remove(long id) {
    jdbc.update("delete from link_status where task_id = ?", id);
    jdbc.update("delete from task_spec where task_id = ?", id);
    jdbc.update("delete from task where id = ?", id);
  }

  /** A task that has told how long its machine may be lost, just now. */
  private long task(String name, String state, long survivalMillis) {
    jdbc.update(
        """
        insert into task (uid, name, owner, wizard_step, state, desired, state_since, created_at)
        values (?, ?, 'olga', 4, ?, 'RUN', now(), now())
        """,
        name,
        name,
        state);
    long id = jdbc.queryForObject("select max(id) from task", Long.class);
    jdbc.update(
        """
        insert into task_spec (task_id, source_label, source_json, target_label, target_json,
          sync_mode, database_list, on_exists, machine_id, machine_name, lag_bound_millis,
          restart_limit, afresh)
        values (?, 'a', '{}', 'b', '{}', 'SYNC', '', 'REFUSE', 1, 'host-1', 2000, 20, false)
        """,
        id);
    LinkStatus link =
        LinkStatus.of(0, "a:1", "b:1").phase(Phase.PAUSED).survivalMillis(survivalMillis).build();
    jdbc.update(
        "insert into link_status (task_id, link, reported_at, status) values (?, 0, now(), ?)",
        id,
        json.writeValueAsString(link));
    return id;
  }

  @Test
  @WithMockUser(roles = "NOTHING")
  void isClosedToThoseWithoutARole() {
    assertThat(mvc.get().uri("/")).hasStatus(403);
  }
}
