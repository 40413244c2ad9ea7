package io.cachesync.web.agent;

import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.ReportSpec;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.machine.ConsoleAddress;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineConnections;
import io.cachesync.web.machine.MachineForwards;
import io.cachesync.web.machine.MachineLog;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.machine.ReportRoute;
import io.cachesync.web.machine.Sentence;
import io.cachesync.web.ssh.ExecResult;
import io.cachesync.web.ssh.RemoteScript;
import io.cachesync.web.ssh.SftpFiles;
import io.cachesync.web.ssh.SshConnection;
import io.cachesync.web.ssh.SshFault;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The agents over SSH. */
@Service
class AgentLauncher implements AgentService {
  private static final Pattern JOB_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(8);
  private static final String JVM_OPTIONS = "-Xms64m -Xmx512m -XX:+ExitOnOutOfMemoryError";
  private static final int DIED = 4;
  private static final RemoteScript LAUNCH = RemoteScript.load("agent-launch");
  private static final RemoteScript PROBE = RemoteScript.load("agent-probe");
  private static final RemoteScript KILL = RemoteScript.load("agent-kill");
  private static final RemoteScript TAIL = RemoteScript.load("agent-tail");
  private static final RemoteScript CLEAR = RemoteScript.load("agent-clear");

  private final JobMapper jobs;
  private final JobTokenMapper tokens;
  private final AgentPackage agent;
  private final MachineService machines;
  private final MachineConnections connections;
  private final MachineForwards forwards;
  private final MachineLog log;
  private final ConsoleAddress console;
  private final ConsoleCertificate certificate;
  private final TransactionTemplate transaction;
  private final Clock clock;

  AgentLauncher(
      JobMapper jobs,
      JobTokenMapper tokens,
      AgentPackage agent,
      MachineService machines,
      MachineConnections connections,
      MachineForwards forwards,
      MachineLog log,
      ConsoleAddress console,
      ConsoleCertificate certificate,
      TransactionTemplate transaction,
      Clock clock) {
    this.jobs = jobs;
    this.tokens = tokens;
    this.agent = agent;
    this.machines = machines;
    this.connections = connections;
    this.forwards = forwards;
    this.log = log;
    this.console = console;
    this.certificate = certificate;
    this.transaction = transaction;
    this.clock = clock;
  }

  @Override
  public Job launch(
      String jobId,
      String taskId,
      long machineId,
      SyncSpec sync,
      StartSpec start,
      JobSecrets secrets) {
    if (!JOB_ID.matcher(jobId).matches()) {
      throw new IllegalArgumentException("not a job id: " + jobId);
    }
    Machine machine = readyMachine(machineId);
    Optional<Job> former = jobs.find(jobId);
    former.filter(Job::open).filter(job -> job.pid() > 0).ifPresent(job -> end(job, machineId));
    SshConnection connection = connections.connect(machine);
    int port = machine.reportRoute() == ReportRoute.DIRECT ? 0 : forwards.open(machine);
    String url = console.reportUrl(machine, port);
    String directory = machine.basePath() + "/jobs/" + jobId;
    String token = JobToken.random();
    Job job = begin(former, jobId, taskId, machineId, directory, url, token);
    write(connection, job, sync, start, secrets, token);
    try {
      start(connection, machine, job);
    } catch (AgentFault | SshFault fault) {
      removeSecrets(connection, job);
      throw fault;
    }
    log.add(machineId, LogLevel.INFO, Sentence.of("agent.log.launched", jobId, job.incarnation()));
    return job(jobId);
  }

  @Override
  public JobProbe probe(String jobId) {
    Job job = job(jobId);
    Optional<Machine> machine = machines.find(job.machineId());
    if (machine.isEmpty()) {
      return JobProbe.unreachable("its machine was removed");
    }
    if (job.pid() == 0) {
      return JobProbe.dead(-1, "it was never seen to start");
    }
    try {
      List<String> lines =
          connections
              .connect(machine.get())
              .run(
                  PROBE,
                  List.of(
                      job.directory(),
                      Long.toString(job.incarnation()),
                      Long.toString(job.pid()),
                      Long.toString(job.startTicks()),
                      job.bootId()),
                  PROBE_LIMIT)
              .lines();
      return read(lines.isEmpty() ? "" : lines.get(0));
    } catch (SshFault fault) {
      return JobProbe.unreachable(fault.getMessage());
    }
  }

  @Override
  public void kill(String jobId) {
    Job job = job(jobId);
    if (job.pid() > 0) {
      killProcess(job, machines.get(job.machineId()));
    }
  }

  @Override
  public List<String> tailLog(String jobId, int lines) {
    Job job = job(jobId);
    return connections
        .connect(machines.get(job.machineId()))
        .run(TAIL, List.of(job.directory(), Integer.toString(lines)), LIMIT)
        .lines();
  }

  @Override
  public void markEnded(Job job) {
    jobs.ended(job.jobId(), job.incarnation(), clock.instant());
  }

  @Override
  public void removeDirectory(String jobId) {
    Job job = job(jobId);
    if (job.open()) {
      throw new AgentFault(AgentFault.Code.JOB_RUNS, jobId);
    }
    String base = job.directory().substring(0, job.directory().lastIndexOf("/jobs/"));
    connections.connect(machines.get(job.machineId())).run(CLEAR, List.of(base, jobId), LIMIT);
  }

