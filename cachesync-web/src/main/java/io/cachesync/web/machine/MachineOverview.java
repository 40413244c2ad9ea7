package io.cachesync.web.machine;

import io.cachesync.web.security.RequiresViewer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;

/** Machines with their load, for lists and the dashboard. */
@Service
public class MachineOverview {
  /** An older sample says nothing of now. */
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final MachineService machines;
  private final MachineSampleMapper samples;
  private final Clock clock;

  MachineOverview(MachineService machines, MachineSampleMapper samples, Clock clock) {
    this.machines = machines;
    this.samples = samples;
    this.clock = clock;
  }

  @RequiresViewer
  public List<MachineView> all() {
    Map<Long, Integer> jobs = machines.openJobCounts();
    Map<Long, MachineSample> loads = loads();
    return machines.all().stream()
        .map(
            machine ->
                new MachineView(
                    machine, jobs.getOrDefault(machine.id(), 0), loads.get(machine.id())))
        .toList();
  }

  @RequiresViewer
  public MachineView of(Machine machine) {
    return new MachineView(
        machine, machines.openJobs(machine.id()).size(), loads().get(machine.id()));
  }

  @RequiresViewer
  List<MachineSample> history(long machineId, Duration back) {
    return samples.since(machineId, clock.instant().minus(back));
  }

  private Map<Long, MachineSample> loads() {
    return samples.newest().stream()
        .filter(sample -> sample.at().isAfter(clock.instant().minus(FRESH)))
        .collect(Collectors.toMap(MachineSample::machineId, Function.identity()));
  }
}
