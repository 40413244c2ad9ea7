package io.cachesync.web.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.Sshd;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * The main job, as a person does it in the browser: from the first sign-in to the history of a
 * migration whose machine is gone. Everything is real: the packaged console, an sshd, two Redis
 * servers, an agent that the console installs, and a writer that never rests.
 */
class MainJobBrowserIT {
  private static final int PATIENCE_MILLIS = 90_000;
  private static final String SOURCE_PASSWORD = "source-secret-8c1f";
  private static final String TARGET_PASSWORD = "target-secret-51da";
  private static final String NEW_PASSWORD = "correct horse battery staple";

  private final Screenshots screenshots = new Screenshots();
  private Page page;
  private ConsoleProcess console;

  @Test
  void aPersonDoesTheMainJob() {
    try (RedisServer source = redis(SOURCE_PASSWORD);
        RedisServer target = redis(TARGET_PASSWORD);
        AgentProcess writer = writer(source);
        Sshd sshd = Sshd.start();
        ConsoleProcess started = ConsoleProcess.start();
        Chromium chromium = Chromium.launch()) {
      console = started;
      page = chromium.visitor();
      signInAndChangeThePassword();
      addTheMachine(sshd);
      registerEndpoint("orders", source, SOURCE_PASSWORD);
      registerEndpoint("orders-new", target, TARGET_PASSWORD);
      String task = goThroughTheWizard();
      watchItRun(task);
      pauseResumeStopAndGoOn();
      NarrowPages.fit(
          page,
          console.url(),
          List.of("/tasks", task, task + "/events", task + "/config", task + "/log"));
      page.navigate(console.url() + task);
      finish(writer, source, target);
      findItInTheHistoryWithoutTheMachine();
      lookAtItInChineseAndInTheDark(task);
      chromium.assertNoComplaints();
    }
  }

  private static RedisServer redis(String password) {
    return new RedisServer(ServerVersion.V7_0).password(password).start();
  }

  /** Fills the source and goes on writing to it. */
  private static AgentProcess writer(RedisServer source) {
    return AgentProcess.start(
        Map.of("SOURCE_PASSWORD", SOURCE_PASSWORD),
        "generate",
        "--target",
        source.uri(),
        "--target-password-env",
        "SOURCE_PASSWORD",
        "--keys",
        Screenshots.WANTED ? "400000" : "20000",
        "--rate",
        "100");
  }

  private void signInAndChangeThePassword() {
    page.navigate(console.url());
    screenshots.take(page, "sign-in");
    page.locator("#name").fill("admin");
    page.locator("#password").fill("not the password");
    button("Sign in").click();
    assertThat(page.locator(".flash.bad")).isVisible();
    page.locator("#name").fill("admin");
    page.locator("#password").fill(console.secret("initial-admin-password"));
    button("Sign in").click();

    page.locator("#current").fill(console.secret("initial-admin-password"));
    page.locator("#password").fill(NEW_PASSWORD);
    page.locator("#repeated").fill(NEW_PASSWORD);
    button("Change password").click();
    assertThat(heading("Dashboard")).isVisible();
  }

  private void addTheMachine(Sshd sshd) {
    nav("Machines");
    page.locator("a[href='/machines/new']").first().click();
    page.locator("#name").fill("mig-1");
    page.locator("#host").fill("127.0.0.1");
    page.locator("#port").fill(Integer.toString(sshd.port()));
    page.locator("#loginUser").fill(sshd.user());
    page.locator("#privateKey").fill(sshd.privateKey());
    page.locator("#baseDir").fill(sshd.base().toString());
    button("Continue").click();

    assertThat(page.locator("main")).containsText(sshd.fingerprint());
    screenshots.take(page, "machine-host-key");
    button("Yes, it is this host").click();

    Locator steps = page.locator(".findings li");
    for (String step : new String[] {"Login", "Java", "Memory", "Disk", "Way to the console"}) {
      assertThat(steps.filter(new Locator.FilterOptions().setHasText(step)).first())
          .containsText("passed", patiently());
    }
    button("Install agent").click();
    assertThat(page.locator("#machine-live")).containsText("Installation done.", patiently());
    assertThat(page.locator("#machine-live")).containsText("Ready");
    screenshots.take(page, "machine");
    screenshots.takeDark(page, "machine-dark");
  }

