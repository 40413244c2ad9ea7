package io.cachesync.web.machine;

import io.cachesync.web.machine.MachineWork.Outcome;
import io.cachesync.web.ssh.ExecResult;
import io.cachesync.web.ssh.HostKeyPin;
import io.cachesync.web.ssh.RemoteScript;
import io.cachesync.web.ssh.SftpFiles;
import io.cachesync.web.ssh.SshConnection;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.ssh.SshPool;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tests a machine step by step. */
@Component
public class MachineTester {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final RemoteScript REACH = RemoteScript.load("machine-reach");
  private static final RemoteScript OUTLIVE = RemoteScript.load("machine-outlive", "agent-keeper");
  private static final long LITTLE_DISK = 1L << 30;
  private static final long LITTLE_MEMORY = 600L << 20;
  private static final long SKEW_MILLIS = 2_000;

  /** Exit code of the script where the machine has nothing to ask with. */
  private static final int NO_TOOL = 3;

  private final MachineMapper machines;
  private final MachineConnections connections;
  private final MachineInspection inspection;
  private final MachineForwards forwards;
  private final ConsoleAddress console;
  private final SshPool pool;
  private final Clock clock;

  MachineTester(
      MachineMapper machines,
      MachineConnections connections,
      MachineInspection inspection,
      MachineForwards forwards,
      ConsoleAddress console,
      SshPool pool,
      Clock clock) {
    this.machines = machines;
    this.connections = connections;
    this.inspection = inspection;
    this.forwards = forwards;
    this.console = console;
    this.pool = pool;
    this.clock = clock;
  }

  /** All steps of a test. */
  public void test(Machine machine, MachineWork.Steps steps) {
    reach(machine, steps);
    inspect(machine, steps);
    steps.step("CONSOLE", () -> consoleReached(machine));
  }

  /** The steps up to a login. */
  private void reach(Machine machine, MachineWork.Steps steps) {
    steps.step("CONNECT", () -> hostKey(machine));
    steps.step(
        "LOGIN",
        () -> {
          connections.look(machine);
          return Outcome.pass("machine.test.login", machine.loginUser());
        });
  }

  /** The steps that say whether an agent can run there; writes what was found to the row. */
  private void inspect(Machine machine, MachineWork.Steps steps) {
    MachineFacts[] found = new MachineFacts[1];
    steps.step(
        "SYSTEM",
        () -> {
          long before = clock.millis();
          MachineFacts facts = inspection.facts(machine, connections.look(machine));
          machines.updateFacts(machine.id(), facts);
          found[0] = facts;
          if (!facts.missingTools().isEmpty()) {
            return Outcome.fail("machine.test.tools", facts.missingTools());
          }
          long skew = skew(before, clock.millis(), facts.clockMillis());
          return skew > SKEW_MILLIS
              ? Outcome.warn("machine.test.skew", facts.os(), skew)
              : Outcome.pass("machine.test.system", facts.os(), facts.cpuCount());
        });
    MachineFacts facts = found[0];
    steps.step(
        "JAVA",
        () ->
            facts.javaPath() == null
                ? Outcome.fail("machine.test.noJava", MachineInspection.OLDEST_JAVA)
                : Outcome.pass("machine.test.java", facts.javaVersion(), facts.javaPath()));
    steps.step(
        "MEMORY",
        () ->
            facts.memoryAvailableBytes() < LITTLE_MEMORY
                ? Outcome.warn("machine.test.littleMemory", mega(facts.memoryAvailableBytes()))
                : Outcome.pass("machine.test.memory", mega(facts.memoryAvailableBytes())));
    steps.step("DISK", () -> disk(machine, facts));
    steps.step("OUTLIVE", () -> outlive(machine));
  }

  private Outcome hostKey(Machine machine) {
    HostKeyPin shown = pool.hostKey(machine.host(), machine.port());
    HostKeyPin confirmed = HostKeyPin.parse(machine.hostKey());
    if (shown.algorithm().equals(confirmed.algorithm()) && !shown.equals(confirmed)) {
      SshFault fault =
          new SshFault(
              SshFault.Code.HOST_KEY_CHANGED,
              machine.address() + " shows another host key than the confirmed one",
              null,
              machine.address(),
              shown.fingerprint(),
              confirmed.fingerprint());
      connections.failed(machine, fault);
      throw fault;
    }
    return Outcome.pass("machine.test.connect", machine.address(), confirmed.fingerprint());
  }

  private Outcome disk(Machine machine, MachineFacts facts) {
    SshConnection connection = connections.look(machine);
    String probe = facts.basePath() + "/.probe";
    try (SftpFiles files = connection.files(LIMIT)) {
      files.makeDirectories(facts.basePath(), 0700);
      files.put(probe, "may be removed\n".getBytes(StandardCharsets.UTF_8), 0600);
      files.remove(probe);
    }
    return facts.diskFreeBytes() < LITTLE_DISK
        ? Outcome.warn("machine.test.littleDisk", facts.basePath(), mega(facts.diskFreeBytes()))
        : Outcome.pass("machine.test.disk", facts.basePath(), mega(facts.diskFreeBytes()));
  }

  /** Whether agents go on when the login ends; turns on lingering where it may. */
  private Outcome outlive(Machine machine) {
    String kept = String.join("", connections.look(machine).run(OUTLIVE, List.of(), LIMIT).lines());
    return switch (kept) {
      case "scope" -> Outcome.pass("machine.test.scope", machine.loginUser());
      case "detached" -> Outcome.pass("machine.test.detached");
      default -> Outcome.warn("machine.test.endangered", machine.loginUser());
    };
  }

  /** By the address set for machines where that works, otherwise by a port forward. */
  private Outcome consoleReached(Machine machine) {
    String url = console.machineUrl();
    if (!url.isEmpty() && asked(machine, console.hello(ReportRoute.DIRECT, 0)) == Reached.YES) {
      machines.updateRoute(machine.id(), ReportRoute.DIRECT);
      return Outcome.pass("machine.test.direct", url);
    }
    machines.updateRoute(machine.id(), ReportRoute.FORWARD);
    int port = forwards.open(machine);
    Reached reached = asked(machine, console.hello(ReportRoute.FORWARD, port));
    if (reached == Reached.NO) {
      return Outcome.fail("machine.test.noForward", port);
    }
    return url.isEmpty()
        ? Outcome.pass("machine.test.forward", port)
        : Outcome.warn("machine.test.notDirect", url, port);
  }

  private enum Reached {
    YES,
    NO,
    NOT_TESTED
  }

  private Reached asked(Machine machine, URI hello) {
    int port = hello.getPort() > 0 ? hello.getPort() : hello.getScheme().equals("https") ? 443 : 80;
    ExecResult answer =
        connections
            .look(machine)
            .exec(
                REACH,
                List.of(hello.toString(), hello.getHost(), Integer.toString(port), hello.getPath()),
                LIMIT);
    if (answer.exitStatus() == NO_TOOL) {
      return Reached.NOT_TESTED;
    }
    boolean ours = answer.stdout().contains(console.installationId());
    return answer.exitStatus() == 0 && ours ? Reached.YES : Reached.NO;
  }

  /** How far the machine's clock is from ours at the least, given when it was asked. */
  static long skew(long askedMillis, long answeredMillis, long machineMillis) {
    if (machineMillis < askedMillis) {
      return askedMillis - machineMillis;
    }
    return Math.max(0, machineMillis - answeredMillis);
  }

  private static long mega(long bytes) {
    return bytes >> 20;
  }
}
