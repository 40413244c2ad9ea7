package io.cachesync.agent.job;

import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.ReportSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;

/**
 * Sends reports to the console, oldest first, each until it is taken, and hands on the directive of
 * each answer. A console that is away is asked again and again; the job does not care.
 */
public final class HttpReporter implements ReportSink {
  private static final int MAX_IN_MEMORY = 60;
  private static final long MAX_FILE_BYTES = 8L << 20;
  private static final long RETRY_MILLIS = 1000;
  private static final long FAREWELL_MILLIS = 5000;

  private final Directed runner;
  private final JobLog log;
  private final String token;
  private final URI url;
  private final HttpClient client;
  private final ReportOutbox outbox;
  private final Thread sender = new Thread(this::send, "reporter");
  private volatile long farewellUntil = Long.MAX_VALUE;

  /** The last trouble that was logged: each kind is logged when it begins, not each time. */
  private String trouble = "";

  /**
   * @param token bearer token of this incarnation
   * @param runner hears the directives
   */
  public HttpReporter(
      ReportSpec spec, String token, Path unsentReports, Directed runner, JobLog log)
      throws IOException {
    this.runner = runner;
    this.log = log;
    this.token = token;
    this.url = URI.create(spec.url());
    this.outbox = new ReportOutbox(unsentReports, MAX_IN_MEMORY, MAX_FILE_BYTES);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(3));
    if (!spec.certificateSha256().isEmpty()) {
      builder.sslContext(PinnedCertificate.context(spec.certificateSha256()));
    }
    this.client = builder.build();
    sender.setDaemon(true);
    sender.start();
  }

  @Override
  public void accept(JobReport report) {
    outbox.add(ContractJson.write(report));
  }

  @Override
  public void close() {
    farewellUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAREWELL_MILLIS);
    try {
      sender.join(FAREWELL_MILLIS + RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send() {
    try {
      while (!isOver()) {
        String report = outbox.awaitOldest(100);
        if (report != null && !deliver(report)) {
          TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOver() {
    return runner.isSuperseded()
        || (farewellUntil != Long.MAX_VALUE
            && (outbox.isEmpty() || System.nanoTime() > farewellUntil));
  }

  /** Whether the report is done with. */
  private boolean deliver(String report) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofString(report))
            .build();
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      noteTrouble(
          isOfCertificate(e)
              ? "The console shows another certificate than the one it had when this job was"
                  + " started; the job goes on and its reports wait."
              : "The console cannot be reached; the job goes on and its reports wait.");
      return false;
    }
    return digest(response);
  }

  private static boolean isOfCertificate(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private boolean digest(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status / 100 == 2) {
      outbox.drop();
      obey(response.body());
      noteTrouble("");
      return true;
    }
    if (status == 409) {
      runner.supersede();
      return true;
    }
    if (status == 400 || status == 413 || status == 422) {
      outbox.drop();
      noteTrouble("The console refuses a report with HTTP " + status + "; it is dropped.");
      return true;
    }
    noteTrouble("The console answers HTTP " + status + "; the job goes on and its reports wait.");
    return false;
  }

  private void obey(String body) {
    try {
      runner.direct(ContractJson.read(body, JobDirective.class));
    } catch (JacksonException | IllegalArgumentException e) {
      noteTrouble("The console's answer is not a directive; it is ignored.");
    }
  }

  private void noteTrouble(String text) {
    if (text.equals(trouble)) {
      return;
    }
    if (text.isEmpty()) {
      log.log(LogLevel.INFO, -1, "The console takes reports again.");
    } else {
      log.log(LogLevel.WARN, -1, text);
    }
    trouble = text;
  }
}