  private void registerEndpoint(String name, RedisServer server, String password) {
    nav("Redis endpoints");
    page.locator("a[href='/endpoints/new']").first().click();
    page.locator("#name").fill(name);
    page.locator("#addresses").fill(server.address());
    page.locator("#password").fill(password);
    button("Save").click();
    assertThat(heading(name)).isVisible();
  }

  /** Returns the path of the task's page. */
  private String goThroughTheWizard() {
    nav("Tasks");
    page.locator("a[href='/tasks/new']").first().click();
    page.locator("[name='source.endpoint']").selectOption(option("orders"));
    page.locator("[name='target.endpoint']").selectOption(option("orders-new"));
    connect("source");
    connect("target");
    screenshots.take(page, "wizard-ends");
    button("Next").click();

    assertThat(page.locator("input[name=mode][value=SYNC]")).isChecked();
    assertThat(page.locator("input[name=onExists][value=REFUSE]")).isChecked();
    screenshots.take(page, "wizard-what");
    button("Next").click();

    page.locator("#name").fill("orders to 7.0");
    page.locator("#commandsPerSecond").fill(Screenshots.WANTED ? "20000" : "2000");
    screenshots.take(page, "wizard-how");
    button("To the precheck").click();
    return precheckAndStart();
  }

  private void connect(String end) {
    Locator fields = page.locator("[data-end=" + end + "]");
    fields.locator("[data-connect]").click();
    assertThat(fields.locator("[data-facts]")).containsText("7.0.15", patiently());
  }

