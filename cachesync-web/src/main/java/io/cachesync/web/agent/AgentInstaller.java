package io.cachesync.web.agent;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineConnections;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineStep;
import io.cachesync.web.machine.MachineTester;
import io.cachesync.web.machine.MachineWork;
import io.cachesync.web.machine.MachineWork.Outcome;
import io.cachesync.web.security.RequiresAdmin;
import io.cachesync.web.ssh.ExecResult;
import io.cachesync.web.ssh.RemoteScript;
import io.cachesync.web.ssh.SftpFiles;
import io.cachesync.web.ssh.SshConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Service;

/** Installs this console's agent on machines; one that is there and whole is left as it is. */
@Service
public class AgentInstaller {
  private static final Duration UPLOAD_LIMIT = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final RemoteScript VERIFY = RemoteScript.load("agent-verify");
  private static final int SHA256_HEX = 64;

  private final AgentPackage agent;
  private final MachineService machines;
  private final MachineConnections connections;
  private final MachineTester tester;
  private final MachineWork work;
  private final AuditService audit;

  AgentInstaller(
      AgentPackage agent,
      MachineService machines,
      MachineConnections connections,
      MachineTester tester,
      MachineWork work,
      AuditService audit) {
    this.agent = agent;
    this.machines = machines;
    this.connections = connections;
    this.tester = tester;
    this.work = work;
    this.audit = audit;
  }

  /** Starts an installation; the machine's page shows its steps. */
  @RequiresAdmin
  public void start(long machineId) {
    Machine machine = machines.confirmed(machineId);
    work.start(machine, "INSTALL", steps -> install(machine, steps));
    audit.record("machine.install", machine.name(), agent.sha256());
  }

  /** Installs and answers the steps; the last one may have failed. */
  @RequiresAdmin
  public List<MachineStep> install(long machineId) {
    Machine machine = machines.confirmed(machineId);
    audit.record("machine.install", machine.name(), agent.sha256());
    return work.run(machine, "INSTALL", steps -> install(machine, steps));
  }

  private void install(Machine machine, MachineWork.Steps steps) {
    tester.test(machine, steps);
    steps.step("UPLOAD", () -> upload(machine.id()));
    steps.step("VERIFY", () -> verify(machine.id()));
  }

  private Outcome upload(long machineId) {
    Machine machine = machines.get(machineId);
    SshConnection connection = connections.connect(machine);
    String jar = agent.path(machine.basePath());
    try (SftpFiles files = connection.files(UPLOAD_LIMIT)) {
      if (files.exists(jar)) {
        ExecResult there = verified(machine, connection);
        if (there.exitStatus() == 0 && hash(there).equals(agent.sha256())) {
          return Outcome.pass("agent.install.there", jar);
        }
      }
      files.makeDirectories(agent.directory(machine.basePath()), 0700);
      try (InputStream in = agent.open()) {
        files.put(jar, in, 0600);
      }
      return Outcome.pass("agent.install.uploaded", jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outcome verify(long machineId) {
    Machine machine = machines.get(machineId);
    ExecResult there = verified(machine, connections.connect(machine));
    if (!hash(there).equals(agent.sha256())) {
      return Outcome.fail("agent.install.otherHash", hash(there), agent.sha256());
    }
    String said = there.lines().size() < 2 ? "" : there.lines().get(1);
    if (there.exitStatus() != 0) {
      return Outcome.fail("agent.install.notRunnable", there.exitStatus(), said);
    }
    machines.agentInstalled(machineId, agent.sha256());
    return Outcome.pass("agent.install.verified", said, agent.sha256());
  }

  private ExecResult verified(Machine machine, SshConnection connection) {
    return connection.exec(
        VERIFY, List.of(agent.path(machine.basePath()), machine.javaPath()), LIMIT);
  }

  private static String hash(ExecResult result) {
    String out = result.stdout();
    return out.length() < SHA256_HEX ? "" : out.substring(0, SHA256_HEX);
  }
}
