package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.testkit.Browser;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.DatabaseServer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar as it is shipped, on a real MySQL. */
class PackagedConsoleOnMySqlIT {
  private static DatabaseServer mysql;
  private static ConsoleProcess console;
  private static String[] settings;

  @BeforeAll
  static void start() {
    mysql = DatabaseServer.mySql57();
    settings =
        new String[] {
          "spring.datasource.url=" + mysql.createDatabase("cachesync"),
          "spring.datasource.username=root",
          "spring.datasource.password="
        };
    console = ConsoleProcess.start(settings);
  }

  @AfterAll
  static void stop() {
    if (console != null) {
      console.close();
    }
    mysql.close();
  }

  @Test
  void signsTheFirstAdminInAndKeepsTheSessionOverARestart() {
    Browser browser = new Browser(console.url());
    String generated = console.secret("initial-admin-password");

    assertThat(browser.signIn("admin", generated).body()).contains("Change your password");
    String own = "a-password-of-my-own";
    assertThat(
            browser
                .post("/account/password", "current", generated, "password", own, "repeated", own)
                .body())
        .contains("Your password is changed.");

    console.restart();

    assertThat(browser.get("/users").statusCode()).isEqualTo(200);
    assertThat(browser.get("/audit").body()).contains("Password changed");
    assertThat(console.log()).doesNotContain(generated).doesNotContain(own);
  }

  @Test
  void aSecondConsoleSharesTheDatabaseGivenTheSameKey() {
    try (ConsoleProcess second = ConsoleProcess.start(withKey(console.secret("secret.key")))) {
      assertThat(new Browser(second.url()).get("/sign-in").statusCode()).isEqualTo(200);
    }
  }

  private static String[] withKey(String key) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = "CACHESYNC_SECRET_KEY=" + key;
    return all;
  }
}