  /** Every warning is acknowledged by name; a block would leave the start shut. */
  private String precheckAndStart() {
    button("Run the precheck").click();
    Locator findings = page.locator("#precheck .findings li");
    assertThat(page.locator("#precheck[data-running=false] .findings li").first())
        .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MILLIS));
    assertThat(findings.filter(new Locator.FilterOptions().setHasText("Source reachable")))
        .containsText("Pass");
    assertThat(page.locator("#precheck li[data-severity=BLOCK]")).hasCount(0);
    screenshots.take(page, "precheck");
    Locator warnings = button("I know this, go on");
    // Behind the findings: what is shown has come whole.
    assertThat(button("Start")).isVisible();
    for (int left = warnings.count(); left > 0; left--) {
      warnings.first().click();
      assertThat(warnings).hasCount(left - 1);
    }
    String precheck = page.url().substring(console.url().length());
    button("Start").click();
    return precheck.substring(0, precheck.lastIndexOf('/'));
  }

  private void watchItRun(String task) {
    assertThat(page).hasURL(console.url() + task);
    Locator state = page.locator("[data-live=state]").first();
    assertThat(state).containsText("Full sync", patiently());
    if (Screenshots.WANTED) {
      page.waitForFunction("() => document.querySelector('progress').value > 40");
    }
    screenshots.take(page, "task-full-sync");
    page.locator("#commandsPerSecond").fill("");
    button("Change limits").click();

    // Nobody reloads the page: it changes by itself.
    assertThat(state).containsText("in sync", patiently());
    String applied = page.locator("#links [data-live=offset]").first().textContent();
    assertThat(page.locator("#links [data-live=offset]").first())
        .not()
        .hasText(applied, new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE_MILLIS));
    assertThat(page.locator("#chart canvas")).isVisible();
    followWithACheck();
    page.reload();
    assertThat(page.locator("#chart canvas")).isVisible();
    screenshots.take(page, "task");
    screenshots.takeDark(page, "task-dark");
    screenshots.takeNarrow(page, "body", "task-narrow");
  }

  /** The counters come and go on by themselves. */
  private void followWithACheck() {
    page.locator("#keysPerSecond").fill("2000");
    page.locator("#continuous button").click();
    assertThat(page.locator("#keysPerSecond")).hasValue("2000");
    Locator compared = page.locator("#continuous [data-live=compared]");
    assertThat(compared).not().hasText("0", patientlyNot());
    String before = compared.textContent();
    assertThat(compared).not().hasText(before, patientlyNot());
    assertThat(page.locator("#continuous [data-live=different]")).hasText("0");
  }

  private static LocatorAssertions.HasTextOptions patientlyNot() {
    return new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE_MILLIS);
  }

  private void pauseResumeStopAndGoOn() {
    press("Pause", "Paused");
    press("Resume", "in sync");
    pressAndConfirm("Stop", "Stopped");
    press("Start", "in sync");
  }

  private void finish(AgentProcess writer, RedisServer source, RedisServer target) {
    writer.terminate();
    assertThat(writer.exitCode()).isEqualTo(130);
    pressAndConfirm("Finish", "Done");
    assertThat(target.digest()).isEqualTo(source.digest());
    assertThat(target.keys()).isPositive();
  }

  private void findItInTheHistoryWithoutTheMachine() {
    nav("Machines");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("mig-1")).click();
    answerWhatIsAskedOfTheMachineOnceItIsGone();
    page.locator("details.menu summary[title=More]").click();
    button("Remove").click();
    page.locator("#confirm button[value=yes]").click();
    assertThat(page.locator(".flash.good")).containsText("mig-1 was removed.");

    nav("Tasks");
    screenshots.take(page, "tasks");
    theMenuOfARowIsSeenWhole();
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("orders to 7.0")).click();
    tab("Events");
    assertThat(page.locator("main")).containsText("Incremental began");
    assertThat(page.locator("main")).containsText("Everything applied");
    screenshots.take(page, "task-events");
    tab("Config");
    assertThat(page.locator("main")).containsText("••••••••");
    assertThat(page.content()).doesNotContain(SOURCE_PASSWORD, TARGET_PASSWORD);
    tab("Log");
    assertThat(page.locator("main")).containsText("full sync");
    screenshots.take(page, "task-log");
  }

  /**
   * What the page is just asking for is answered when the machine has been removed, before the page
   * that says so comes: by then it has been given up, so that nobody is told of what is not found.
   */
  private void answerWhatIsAskedOfTheMachineOnceItIsGone() {
    AtomicReference<Route> asked = new AtomicReference<>();
    page.route("**/machines/*/live", asked::set);
    page.waitForCondition(() -> asked.get() != null);
    page.route(
        "**/machines/*/remove",
        removal -> {
          APIResponse removed = removal.fetch();
          APIResponse gone = asked.get().fetch();
          assertThat(gone.status()).isEqualTo(404);
          asked.get().fulfill(new Route.FulfillOptions().setResponse(gone));
          removal.fulfill(new Route.FulfillOptions().setResponse(removed));
        });
  }

  /** A table scrolls sideways, and would cut what opens inside it. */
  private void theMenuOfARowIsSeenWhole() {
    page.locator("tr[data-task] details.menu summary").first().click();
    page.evaluate("document.dispatchEvent(new Event('scroll'))");
    assertThat(page.locator("tr[data-task] details.menu[open]")).isVisible();
    Locator item = page.locator("tr[data-task] details.menu[open] .item:visible").last();
    // The browser tells of what has opened once it has opened.
    page.waitForFunction(
        """
        item => {
          const box = item.getBoundingClientRect();
          return item.contains(
            document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        }
        """,
        item.elementHandle());
    page.keyboard().press("Escape");
  }

  private void lookAtItInChineseAndInTheDark(String task) {
    page.navigate(console.url() + task);
    page.locator("details.menu summary[title=Language]").click();
    button("中文").click();
    assertThat(page.locator("html")).hasAttribute("lang", "zh-CN");
    assertThat(page.locator("main")).not().containsText("Overview");
    screenshots.take(page, "task-zh");
    page.navigate(console.url() + "/");
    screenshots.take(page, "dashboard-zh");
    screenshots.takeDark(page, "dashboard-zh-dark");
  }

  private void press(String button, String state) {
    button(button).click();
    awaitState(state);
  }

  private void pressAndConfirm(String button, String state) {
    button(button).click();
    page.locator("#confirm button[value=yes]").click();
    awaitState(state);
  }

  private void awaitState(String state) {
    assertThat(page.locator("[data-live=state]").first()).containsText(state, patiently());
  }

  private void nav(String item) {
    page.locator("nav")
        .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(item).setExact(true))
        .first()
        .click();
    assertThat(heading(item)).isVisible();
  }

  private void tab(String name) {
    page.locator("nav.tabs")
        .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name))
        .click();
  }

  private Locator heading(String text) {
    return page.getByRole(
        AriaRole.HEADING, new Page.GetByRoleOptions().setName(text).setExact(true).setLevel(1));
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static com.microsoft.playwright.options.SelectOption option(String label) {
    return new com.microsoft.playwright.options.SelectOption().setLabel(label);
  }

  private static LocatorAssertions.ContainsTextOptions patiently() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MILLIS);
  }
}
