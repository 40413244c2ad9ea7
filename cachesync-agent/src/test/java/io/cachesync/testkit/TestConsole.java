package io.cachesync.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cachesync.contract.Desired;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LimitSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

/** As much of a console as an agent sees: takes reports, answers with a directive. */
public final class TestConsole implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<Long, List<JobReport>> reports = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private volatile Desired desired = Desired.RUN;
  private volatile LimitSpec limits = LimitSpec.none();
  private volatile long oldestIncarnation;

  public TestConsole() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/reports", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/reports";
  }

  /** What every agent is told from now on. */
  public void direct(Desired newDesired, LimitSpec newLimits) {
    limits = newLimits;
    desired = newDesired;
  }

  /** Answers 409 to older incarnations from now on. */
  public void refuseOlderThan(long incarnation) {
    oldestIncarnation = incarnation;
  }

  public List<JobReport> reports(long incarnation) {
    return reports.computeIfAbsent(incarnation, any -> new CopyOnWriteArrayList<>());
  }

  /** The newest report, or null before the first. */
  public JobReport last(long incarnation) {
    List<JobReport> all = reports(incarnation);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  /** The newest report that is as wanted, once it is. */
  public JobReport await(
      AgentProcess agent, long incarnation, String wanted, Predicate<JobReport> condition) {
    try {
      return Awaitility.await(wanted)
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(10))
          .failFast(
              "the agent ended", () -> !agent.isAlive() && !matches(last(incarnation), condition))
          .until(() -> last(incarnation), report -> matches(report, condition));
    } catch (RuntimeException e) {
      throw new AssertionError(
          wanted + ": last report " + last(incarnation) + "\n" + agent.output(), e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static boolean matches(JobReport report, Predicate<JobReport> condition) {
    return report != null && condition.test(report);
  }

  private void answer(HttpExchange exchange) throws IOException {
    JobReport report = JSON.readValue(exchange.getRequestBody().readAllBytes(), JobReport.class);
    if (report.incarnation() < oldestIncarnation) {
      exchange.sendResponseHeaders(409, -1);
      exchange.close();
      return;
    }
    reports(report.incarnation()).add(report);
    byte[] directive = JSON.writeValueAsBytes(new JobDirective(desired, limits, report.seq()));
    exchange.sendResponseHeaders(200, directive.length);
    exchange.getResponseBody().write(directive);
    exchange.close();
  }
}