  @Override
  public Optional<Job> find(String jobId) {
    return jobs.find(jobId);
  }

  @Override
  public List<Job> jobsOfTask(String taskId) {
    return jobs.ofTask(taskId);
  }

  /** What the probe script printed. */
  static JobProbe read(String line) {
    if (line.equals("running")) {
      return JobProbe.running();
    }
    String[] words = line.split(" ", 3);
    if (words.length == 3 && words[0].equals("dead") && words[1].matches("-?[0-9]{1,4}")) {
      return JobProbe.dead(Integer.parseInt(words[1]), words[2]);
    }
    return JobProbe.unreachable("the machine's answer makes no sense");
  }

  private Job job(String jobId) {
    return jobs.find(jobId).orElseThrow(() -> new AgentFault(AgentFault.Code.UNKNOWN_JOB, jobId));
  }

  private Machine readyMachine(long machineId) {
    Machine machine =
        machines
            .find(machineId)
            .filter(each -> each.state() == MachineState.READY)
            .orElseThrow(
                () -> new AgentFault(AgentFault.Code.MACHINE_NOT_READY, "machine " + machineId));
    if (!agent.sha256().equals(machine.agentSha256())) {
      throw new AgentFault(AgentFault.Code.NOT_INSTALLED, machine.name());
    }
    if (machine.javaPath() == null) {
      throw new AgentFault(AgentFault.Code.NO_JAVA, machine.name());
    }
    return machine;
  }

  /**
   * Ends the former incarnation where its machine answers. On a machine that is away it may go on:
   * the new one fences it at the target.
   */
  private void end(Job former, long newMachineId) {
    Optional<Machine> machine = machines.find(former.machineId());
    if (machine.isEmpty()) {
      return;
    }
    try {
      killProcess(former, machine.get());
    } catch (SshFault fault) {
      if (former.machineId() == newMachineId || !fault.machineAway()) {
        throw fault;
      }
    }
  }

  private Job begin(
      Optional<Job> former,
      String jobId,
      String taskId,
      long machineId,
      String directory,
      String url,
      String token) {
    long incarnation = former.map(Job::incarnation).orElse(0L) + 1;
    Job job =
        new Job(
            jobId,
            taskId,
            machineId,
            incarnation,
            0,
            0,
            "",
            directory,
            url,
            0,
            null,
            clock.instant(),
            null);
    transaction.executeWithoutResult(
        status -> {
          if (former.isEmpty()) {
            jobs.insert(job);
          } else if (jobs.begin(job) == 0) {
            throw new AgentFault(AgentFault.Code.JOB_RUNS, jobId);
          }
          tokens.insert(new JobToken(JobToken.sha256(token), jobId, incarnation));
        });
    return job;
  }

  private void write(
      SshConnection connection,
      Job job,
      SyncSpec sync,
      StartSpec start,
      JobSecrets secrets,
      String token) {
    ReportSpec report = new ReportSpec(job.reportUrl(), certificate.pinFor(job.reportUrl()), 1000);
    JobSpec spec = new JobSpec(job.jobId(), job.incarnation(), sync, report, start);
    JobSecrets all = new JobSecrets(token, secrets.sourcePassword(), secrets.targetPassword());
    try (SftpFiles files = connection.files(LIMIT)) {
      files.makeDirectories(job.directory(), 0700);
      files.put(job.directory() + "/job.json", bytes(ContractJson.write(spec)), 0600);
      files.put(job.directory() + "/secrets.json", bytes(ContractJson.write(all)), 0600);
    }
  }

  /** An agent that did not start has not taken its secrets away. */
  private static void removeSecrets(SshConnection connection, Job job) {
    try (SftpFiles files = connection.files(LIMIT)) {
      files.remove(job.directory() + "/secrets.json");
    } catch (SshFault fault) {
      // The machine is away; the next start writes the file anew.
    }
  }

  private void start(SshConnection connection, Machine machine, Job job) {
    ExecResult result =
        connection.exec(
            LAUNCH,
            List.of(
                job.directory(),
                agent.path(machine.basePath()),
                machine.javaPath(),
                JVM_OPTIONS,
                Long.toString(job.incarnation())),
            LIMIT);
    if (result.exitStatus() == DIED) {
      throw new AgentFault(AgentFault.Code.DIED_AT_START, result.stderr().strip());
    }
    String[] words = result.stdout().strip().split(" ");
    if (result.exitStatus() != 0 || words.length != 3) {
      throw connection.commandFailed(LAUNCH, result);
    }
    jobs.started(
        job.jobId(),
        job.incarnation(),
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        words[2]);
  }

  private void killProcess(Job job, Machine machine) {
    ExecResult result =
        connections
            .connect(machine)
            .exec(
                KILL,
                List.of(Long.toString(job.pid()), Long.toString(job.startTicks()), job.bootId()),
                LIMIT);
    if (result.exitStatus() != 0) {
      throw new AgentFault(AgentFault.Code.NOT_KILLED, job.jobId());
    }
    log.add(
        machine.id(),
        LogLevel.INFO,
        Sentence.of("agent.log.killed", job.jobId(), job.incarnation()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
