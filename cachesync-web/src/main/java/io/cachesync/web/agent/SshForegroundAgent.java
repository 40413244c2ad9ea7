package io.cachesync.web.agent;

import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineConnections;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.ssh.RemoteScript;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;

/** Runs the installed agent over SSH. */
@Service
class SshForegroundAgent implements ForegroundAgent {
  /** Somebody waits for the answer; the agent's own checks have shorter limits. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** One server is asked a few questions. */
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(45);

  private static final RemoteScript FOREGROUND = RemoteScript.load("agent-foreground");
  private static final int NO_JAR = 127;

  private final AgentPackage agent;
  private final MachineService machines;
  private final MachineConnections connections;

  SshForegroundAgent(AgentPackage agent, MachineService machines, MachineConnections connections) {
    this.agent = agent;
    this.machines = machines;
    this.connections = connections;
  }

  @Override
  public int run(long machineId, String verb, String stdinJson, Consumer<String> lines) {
    Machine machine = machines.get(machineId);
    if (!agent.sha256().equals(machine.agentSha256()) || machine.javaPath() == null) {
      throw new AgentFault(AgentFault.Code.NOT_INSTALLED, machine.name());
    }
    int exit =
        connections.connect(machine).stream(
                FOREGROUND,
                List.of(
                    machine.javaPath(), agent.path(machine.basePath()), machine.basePath(), verb),
                stdinJson.getBytes(StandardCharsets.UTF_8),
                verb.equals("probe") ? PROBE_LIMIT : LIMIT,
                lines)
            .exitStatus();
    if (exit == NO_JAR) {
      throw new AgentFault(AgentFault.Code.NOT_INSTALLED, machine.name());
    }
    return exit;
  }
}
