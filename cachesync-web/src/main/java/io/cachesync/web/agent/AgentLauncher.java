package io.cachesync.web.agent;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
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
import io.cachesync.web.ssh.SftpFiles;
import io.cachesync.web.ssh.SshConnection;
import io.cachesync.web.ssh.SshFault;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The agents over SSH. */
@Service
class AgentLauncher implements AgentService {
  private static final Pattern JOB_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /**
   * With the first compiler only: the second one costs more than it brings in every workload that
   * was measured (docs/performance.md).
   */
  private static final String JVM_OPTIONS =
      "-Xms64m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError";

  private final JobMapper jobs;
  private final JobLeftovers leftovers;
  private final JobFiles files;
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
      JobLeftovers leftovers,
      JobFiles files,
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
    this.leftovers = leftovers;
    this.files = files;
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
    return launch(
        jobId,
        taskId,
        machineId,
        (job, report) -> new JobSpec(job.jobId(), job.incarnation(), sync, report, start),
        Map.of(),
        secrets);
  }

  @Override
  public Job launchCheck(
      String jobId, JobOwner owner, long machineId, CheckSpec check, JobSecrets secrets) {
    return launch(
        jobId,
        owner.text(),
        machineId,
        (job, report) -> new JobSpec(job.jobId(), job.incarnation(), check, report),
        Map.of(),
        secrets);
  }

  @Override
  public Job launchRepair(
      String jobId,
      JobOwner owner,
      long machineId,
      RepairSpec repair,
      List<NamedKey> keys,
      JobSecrets secrets) {
    StringBuilder lines = new StringBuilder();
    keys.forEach(key -> lines.append(ContractJson.write(key)).append('\n'));
    return launch(
        jobId,
        owner.text(),
        machineId,
        (job, report) -> new JobSpec(job.jobId(), job.incarnation(), repair, report),
        Map.of("keys.jsonl", bytes(lines.toString())),
        secrets);
  }

  private Job launch(
      String jobId,
      String taskId,
      long machineId,
      BiFunction<Job, ReportSpec, JobSpec> asked,
      Map<String, byte[]> input,
      JobSecrets secrets) {
    if (!JOB_ID.matcher(jobId).matches()) {
      throw new IllegalArgumentException("not a job id: " + jobId);
    }
    Machine machine = readyMachine(machineId);
    Optional<Job> former = jobs.find(jobId);
    former.filter(Job::open).ifPresent(job -> end(job, machineId));
    SshConnection connection = connections.connect(machine);
    leftovers.clearBefore(jobId, machine);
    int port = machine.reportRoute() == ReportRoute.DIRECT ? 0 : forwards.open(machine);
    String url = console.reportUrl(machine, port);
    String directory = machine.basePath() + "/jobs/" + jobId;
    String token = JobToken.random();
    Job job = begin(former, jobId, taskId, machineId, directory, url, token);
    write(connection, job, asked, input, secrets, token);
    try {
      start(connection, machine, job);
    } catch (AgentFault fault) {
      removeSecrets(connection, job);
      throw fault;
    } catch (SshFault fault) {
      // Where only the answer was lost, an agent may be reading them: a probe will tell.
      if (!fault.machineAway()) {
        removeSecrets(connection, job);
      }
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
    try {
      List<String> lines =
          connections
              .connect(machine.get())
              .run(AgentScripts.PROBE, AgentScripts.process(job), AgentScripts.PROBE_LIMIT)
              .lines();
      return read(job, lines.isEmpty() ? "" : lines.get(0));
    } catch (SshFault fault) {
      return fault.machineAway()
          ? JobProbe.unreachable(fault.getMessage())
          : JobProbe.notAsked(fault.getMessage());
    }
  }

  @Override
  public Optional<JobReport> lastReport(String jobId) {
    return files.lastReport(job(jobId));
  }

  @Override
  public void readDifferences(String jobId, int most, Consumer<CheckDifference> differences) {
    files.readDifferences(job(jobId), most, differences);
  }

  @Override
  public void stopRepair(String jobId, String taskDirectory) {
    files.stopRepair(job(jobId), taskDirectory);
  }

  @Override
  public void readRepaired(String jobId, Consumer<RepairedKey> keys) {
    files.readRepaired(job(jobId), keys);
  }

  @Override
  public boolean hasUndo(long machineId, String path) {
    return files.hasUndo(machineId, path);
  }

  @Override
  public void readUndo(long machineId, String path, Consumer<String> lines) {
    files.readUndo(machineId, path, lines);
  }

  @Override
  public void kill(String jobId) {
    Job job = job(jobId);
    killProcess(job, machines.get(job.machineId()));
  }

  @Override
  public List<String> tailLog(String jobId, int lines) {
    Job job = job(jobId);
    return connections
        .connect(machines.get(job.machineId()))
        .run(
            AgentScripts.TAIL,
            List.of(job.directory(), Integer.toString(lines)),
            AgentScripts.LIMIT)
        .lines();
  }

  @Override
  public void markEnded(Job job) {
    jobs.ended(job.jobId(), job.incarnation(), clock.instant());
  }

  @Override
  public void abandon(Job job) {
    transaction.executeWithoutResult(
        status -> {
          markEnded(job);
          leftovers.note(job);
        });
  }

  @Override
  public void clearAbandoned(Job job) {
    leftovers.clear(job);
  }

  @Override
  public List<JobLeftover> dueLeftovers() {
    return leftovers.due();
  }

  @Override
  public void clearLeftover(long id) {
    leftovers.clear(id);
  }

  @Override
  public void removeDirectory(String jobId) {
    Job job = job(jobId);
    if (job.open()) {
      throw new AgentFault(AgentFault.Code.JOB_RUNS, jobId);
    }
    String base = AgentScripts.baseOf(job.directory());
    connections
        .connect(machines.get(job.machineId()))
        .run(AgentScripts.CLEAR, List.of(base, jobId), AgentScripts.LIMIT);
  }

  @Override
  public Optional<Job> find(String jobId) {
    return jobs.find(jobId);
  }

  @Override
  public List<Job> openOn(long machineId) {
    return jobs.openOn(machineId);
  }

  @Override
  public List<Job> jobsOfTask(String taskId) {
    return jobs.ofTask(taskId);
  }

  /**
   * Reads what the probe script printed. The process of a launch whose answer was lost is known
   * from here on.
   */
  private JobProbe read(Job job, String line) {
    String[] words = line.split(" ");
    if (line.equals("starting")) {
      return JobProbe.running(JobProbe.UNKNOWN);
    }
    if (words.length == 5 && words[0].equals("running") && words[4].matches("[0-9]{1,18}")) {
      if (job.pid() == 0) {
        recordProcess(job, words[1], words[2], words[3]);
      }
      return JobProbe.running(Long.parseLong(words[4]));
    }
    if (words.length > 2 && words[0].equals("dead") && words[1].matches("-?[0-9]{1,4}")) {
      return JobProbe.dead(Integer.parseInt(words[1]), line.split(" ", 3)[2]);
    }
    return JobProbe.notAsked("the machine's answer makes no sense");
  }

  private void recordProcess(Job job, String pid, String startTicks, String bootId) {
    jobs.started(
        job.jobId(), job.incarnation(), Long.parseLong(pid), Long.parseLong(startTicks), bootId);
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
                () ->
                    new AgentFault(
                        AgentFault.Code.MACHINE_NOT_READY,
                        "the machine is disabled, or its agent is not installed"));
    if (!agent.sha256().equals(machine.agentSha256())) {
      throw new AgentFault(AgentFault.Code.NOT_INSTALLED, machine.name());
    }
    if (machine.javaPath() == null) {
      throw new AgentFault(AgentFault.Code.NO_JAVA, machine.name());
    }
    return machine;
  }

  /**
   * Ends the former incarnation where its machine answers. On another machine that is away, or
   * where it does not go, it may go on: the new one fences it at the target.
   */
  private void end(Job former, long newMachineId) {
    Optional<Machine> machine = machines.find(former.machineId());
    if (machine.isEmpty()) {
      return;
    }
    try {
      killProcess(former, machine.get());
    } catch (SshFault | AgentFault fault) {
      if (former.machineId() == newMachineId) {
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
          former.filter(each -> each.machineId() != machineId).ifPresent(leftovers::note);
          tokens.insert(new JobToken(JobToken.sha256(token), jobId, incarnation));
        });
    return job;
  }

  private void write(
      SshConnection connection,
      Job job,
      BiFunction<Job, ReportSpec, JobSpec> asked,
      Map<String, byte[]> input,
      JobSecrets secrets,
      String token) {
    ReportSpec report = new ReportSpec(job.reportUrl(), certificate.pinFor(job.reportUrl()), 1000);
    JobSpec spec = asked.apply(job, report);
    JobSecrets all = secrets.withToken(token);
    try (SftpFiles files = connection.files(AgentScripts.LIMIT)) {
      files.makeDirectories(job.directory(), 0700);
      input.forEach((name, content) -> files.put(job.directory() + "/" + name, content, 0600));
      files.put(job.directory() + "/job.json", bytes(ContractJson.write(spec)), 0600);
      files.put(job.directory() + "/secrets.json", bytes(ContractJson.write(all)), 0600);
    }
  }

  /** An agent that did not start has not taken its secrets away. */
  private static void removeSecrets(SshConnection connection, Job job) {
    try (SftpFiles files = connection.files(AgentScripts.LIMIT)) {
      files.remove(job.directory() + "/secrets.json");
    } catch (SshFault fault) {
      // The machine is away; the next start writes the file anew.
    }
  }

  private void start(SshConnection connection, Machine machine, Job job) {
    ExecResult result =
        connection.exec(
            AgentScripts.LAUNCH,
            List.of(
                job.directory(),
                agent.path(machine.basePath()),
                machine.javaPath(),
                JVM_OPTIONS,
                Long.toString(job.incarnation())),
            AgentScripts.LIMIT);
    if (result.exitStatus() == AgentScripts.DIED) {
      throw new AgentFault(AgentFault.Code.DIED_AT_START, result.stderr().strip());
    }
    if (result.exitStatus() < 0) {
      // Its end was not told: the connection went away under it.
      throw new SshFault(
          SshFault.Code.DROPPED,
          machine.address() + ": the connection broke",
          null,
          machine.address());
    }
    String[] words = result.stdout().strip().split(" ");
    if (result.exitStatus() != 0 || words.length != 4) {
      throw connection.commandFailed(AgentScripts.LAUNCH, result);
    }
    recordProcess(job, words[0], words[1], words[2]);
    if (words[3].equals(AgentScripts.ENDANGERED)) {
      log.add(
          machine.id(),
          LogLevel.WARN,
          Sentence.of("agent.log.endangered", job.jobId(), machine.loginUser()));
    }
  }

  private void killProcess(Job job, Machine machine) {
    ExecResult result =
        connections
            .connect(machine)
            .exec(AgentScripts.KILL, AgentScripts.process(job), AgentScripts.LIMIT);
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
