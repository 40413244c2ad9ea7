package io.cachesync.web.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.SelectOption;
import io.cachesync.testkit.Certificates;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.RestMigration;
import io.cachesync.web.testkit.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Checks of data in the browser: damage that was planted in the target is found, shown and named,
 * and gone once it is mended; and a check whose agent is killed comes to its end.
 */
class CheckBrowserIT {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final int KEYS = 3000;
  private static final String NEXT_CENTURY = "4102444800";
  private static final String PASSWORD = "correct horse battery staple";

  private final Screenshots screenshots = new Screenshots();
  private Page page;
  private ConsoleProcess console;
  private RestClient rest;
  private Path jobs;

  @TempDir static Path folder;

  @Test
  void aPersonSeesWhatDiffersAndThatItIsMended() throws IOException {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).password("one-secret").start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).password("two-secret").start();
        Sshd sshd = Sshd.start();
        ConsoleProcess started = ConsoleProcess.start();
        Chromium chromium = Chromium.launch()) {
      console = started;
      jobs = sshd.base().resolve("jobs");
      rest = new RestClient(console);
      RestMigration.addMachine(rest, sshd);
      register("cache-a", source, "one-secret");
      register("cache-b", target, "two-secret");
      fill(source);
      fill(target);
      damage(target);
      page = chromium.visitor();
      signIn();

      asksForACheck();
      seesWhatDiffers();
      repairs();
      button("Check again").click();
      assertThat(page.locator("[data-verdict]"))
          .hasText("Equal: 3,004 keys compared, nothing differs.", patiently());
      assertThat(page.locator("#keys")).hasCount(0);
      comesToItsEndThoughItsAgentIsKilled();
      comesAgainOnASchedule();
      fitsOnAPhone();
      leavesNothingOnTheMachine();
      chromium.assertNoComplaints();
      assertThat(console.log()).doesNotContain("one-secret", "two-secret");
    }
  }

  private void register(String name, RedisServer server, String password) {
    rest.post(
        "/endpoints", Map.of("name", name, "addresses", server.address(), "password", password));
  }

  private static void fill(RedisServer server) {
    try (RespClient client = server.client()) {
      for (int i = 0; i < KEYS; i++) {
        client.call("SET", "page:" + i, "visits " + i);
      }
      client.call("HSET", "user:7", "name", "Ann", "city", "Oslo");
      client.call("RPUSH", "queue:mail", "first", "second", "third");
      client.call("ZADD", "ranking", "1.5", "ann", "2.5", "bob");
      client.call("SET", "session:1", "open", "EXAT", NEXT_CENTURY);
    }
  }

  private static void damage(RedisServer target) {
    try (RespClient client = target.client()) {
      client.call("HSET", "user:7", "name", "Bob");
      client.call("LSET", "queue:mail", "1", "<script>alert(1)</script>");
      client.call("ZADD", "ranking", "2.5000000000000004", "bob");
      client.call("PERSIST", "session:1");
      client.call("DEL", "page:11");
      client.call("SET", "left over", "from before");
    }
  }

  private void signIn() {
    page.navigate(console.url());
    page.locator("#name").fill("admin");
    page.locator("#password").fill(console.secret("initial-admin-password"));
    button("Sign in").click();
    page.locator("#current").fill(console.secret("initial-admin-password"));
    page.locator("#password").fill(PASSWORD);
    page.locator("#repeated").fill(PASSWORD);
    button("Change password").click();
  }

  private void asksForACheck() {
    page.navigate(console.url() + "/checks");
    page.locator("main a.button.primary").first().click();
    page.locator("#sourceEndpointId").selectOption(new SelectOption().setIndex(1));
    page.locator("#targetEndpointId").selectOption(new SelectOption().setIndex(1));
    page.locator("#pauseSeconds").fill("0.2");
    screenshots.take(page, "check-form");
    button("Start the check").click();
    assertThat(page.locator("#targetEndpointId-error")).containsText("are the same");
    page.locator("#targetEndpointId").selectOption(new SelectOption().setIndex(2));
    button("Start the check").click();
  }

  private void seesWhatDiffers() {
    assertThat(page.locator("[data-verdict]"))
        .hasText("Different: 6 of 3,004 keys compared.", patiently());
    assertThat(page.locator("#keys [data-key]")).hasCount(6);
    for (String said :
        List.of(
            "Missing at the target",
            "Only at the target",
            "Time to live",
            "Score",
            "List element",
            "Value of a field")) {
      assertThat(page.locator("#check-live")).containsText(said);
    }
    cutsNothing();
    screenshots.take(page, "check");
    page.locator("#keys #text").fill("user");
    page.locator("#keys .filters button").click();
    assertThat(page.locator("#keys [data-key]")).hasCount(1);
    page.locator("#keys details.sides summary").click();
    Locator sides = page.locator("#keys details.sides");
    assertThat(sides).containsText("Ann");
    assertThat(sides).containsText("Bob");
    assertThat(sides).containsText("source offset");
    page.locator("#keys").scrollIntoViewIfNeeded();
    screenshots.takeDark(page, "check-sides-dark");
    screenshots.takeNarrow(page, "#keys", "check-narrow");
    JsonNode check = rest.get("/checks").get("items").get(0);
    assertThat(check.get("equal").asBoolean()).isFalse();
    assertThat(check.get("listed").asInt()).isEqualTo(6);
  }

  /** On a small screen of a desk every column of the cards of figures is seen. */
  private void cutsNothing() {
    page.setViewportSize(1280, 900);
    assertThat(
            page.evaluate(
                """
                [...document.querySelectorAll('#check-live .table-wrap')]
                  .filter(table => table.scrollWidth > table.clientWidth + 1)
                  .map(table => table.closest('section, details').textContent.slice(0, 60))
                """))
        .isEqualTo(List.of());
    page.setViewportSize(1440, 900);
  }

  /** The plan first; what only the target has goes once it is chosen so. */
  private void repairs() {
    page.locator("#keys .filters a").click();
    button("Repair all 6").click();
    assertThat(page.locator("[data-course='WRITE']")).containsText("5");
    assertThat(page.locator("[data-course='LEAVE']")).containsText("1");
    page.locator("input[type='checkbox'][name='deletesExtra']").check();
    button("Plan again").click();
    assertThat(page.locator("[data-course='DELETE']")).containsText("1");
    assertThat(page.locator("[data-course-of-key]")).hasCount(6);
    screenshots.take(page, "check-repair");
    button("Repair 6 keys now").click();
    assertThat(page.locator("[data-verdict]"))
        .hasText("The repaired keys are equal: 6 compared, nothing differs.", patiently());
    assertThat(page.locator("[data-repair]")).containsText("6 of 6 keys");
    assertThat(page.locator("#check-live")).containsText("undo/check-");
  }

  /** Slow enough to be met while it runs; without the limit it is over at once. */
  private void comesToItsEndThoughItsAgentIsKilled() {
    Map<String, Object> ask =
        Map.of("source", "cache-a", "target", "cache-b", "commandsPerSecond", 20);
    String path = "/checks/" + rest.post("/checks", ask).get("id").asLong();
    await().atMost(Duration.ofSeconds(60)).until(() -> reported(path));
    agents().forEach(ProcessHandle::destroyForcibly);
    rest.put(path + "/limits", Map.of("commandsPerSecond", 0));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> rest.get(path).get("state").asString().equals("DONE"));
    assertThat(rest.get(path).get("remarks").toString()).contains("from the beginning");
    assertThat(rest.get(path).get("equal").asBoolean()).isTrue();
  }

  private void comesAgainOnASchedule() {
    page.navigate(console.url() + "/checks/new");
    page.locator("#sourceEndpointId").selectOption(new SelectOption().setIndex(1));
    page.locator("#targetEndpointId").selectOption(new SelectOption().setIndex(2));
    page.locator("#pauseSeconds").fill("0.2");
    page.getByText("When, and how often").click();
    page.locator("input[name='schedule.rhythm'][value='DAILY']").check();
    page.locator("#schedule\\.time").fill("25:00");
    button("Start the check").click();
    assertThat(page.locator("main")).containsText("A time of day, please");
    page.locator("#schedule\\.time").fill("03:00");
    screenshots.take(page, "check-schedule-form");
    button("Start the check").click();
    assertThat(page.locator("main")).containsText("Daily at 03:00");
    button("Check now").click();
    assertThat(page.locator("[data-verdict]"))
        .hasText("Equal: 3,004 keys compared, nothing differs.", patiently());
    page.navigate(console.url() + "/checks/schedules");
    page.locator("main tbody a").first().click();
    button("Pause").click();
    assertThat(page.locator("main")).containsText("Paused");
    screenshots.take(page, "check-schedule");
  }

  /** Each kind of page, with names and addresses that are as long as they may be. */
  private void fitsOnAPhone() throws IOException {
    Certificates shown = Certificates.make(folder, "c".repeat(60));
    long endpoint =
        rest.post(
                "/endpoints",
                Map.of(
                    "name", "l".repeat(60) + " " + "n".repeat(59),
                    "owner", "o".repeat(100),
                    "tags", "t".repeat(60),
                    "topology", "CLUSTER",
                    "tls", true,
                    "clientCertificate", Files.readString(shown.certificate()),
                    "clientKey", Files.readString(shown.key()),
                    "addresses", List.of("h".repeat(200) + ".example:7000", "b.example:7000"),
                    "addressMap", Map.of("h".repeat(200) + ":1", "r".repeat(200) + ":1")))
            .get("id")
            .asLong();
    long task =
        rest.post(
                "/tasks",
                Map.of(
                    "name", "t".repeat(100),
                    "machine", "here",
                    "source", Map.of("endpoint", "cache-a"),
                    "target", Map.of("address", "h".repeat(200) + ".example:6379")))
            .get("id")
            .asLong();
    List<String> paths = new ArrayList<>(NarrowPages.menu(page));
    paths.addAll(List.of("/", "/tasks/new", "/tasks/" + task, "/tasks/" + task + "/precheck"));
    paths.addAll(
        List.of(
            "/checks/new",
            "/checks/" + rest.get("/checks").get("items").get(0).get("id").asLong(),
            "/checks/schedules",
            "/checks/schedules/" + rest.get("/check-schedules").get(0).get("id").asLong()));
    paths.addAll(List.of("/endpoints/new", "/endpoints/" + endpoint));
    paths.addAll(
        List.of("/endpoints/" + endpoint + "/edit", "/machines/new", "/machines/" + machine()));
    NarrowPages.fit(page, console.url(), paths);
  }

  private long machine() {
    return rest.get("/machines").get(0).get("id").asLong();
  }

  private boolean reported(String path) {
    JsonNode report = rest.get(path).get("report");
    return report != null && report.get("phase").asString().equals("COMPARING");
  }

  private List<ProcessHandle> agents() {
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").contains(jobs + "/check-"))
        .toList();
  }

  private void leavesNothingOnTheMachine() throws IOException {
    try (Stream<Path> left = Files.list(jobs)) {
      assertThat(left).isEmpty();
    }
  }

  private Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  private static LocatorAssertions.HasTextOptions patiently() {
    return new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE_MILLIS);
  }
}
