package io.cachesync.web.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.testkit.ConsoleTest;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ConsoleTest
class DashboardControllerTest {
  @Autowired private MockMvcTester mvc;

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
  @WithMockUser(roles = "NOTHING")
  void isClosedToThoseWithoutARole() {
    assertThat(mvc.get().uri("/")).hasStatus(403);
  }
}
