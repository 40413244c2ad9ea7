package io.cachesync.web.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.SentinelServers;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.RestMigration;
import io.cachesync.web.testkit.Sshd;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A cluster in the browser: taken for one server first, then the target of a task and the source of
 * the next. And sentinels, taken for the server first. What comes out is what went in.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopologyBrowserIT {
  private static final int PATIENCE_MILLIS = 90_000;
  private static final String PASSWORD = "correct horse battery staple";

  private static final String SENTINEL_PASSWORD = "of-the-sentinels";

  private final Screenshots screenshots = new Screenshots();
  private Sshd sshd;
  private Sshd another;
  private ConsoleProcess console;
  private Chromium chromium;
  private Page page;

  @BeforeAll
  void start() {
    sshd = Sshd.start();
    another = Sshd.start();
    console = ConsoleProcess.start();
    chromium = Chromium.launch();
    RestMigration.addMachine(new RestClient(console), sshd);
    RestMigration.addMachine(new RestClient(console), "there", another);
    page = chromium.visitor();
    signIn();
  }

  @AfterAll
  void end() throws Exception {
    for (AutoCloseable each : Arrays.asList(chromium, console, another, sshd)) {
      if (each != null) {
        each.close();
      }
    }
  }

  @Test
  void aPersonMovesIntoAClusterAndOutOfIt() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer last = new RedisServer(ServerVersion.V7_0).start();
        ClusterServers cluster = new ClusterServers(ServerVersion.V7_0, 3).patient().start();
        AgentProcess writer = writer(source)) {
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
      screenshots.takeFrom(page, "#links-card", "task-cluster");
      finish();
      assertThat(DatasetComparer.compare(cluster, last)).isEmpty();
      chromium.assertNoComplaints();
    }
  }

  @Test
  void aPersonMovesWhatSentinelsTell() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer sentinel = SentinelServers.watching(source, SENTINEL_PASSWORD);
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      try (RespClient client = source.client()) {
        client.call("SET", "orders:1", "paid");
      }
      page.navigate(console.url() + "/tasks/new");
      fill("source", sentinel.address(), "");
      field("source.password").fill(SENTINEL_PASSWORD);
      Locator end = page.locator("[data-end=source]");
      end.locator("[data-connect]").click();
      button("Make it the master orders of these sentinels").click();
      // The password goes to the sentinels, and the master has none.
      field("source.password").fill("");
      page.getByText("Sentinels with a login of their own").first().click();
      field("source.sentinelPassword").fill(SENTINEL_PASSWORD);
      end.locator("[data-connect]").click();
      assertThat(end.locator("[data-facts]")).containsText(source.address(), patiently());
      screenshots.take(page, "wizard-sentinels");

      fill("target", target.address(), "");
      button("Next").click();
      page.locator("[name=onUnsupported][value=SKIP]").check();
      button("Next").click();
      precheckAndStart();
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Config")).click();
      assertThat(page.locator("main"))
          .containsText("--source-sentinel-password-env SOURCE_SENTINEL_PASSWORD");
      assertThat(page.locator("main")).containsText("--on-unsupported skip");
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
      finish();
      chromium.assertNoComplaints();
    }
  }

  /** All that is wrong with the first step is told at once; the pages fit a phone. */
  @Test
  void aPersonSpreadsTheShardsOfAClusterOverTwoMachines() {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        ClusterServers cluster = new ClusterServers(ServerVersion.V7_0, 3).patient().start();
        ClusterWrites writes = new ClusterWrites(cluster, 45)) {
      writes.fill("order", 20_000, 100);
      writes.gently().start();
      page.navigate(console.url() + "/tasks/new");
      page.locator("summary:has-text('Spread the shards')").click();
      for (Locator machine : page.locator("[name=machines]").all()) {
        machine.check();
      }
      fill("source", cluster.addresses().get(0), "");
      fill("target", "10.0.0.1:99999", "");
      button("Next").click();
      assertThat(page.locator("[id='target.address-error']")).containsText("99999");
      assertThat(page.locator("#machines-error")).containsText("Only the shards of one cluster");
      page.locator("[name='source.topology'][value=CLUSTER]").check();
      fill("target", target.address(), "");
      button("Next").click();
      button("Next").click();
      precheckAndStart();
      assertThat(page.locator("#parts-card tbody tr")).hasCount(2);
      assertThat(page.locator("#links tr")).hasCount(4);
      String task = URI.create(page.url()).getPath();
      screenshots.takeFrom(page, "#parts-card", "task-spread");
      screenshots.takeDark(page, "task-spread-dark");
      NarrowPages.fit(
          page,
          console.url(),
          List.of("/tasks", task, task + "/events", task + "/config", task + "/log"));
      page.navigate(console.url() + task);
      button("Stop").click();
      page.locator("#confirm button[value=yes]").click();
      awaitState("Stopped");
      NarrowPages.fit(page, console.url(), List.of(task, task + "/config"));
      page.navigate(console.url() + task);
      button("Start").click();
      awaitState("in sync");
      writes.stop();
      finish();
      assertThat(DatasetComparer.compare(cluster, target)).isEmpty();
      chromium.assertNoComplaints();
    }
  }

  /** One too many is taken away again; what was typed and found elsewhere stays. */
  @Test
  void aPersonTypesSeveralSources() {
    try (RedisServer first = new RedisServer(ServerVersion.V7_0).password("of-one").start();
        RedisServer second = new RedisServer(ServerVersion.V7_0).password("of-two").start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      for (RedisServer each : List.of(first, second)) {
        try (RespClient client = each.client()) {
          client.call("SET", "orders:" + each.port(), "paid");
        }
      }
      page.navigate(console.url() + "/tasks/new");
      fill("source", first.address(), "");
      field("source.password").fill("of-one");
      look("source");
      fill("target", target.address(), "");
      button("Add a source").click();
      assertThat(page.locator("[data-end]")).hasCount(3);
      button("Add a source").click();
      assertThat(page.locator("[data-end]")).hasCount(4);
      assertThat(facts("source")).containsText("7.0");
      field("moreSources[0].address").fill("10.0.0.1:99999");
      field("moreSources[1].address").fill(second.address());
      field("moreSources[1].password").fill("of-two");
      // Enter goes on, and takes no source away.
      field("moreSources[1].user").press("Enter");
      assertThat(page.locator("[id='moreSources[0].address-error']")).containsText("99999");
      button("Remove source 2").click();
      assertThat(page.locator("[data-end]")).hasCount(3);
      assertThat(field("moreSources[0].address")).hasValue(second.address());
      look("moreSources[0]");
      screenshots.take(page, "wizard-sources");
      button("Next").click();
      button("Next").click();
      precheckAndStart();
      assertThat(page.locator("#links tr")).hasCount(3);
      finish();
      assertThat(DatasetComparer.compareUnion(List.of(first, second), target)).isEmpty();
      chromium.assertNoComplaints();
    }
  }

  private void look(String end) {
    page.locator("[data-end='" + end + "'] [data-connect]").click();
    assertThat(facts(end)).containsText("7.0", patiently());
  }

  private Locator facts(String end) {
    return page.locator("[data-end='" + end + "'] [data-facts]");
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
    assertThat(page.locator("main")).containsText("cluster has database 0 only");
    if (sourceName.isEmpty()) {
      field("databases").fill("0, 1");
      button("Next").click();
      assertThat(page.locator("#databases-error")).containsText("a cluster has one database");
      field("databases").fill("0");
    } else {
      // Out of a cluster there is none to be chosen.
      assertThat(page.locator("input[name=databases]:visible")).hasCount(0);
    }
    button("Next").click();
    assertThat(page.locator("form.card")).containsText("Cluster");
    precheckAndStart();
  }

  private void precheckAndStart() {
    button("To the precheck").click();
    button("Run the precheck").click();
    assertThat(page.locator("#precheck[data-running=false] .findings li").first())
        .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MILLIS));
    assertThat(page.locator("#precheck li[data-severity=BLOCK]")).hasCount(0);
    Locator warnings = button("I know this, go on");
    // Behind the findings: what is shown has come whole.
    assertThat(button("Start")).isVisible();
    for (int left = warnings.count(); left > 0; left--) {
      warnings.first().click();
      assertThat(warnings).hasCount(left - 1);
    }
    button("Start").click();
    awaitState("in sync");
  }

  private void fill(String end, String address, String name) {
    if (name.isEmpty()) {
      field(end + ".address").fill(address);
    } else {
      field(end + ".endpoint")
          .selectOption(new com.microsoft.playwright.options.SelectOption().setLabel(name));
    }
  }

  private Locator field(String name) {
    return page.locator("[name='" + name + "']");
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
