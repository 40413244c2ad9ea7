package io.cachesync.web.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.RestMigration;
import io.cachesync.web.testkit.Sshd;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A cluster in the browser: taken for one server first, then the target of a task and the source of
 * the next. What comes out is what went in.
 */
class ClusterBrowserIT {
  private static final int PATIENCE_MILLIS = 90_000;
  private static final String PASSWORD = "correct horse battery staple";

  private final Screenshots screenshots = new Screenshots();
  private Page page;
  private ConsoleProcess console;

  @Test
  void aPersonMovesIntoAClusterAndOutOfIt() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer last = new RedisServer(ServerVersion.V7_0).start();
        ClusterServers cluster = new ClusterServers(ServerVersion.V7_0, 3).start();
        AgentProcess writer = writer(source);
        Sshd sshd = Sshd.start();
        ConsoleProcess started = ConsoleProcess.start();
        Chromium chromium = Chromium.launch()) {
      console = started;
      RestMigration.addMachine(new RestClient(console), sshd);
      page = chromium.visitor();
      signIn();
      registerTheClusterAsOneServer(cluster);
      takeItForWhatItIs();

      goThroughTheWizard(source.address(), "", "", "orders-cluster");
      assertThat(page.locator("#links tr")).hasCount(1);
      writer.terminate();
      assertThat(writer.exitCode()).isEqualTo(130);
      finish();
      assertThat(source.keys()).isPositive();
      assertThat(DatasetComparer.compare(source, cluster)).isEmpty();

      goThroughTheWizard("", "orders-cluster", last.address(), "");
      // All links together, and each.
      assertThat(page.locator("#links tr")).hasCount(4);
      assertThat(page.locator("#links tr[data-link='-1'] th")).containsText("All 3 links");
      page.locator("#accounts--1").scrollIntoViewIfNeeded();
      screenshots.take(page, "task-cluster");
      screenshots.takeNarrow(page, "task-cluster-narrow");
      finish();
      assertThat(DatasetComparer.compare(cluster, last)).isEmpty();
      chromium.assertNoComplaints();
    }
  }

  private static AgentProcess writer(RedisServer source) {
    return AgentProcess.start(
        Map.of(), "generate", "--target", source.uri(), "--keys", "20000", "--rate", "100");
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

  private void registerTheClusterAsOneServer(ClusterServers cluster) {
    page.navigate(console.url() + "/endpoints/new");
    page.locator("#name").fill("orders-cluster");
    page.locator("[name=topology][value=CLUSTER]").check();
    page.locator("#addresses").fill(cluster.addresses().get(0) + "\n10.0.0.1:99999");
    button("Save").click();
    assertThat(page.locator("#addresses-error")).containsText("Line 2: “10.0.0.1:99999”");
    page.locator("[name=topology][value=STANDALONE]").check();
    page.locator("#addresses").fill(cluster.addresses().get(0));
    button("Save").click();
    assertThat(page.locator("h1")).hasText("orders-cluster");
  }

  private void takeItForWhatItIs() {
    button("Connect").click();
    assertThat(page.locator("#facts")).containsText("answers as a node of a cluster", patiently());
    button("Make it a cluster").click();
    button("Connect").click();
    assertThat(page.locator("#facts table.nodes tbody tr"))
        .hasCount(3, new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE_MILLIS));
    assertThat(page.locator("#facts")).containsText("Masters: 3, replicas: 0");
    screenshots.take(page, "endpoint-cluster");
  }

  /** Each end by its address, or by the name of a registered endpoint. */
  private void goThroughTheWizard(
      String sourceAddress, String sourceName, String targetAddress, String targetName) {
    page.navigate(console.url() + "/tasks/new");
    fill("source", sourceAddress, sourceName);
    fill("target", targetAddress, targetName);
    button("Next").click();
    // A cluster has one database, so there none is to be chosen.
    assertThat(page.locator("input[name=databases]:visible")).hasCount(sourceName.isEmpty() ? 1 : 0);
    assertThat(page.locator("main")).containsText("cluster has database 0 only");
    button("Next").click();
    assertThat(page.locator("form.card")).containsText("Cluster");
    button("To the precheck").click();
    button("Run the precheck").click();
    assertThat(page.locator("#precheck[data-running=false] .findings li").first())
        .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MILLIS));
    assertThat(page.locator("#precheck li[data-severity=BLOCK]")).hasCount(0);
    Locator warnings = button("I know this, go on");
    while (warnings.count() > 0) {
      warnings.first().click();
      page.waitForLoadState();
    }
    button("Start").click();
    awaitState("in sync");
  }

  private void fill(String end, String address, String name) {
    if (name.isEmpty()) {
      page.locator("[name='" + end + ".address']").fill(address);
    } else {
      page.locator("[name='" + end + ".endpoint']")
          .selectOption(new com.microsoft.playwright.options.SelectOption().setLabel(name));
    }
  }

  private void finish() {
    button("Finish").click();
    page.locator("#confirm button[value=yes]").click();
    awaitState("Done");
  }

  private void awaitState(String state) {
    assertThat(page.locator("[data-live=state]").first()).containsText(state, patiently());
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static LocatorAssertions.ContainsTextOptions patiently() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MILLIS);
  }
}
