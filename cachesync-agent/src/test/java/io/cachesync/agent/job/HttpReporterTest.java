package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cachesync.contract.Desired;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import io.cachesync.contract.ReportSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpReporterTest {
  @TempDir private Path folder;

  private final List<Long> taken = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private final List<JobDirective> directives = new CopyOnWriteArrayList<>();
  private final AtomicBoolean superseded = new AtomicBoolean();
  private final Directed runner =
      new Directed() {
        @Override
        public void direct(JobDirective directive) {
          directives.add(directive);
        }

        @Override
        public void supersede() {
          superseded.set(true);
        }

        @Override
        public boolean isSuperseded() {
          return superseded.get();
        }
      };

  private volatile int status = 200;
  private HttpServer console;
  private JobLog log;
  private HttpReporter reporter;

  @BeforeEach
  void start() throws IOException {
    log = new JobLog(folder.resolve("agent.log"), Clock.systemUTC());
    startConsole(0);
    String url = "http://127.0.0.1:" + console.getAddress().getPort() + "/reports";
    reporter =
        new HttpReporter(
            new ReportSpec(url, "", 1000), "t0ken", folder.resolve("unsent"), runner, log);
  }

  @AfterEach
  void stop() {
    superseded.set(true);
    reporter.close();
    console.stop(0);
    log.close();
  }

  @Test
  void handsOnTheDirectiveOfEachAnswer() {
    reporter.accept(report(1));
    await().until(() -> taken.equals(List.of(1L)));
    await().until(() -> directives.size() == 1);
    assertThat(tokens).containsOnly("Bearer t0ken");
    assertThat(directives).containsExactly(new JobDirective(Desired.PAUSE, new LimitSpec(5, 0), 1));
  }

  @Test
  void sendsInOrderWhatWaitedWhileTheConsoleWasAway() throws IOException {
    int port = console.getAddress().getPort();
    console.stop(0);
    for (int seq = 1; seq <= 80; seq++) {
      reporter.accept(report(seq));
    }
    await().until(() -> warnings("cannot be reached") == 1);
    startConsole(port);
    await().until(() -> taken.size() >= 80);
    assertThat(taken.stream().distinct().toList()).hasSize(80).isSorted();
    await().until(() -> warnings("takes reports again") == 1);
  }

  @Test
  void anOlderIncarnationIsSuperseded() {
    status = 409;
    reporter.accept(report(1));
    await().untilTrue(superseded);
    assertThat(directives).isEmpty();
  }

  @Test
  void aRefusedTokenIsNotedOnceAndTheJobGoesOn() {
    status = 403;
    reporter.accept(report(1));
    reporter.accept(report(2));
    await().until(() -> tokens.size() >= 2);
    status = 200;
    await().until(() -> taken.equals(List.of(1L, 2L)));
    assertThat(warnings("HTTP 403")).isEqualTo(1);
    assertThat(superseded).isFalse();
  }

  @Test
  void aReportThatIsNoGoodDoesNotBlockTheNext() {
    status = 413;
    reporter.accept(report(1));
    await().until(() -> warnings("HTTP 413") == 1);
    status = 200;
    reporter.accept(report(2));
    await().until(() -> taken.equals(List.of(2L)));
  }

  private final List<LogLine> lines = new CopyOnWriteArrayList<>();

  private long warnings(String part) {
    lines.addAll(log.take(1000));
    return lines.stream().filter(line -> line.text().contains(part)).count();
  }

  private void startConsole(int port) throws IOException {
    console = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    console.createContext("/reports", this::answer);
    console.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
    int code = status;
    byte[] answer = new byte[0];
    if (code == 200) {
      taken.add(ContractJson.read(body, JobReport.class).seq());
      JobDirective directive = new JobDirective(Desired.PAUSE, new LimitSpec(5, 0), 1);
      answer = ContractJson.write(directive).getBytes(StandardCharsets.UTF_8);
    }
    exchange.sendResponseHeaders(code, answer.length == 0 ? -1 : answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static JobReport report(long seq) {
    return new JobReport("job", 1, seq, 0, -1, Phase.INCREMENTAL, null, null, null, null);
  }
}
