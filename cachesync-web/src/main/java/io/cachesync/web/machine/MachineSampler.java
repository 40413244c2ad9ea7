package io.cachesync.web.machine;

import io.cachesync.web.schedule.Claims;
import io.cachesync.web.ssh.RemoteScript;
import io.cachesync.web.ssh.SshFault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Reads each machine's load every ten seconds, and keeps the last two hours of it. */
@Component
class MachineSampler {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration KEPT = Duration.ofHours(2);
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final RemoteScript SAMPLE = RemoteScript.load("machine-sample");

  private final MachineMapper machines;
  private final MachineSampleMapper samples;
  private final MachineConnections connections;
  private final MachineInspection inspection;
  private final Claims claims;
  private final Clock clock;

  MachineSampler(
      MachineMapper machines,
      MachineSampleMapper samples,
      MachineConnections connections,
      MachineInspection inspection,
      Claims claims,
      Clock clock) {
    this.machines = machines;
    this.samples = samples;
    this.connections = connections;
    this.inspection = inspection;
    this.claims = claims;
    this.clock = clock;
  }

  /** Hands on what is due; returns at once. */
  void tick() {
    claims.each(
        "machine-sample",
        machines.dueForSample(clock.instant()),
        INTERVAL,
        lease -> machines.takeSample(lease.id(), lease.now(), lease.now().plus(INTERVAL)) > 0,
        this::sample,
        lease -> {});
  }

  void sample(long machineId) {
    Machine machine = machines.find(machineId).orElse(null);
    if (machine == null || machine.hostKey() == null) {
      return;
    }
    try {
      var connection = connections.connect(machine);
      String base =
          machine.basePath() == null
              ? inspection.basePath(machine, connection)
              : machine.basePath();
      List<String> lines = connection.run(SAMPLE, List.of(base), LIMIT).lines();
      Instant at = clock.instant();
      samples.insert(SampleText.read(machineId, at, lines));
      samples.deleteBefore(machineId, at.minus(KEPT));
    } catch (SshFault fault) {
      // A refusal to connect was noted already; this is for what broke afterwards.
      connections.failed(machine, fault);
    }
  }
}
