package io.cachesync.web.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.machine.LoginKind;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineForm;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineStep;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.Sshd;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Real agents, started by a running console over a real OpenSSH server. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class AgentIT {
  private static final Map<String, List<JobReport>> REPORTS = new ConcurrentHashMap<>();
  private static final Map<String, Desired> DESIRED = new ConcurrentHashMap<>();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path data;
  private static Sshd sshd;
  private static RedisServer source;
  private static RedisServer target;

  @Autowired private MachineService machines;
  @Autowired private AgentInstaller installer;
  @Autowired private AgentService agents;
  @Autowired private ForegroundAgent foreground;
  @Autowired private JobMapper jobs;
  @Autowired private JobTokenMapper tokens;
  @Autowired private JdbcTemplate jdbc;
  @LocalServerPort private int port;

  /** Keeps what was applied in place of the tasks. */
  @TestConfiguration
  static class Recording {
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    ReportSink sink() {
      return (job, report) ->
          REPORTS.computeIfAbsent(job.jobId(), id -> new CopyOnWriteArrayList<>()).add(report);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    DirectiveSource directives() {
      return (job, seq) ->
          new JobDirective(DESIRED.getOrDefault(job.jobId(), Desired.RUN), LimitSpec.none(), seq);
    }
  }

  @BeforeAll
  static void startServers() {
    sshd = Sshd.start();
    source = new RedisServer(ServerVersion.V7_0).start();
    target = new RedisServer(ServerVersion.V7_0).start();
  }

  @AfterAll
  static void stopServers() {
    target.close();
    source.close();
    sshd.close();
  }

  /** An agent of another test may have claimed the target before it was killed. */
  @BeforeEach
  void emptyTarget() {
    target.flush();
  }

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("cachesync.data-dir", data::toString);
  }

  @Test
  void startsAnAgentThatOutlivesItsConnectionAndIsFoundAfterItsDeath() {
    Machine machine = machine("life");
    Job first = launch("life-0", machine);
    assertThat(first.incarnation()).isEqualTo(1);
    assertThat(first.reportUrl()).startsWith("http://127.0.0.1:").endsWith("/agent/v1/reports");
    awaitPhase("life-0", 1, Phase.INCREMENTAL);
    assertThat(agents.probe("life-0").state()).isEqualTo(JobProbe.State.RUNNING);
    assertThat(machines.openJobs(machine.id())).hasSize(1);
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class,
            () ->
                asAdmin(
                    () -> {
                      machines.remove(machine.id());
                      return null;
                    }));
    assertThat(refusal.key()).isEqualTo("machine.refused.works");

    // The machine's SSH server and all its sessions end, and with them the port forward.
    sshd.stop();
    assertThat(ProcessHandle.of(first.pid())).map(ProcessHandle::isAlive).contains(true);
    assertThat(agents.probe("life-0").state()).isEqualTo(JobProbe.State.UNREACHABLE);
    sshd.restart();
    long seen = agents.find("life-0").orElseThrow().lastSeq();
    await(() -> agents.find("life-0").orElseThrow().lastSeq() > seen);
    await(() -> agents.probe("life-0").state() == JobProbe.State.RUNNING);

    ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
    await(() -> agents.probe("life-0").state() == JobProbe.State.DEAD);
    awaitKilled("life-0");

    Job second = launch("life-0", machine);
    assertThat(second.incarnation()).isEqualTo(2);
    assertThat(second.pid()).isNotEqualTo(first.pid());
    awaitPhase("life-0", 2, Phase.INCREMENTAL);
    assertThat(agents.tailLog("life-0", 50)).isNotEmpty();

    DESIRED.put("life-0", Desired.STOP);
    awaitPhase("life-0", 2, Phase.STOPPED);
    await(() -> agents.probe("life-0").state() == JobProbe.State.DEAD);
    agents.markEnded(agents.find("life-0").orElseThrow());
    agents.removeDirectory("life-0");
    assertThat(Path.of(second.directory())).doesNotExist();
    assertThat(seqs("life-0", 1)).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void findsAnAgentWhoseStartWasNeverAnswered() throws Exception {
    Machine machine = machine("unanswered");
    List<ProcessHandle> sessions = sshd.sessions();
    Path begun = sshd.base().resolve("unanswered/jobs/unanswered-0/run-1.begun");
    // The launch answers once it has read where the process stands, and that it cannot yet.
    Path reader = sshd.programs().resolve("cat");
    Files.writeString(
        reader,
        "#!/bin/sh\nwhile [ -e \"$0\" ] && [ -e '%s' ]; do sleep 0.1; done\nexec /bin/cat \"$@\"\n"
            .formatted(begun));
    Files.setPosixFilePermissions(reader, PosixFilePermissions.fromString("rwx------"));
    Thread cutter =
        new Thread(
            () -> {
              Awaitility.await().until(() -> Files.exists(begun));
              sessions.forEach(ProcessHandle::destroyForcibly);
            });
    cutter.start();
    SshFault fault = catchThrowableOfType(SshFault.class, () -> launch("unanswered-0", machine));
    cutter.join();
    Files.delete(reader);
    assertThat(fault.machineAway()).isTrue();
    assertThat(agents.find("unanswered-0").orElseThrow().pid()).isZero();

    assertThat(agents.probe("unanswered-0").state()).isEqualTo(JobProbe.State.RUNNING);
    await(
        () ->
            agents.find("unanswered-0").orElseThrow().pid() > 0
                || agents.probe("unanswered-0").state() != JobProbe.State.RUNNING);
    Job found = agents.find("unanswered-0").orElseThrow();
    assertThat(ProcessHandle.of(found.pid())).map(ProcessHandle::isAlive).contains(true);
    awaitPhase("unanswered-0", 1, Phase.INCREMENTAL);
    agents.kill("unanswered-0");
    assertThat(agents.probe("unanswered-0").state()).isEqualTo(JobProbe.State.DEAD);
    agents.markEnded(found);
  }

  @Test
  void endsAnAgentWhosePidItWasNeverTold() {
    Machine machine = machine("unknown");
    Job job = launch("unknown-0", machine);
    jobs.started("unknown-0", job.incarnation(), 0, 0, "");
    agents.kill("unknown-0");
    assertThat(ProcessHandle.of(job.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(agents.probe("unknown-0").state()).isEqualTo(JobProbe.State.DEAD);
    awaitKilled("unknown-0");
    agents.markEnded(agents.find("unknown-0").orElseThrow());
  }

  @Test
  void leavesNoSecretsBehindAStartThatFailed() {
    Machine machine = machine("failed");
    jdbc.update("update machine set java_path = '/bin/false' where id = ?", machine.id());
    AgentFault fault = catchThrowableOfType(AgentFault.class, () -> launch("failed-0", machine));
    assertThat(fault.code()).isEqualTo(AgentFault.Code.DIED_AT_START);
    Path directory = Path.of(agents.find("failed-0").orElseThrow().directory());
    assertThat(directory.resolve("job.json")).exists();
    assertThat(directory.resolve("secrets.json")).doesNotExist();
    agents.markEnded(agents.find("failed-0").orElseThrow());
  }

  @Test
  void killsOnlyTheProcessThatItStarted() {
    Machine machine = machine("kill");
    Job job = launch("kill-0", machine);
    assertThat(agents.probe("kill-0").state()).isEqualTo(JobProbe.State.RUNNING);
    // As if the pid had been given to another process since.
    jobs.started("kill-0", job.incarnation(), job.pid(), job.startTicks() + 1, job.bootId());
    agents.kill("kill-0");
    assertThat(ProcessHandle.of(job.pid())).map(ProcessHandle::isAlive).contains(true);
    assertThat(agents.probe("kill-0").state()).isEqualTo(JobProbe.State.DEAD);
    jobs.started("kill-0", job.incarnation(), job.pid(), job.startTicks(), job.bootId());
    agents.kill("kill-0");
    assertThat(agents.probe("kill-0").state()).isEqualTo(JobProbe.State.DEAD);
    agents.markEnded(agents.find("kill-0").orElseThrow());
  }

  @Test
  void refusesToLaunchWhereNoAgentIs() {
    Machine machine =
        asAdmin(() -> machines.add(form("bare"), machines.hostKey("127.0.0.1", sshd.port())));
    AgentFault fault = catchThrowableOfType(AgentFault.class, () -> launch("bare-0", machine));
    assertThat(fault.code()).isEqualTo(AgentFault.Code.MACHINE_NOT_READY);
    assertThat(agents.find("bare-0")).isEmpty();
    fault =
        catchThrowableOfType(
            AgentFault.class, () -> foreground.run(machine.id(), "precheck", "{}", line -> {}));
    assertThat(fault.code()).isEqualTo(AgentFault.Code.NOT_INSTALLED);
  }

  @Test
  void takesEachReportOnceAndOnlyFromWhomItBelongsTo() throws Exception {
    job("mine", 2, "token-of-mine");
    tokens.insert(new JobToken(JobToken.sha256("old-token"), "mine", 1));
    job("other", 1, "token-of-other");

    assertThat(post("token-of-mine", report("mine", 2, 1))).isEqualTo(200);
    assertThat(post("token-of-mine", report("mine", 2, 1))).as("replayed").isEqualTo(200);
    assertThat(post("token-of-mine", report("mine", 2, 2))).isEqualTo(200);
    assertThat(seqs("mine", 2)).containsExactly(1L, 2L);

    assertThat(post("", report("mine", 2, 3))).isEqualTo(401);
    assertThat(post("nobody's", report("mine", 2, 3))).isEqualTo(401);
    assertThat(post("token-of-other", report("mine", 2, 3))).as("another job").isEqualTo(403);
    assertThat(post("old-token", report("mine", 1, 3))).as("older start").isEqualTo(409);
    assertThat(post("old-token", report("mine", 2, 3))).isEqualTo(409);
    assertThat(post("token-of-mine", "{not json")).isEqualTo(400);
    String large =
        report("mine", 2, 3).replace("\"log\":[]", "\"x\":\"" + "y".repeat(3 << 20) + '"');
    assertThat(post("token-of-mine", large)).isEqualTo(413);
    assertThat(seqs("mine", 2)).containsExactly(1L, 2L);

    agents.markEnded(agents.find("mine").orElseThrow());
    assertThat(post("token-of-mine", report("mine", 2, 4))).as("ended").isEqualTo(409);
  }

  private void job(String jobId, long incarnation, String token) {
    Instant now = Instant.now();
    jobs.insert(new Job(jobId, "1", 0, incarnation, 0, 0, "", "/nowhere", "", 0, null, now, null));
    tokens.insert(new JobToken(JobToken.sha256(token), jobId, incarnation));
  }

  private static String report(String jobId, long incarnation, long seq) {
    return ContractJson.write(
        new JobReport(
            jobId, incarnation, seq, 0, -1, Phase.CONNECTING, null, List.of(), List.of(), null));
  }

  private int post(String token, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/agent/v1/reports"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private Machine machine(String name) {
    return asAdmin(
        () -> {
          Machine added = machines.add(form(name), machines.hostKey("127.0.0.1", sshd.port()));
          List<MachineStep> steps = installer.install(added.id());
          assertThat(steps.get(steps.size() - 1).state())
              .as("%s", steps)
              .isEqualTo(MachineStep.State.PASS);
          return machines.get(added.id());
        });
  }

  private static MachineForm form(String name) {
    return new MachineForm(
        name,
        "127.0.0.1",
        Integer.toString(sshd.port()),
        sshd.user(),
        LoginKind.KEY,
        null,
        sshd.privateKey(),
        null,
        null,
        null,
        sshd.base() + "/" + name);
  }

  private Job launch(String jobId, Machine machine) {
    SyncSpec sync =
        SyncSpec.of(jobId, endpoint(source), endpoint(target))
            .onExists(ConflictPolicy.REPLACE)
            .build();
    return agents.launch(
        jobId, "1", machine.id(), sync, StartSpec.fresh(), new JobSecrets("", "", ""));
  }

  private static RedisEndpoint endpoint(RedisServer server) {
    return new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:" + server.port()), "", null);
  }

  private static List<JobReport> reports(String jobId) {
    return REPORTS.getOrDefault(jobId, List.of());
  }

  private static void awaitPhase(String jobId, long incarnation, Phase phase) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .failFast(
            () -> {
              JobReport last = last(jobId, incarnation);
              if (last != null && last.phase().ended() && last.phase() != phase) {
                throw new AssertionError(phase + " is out of reach: " + last);
              }
            })
        .untilAsserted(
            () ->
                assertThat(last(jobId, incarnation))
                    .isNotNull()
                    .extracting(JobReport::phase)
                    .isEqualTo(phase));
  }

  private static JobReport last(String jobId, long incarnation) {
    return reports(jobId).stream()
        .filter(report -> report.incarnation() == incarnation)
        .reduce((former, later) -> later)
        .orElse(null);
  }

  private static List<Long> seqs(String jobId, long incarnation) {
    return reports(jobId).stream()
        .filter(report -> report.incarnation() == incarnation)
        .map(JobReport::seq)
        .toList();
  }

  /** The shell around it writes down how it ended, once it has seen that. */
  private void awaitKilled(String jobId) {
    await(() -> agents.probe(jobId).exitCode() >= 0);
    assertThat(agents.probe(jobId).exitCode()).isEqualTo(137);
  }

  private static void await(BooleanSupplier condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(condition::getAsBoolean);
  }

  private static <T> T asAdmin(Supplier<T> work) {
    return SystemActor.call(work);
  }
}
