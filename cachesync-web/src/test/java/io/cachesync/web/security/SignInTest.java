package io.cachesync.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.web.system.DataDirectory;
import io.cachesync.web.testkit.Browser;
import io.cachesync.web.testkit.ConsoleTest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Sign-in, passwords, users and tokens through the real filters, sessions and database. */
@ConsoleTest
class SignInTest {
  private static final String CHOSEN = "a-password-of-my-own";

  @LocalServerPort private int port;
  @Autowired private UserService users;
  @Autowired private ApiTokenService tokens;
  @Autowired private ConsoleUserMapper mapper;
  @Autowired private DataDirectory data;

  private Browser browser;
  private String name;

  @BeforeEach
  void openBrowser() {
    browser = newBrowser();
    name = "user-" + UUID.randomUUID().toString().substring(0, 8);
  }

  @Test
  void theFirstStartLeavesAnAdminAndATokenForTheOwnerOfTheConsoleAlone() {
    assertThat(mapper.findByName("admin").mustChangePassword()).isTrue();
    assertThat(data.read(FirstStart.PASSWORD_FILE).orElseThrow()).hasSize(20);
    assertThat(tokens.recognize(data.read(FirstStart.TOKEN_FILE).orElseThrow()))
        .hasValueSatisfying(token -> assertThat(token.role()).isEqualTo(Role.ADMIN));
    assertThat(data.resolve(FirstStart.PASSWORD_FILE).toFile().canExecute()).isFalse();
  }

  @Test
  void aGeneratedPasswordOpensNothingButThePageThatChangesIt() {
    String generated = add(Role.VIEWER);

    assertThat(browser.signIn(name, generated).body()).contains("Choose your own before you go on");
    assertThat(browser.get("/audit").body()).contains("Choose your own before you go on");

    HttpResponse<String> same = change(generated, generated);
    assertThat(same.body()).contains("Choose another one than the present password.");
    assertThat(change(generated, "short").body()).contains("Use at least 10 characters.");
    assertThat(change("wrong", CHOSEN).body()).contains("This is not your present password.");

    assertThat(change(generated, CHOSEN).body()).contains("Your password is changed.");
    assertThat(browser.get("/audit").statusCode()).isEqualTo(200);
  }

  @Test
  void aRoleOpensNoMoreThanItsPages() {
    signedIn(Role.VIEWER);

    assertThat(browser.get("/audit").body()).doesNotContain("href=\"/users\"");
    HttpResponse<String> refused = browser.get("/users");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("You may not do this");
  }

  @Test
  void aFormWithoutTheTokenOfItsPageIsRefused() {
    signedIn(Role.ADMIN);

    assertThat(
            browser.post("/users", "_csrf", "guessed", "name", "x", "role", "ADMIN").statusCode())
        .isEqualTo(403);
    assertThat(mapper.findByName("x")).isNull();
  }

  @Test
  void guessingIsThrottled() {
    String password = add(Role.VIEWER);
    for (int i = 0; i < SignInThrottle.FREE_FAILURES; i++) {
      assertThat(browser.signIn(name, "guess " + i).body()).contains("do not match");
    }

    assertThat(browser.signIn(name, password).body()).contains("Too many failed attempts");
  }

  @Test
  void whoIsDisabledIsOutAtOnce() {
    signedIn(Role.VIEWER);
    ConsoleUser user = mapper.findByName(name);

    SystemActor.run(() -> users.change(user.id(), Role.VIEWER, false));

    assertThat(browser.get("/audit").uri().getPath()).isEqualTo("/sign-in");
    assertThat(newBrowser().signIn(name, CHOSEN).body()).contains("do not match");
  }

  @Test
  void theLivePageOfWhoIsDisabledEnds() {
    signedIn(Role.VIEWER);
    Iterator<String> live = browser.lines("/tasks/live?id=1").iterator();
    assertThat(live.next()).contains("event:tasks");
    CompletableFuture<Void> ended =
        CompletableFuture.runAsync(() -> live.forEachRemaining(line -> {}));

    ConsoleUser user = mapper.findByName(name);
    SystemActor.run(() -> users.change(user.id(), Role.VIEWER, false));

    await().until(ended::isDone);
  }

  @Test
  void anOutsideSignInDoesNotCarryAScript() {
    signedIn(Role.ADMIN);

    String script = "<script>alert(1)</script>";
    HttpResponse<String> made =
        browser.post("/settings/tokens", "name", script, "role", "VIEWER", "days", "1");

    assertThat(made.body()).contains("cst_").doesNotContain(script);
    assertThat(browser.get("/settings").body())
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .doesNotContain("<script>alert")
        .doesNotContain("cst_");
    assertThat(browser.get("/audit?text=" + "%3Cscript%3E").body())
        .contains("&lt;script&gt;")
        .doesNotContain("<script>alert");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/users", "/tasks/new", "/tasks/1/edit/3", "/machines/new"})
  void aFormOfTenMegabytesIsRefusedWithAMessageAndEndsNoSession(String path) {
    signedIn(Role.ADMIN);

    HttpResponse<String> refused = browser.post(path, "name", "x".repeat(10_000_000));

    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).contains("That is too much text").contains("Nothing was saved");
    assertThat(refused.headers().firstValue("Content-Security-Policy"))
        .hasValue(SecurityConfiguration.CONTENT_SECURITY_POLICY);
    assertThat(refused.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(browser.get("/users").statusCode()).isEqualTo(200);
  }

  private void signedIn(Role role) {
    String generated = add(role);
    browser.signIn(name, generated);
    assertThat(change(generated, CHOSEN).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> change(String current, String chosen) {
    return browser.post(
        "/account/password", "current", current, "password", chosen, "repeated", chosen);
  }

  private String add(Role role) {
    return SystemActor.call(() -> users.add(name, role));
  }

  private Browser newBrowser() {
    return new Browser("http://localhost:" + port);
  }
}
