package io.cachesync.web.check;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FullCheckObstacle;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * redis-full-check, where the settings of the console say that machines have it, or the console
 * brings it to them. What is stored of a check only says that it is wanted: nobody but whoever
 * writes the settings, or gave the console its package, names a program.
 */
@Component
class FullCheckProgram {
  /** Stands in a stored spec for the path. */
  static final String WANTED = "redis-full-check";

  private final String path;
  private final ToolPackages packages;
  private final MachineService machines;

  FullCheckProgram(
      @Value("${cachesync.redis-full-check:}") String path,
      ToolPackages packages,
      MachineService machines) {
    this.path = path.strip();
    this.packages = packages;
    this.machines = machines;
  }

  /** Whether it can be chosen. */
  boolean isThere() {
    return isInSettings() || packages.current().isPresent();
  }

  /** Whether the settings name it, so that none is brought. */
  boolean isInSettings() {
    return !path.isEmpty();
  }

  /** What a machine is to be brought before it can run it. */
  Optional<ToolPackage> toBring() {
    return isInSettings() ? Optional.empty() : packages.current();
  }

  /** Its path on a machine. */
  String pathOn(Long machineId) {
    return isInSettings()
        ? path
        : packages
            .current()
            .map(tool -> tool.path(machines.get(machineId).basePath()))
            .orElseThrow(FullCheckProgram::none);
  }

  /** Refuses where there is none. */
  void mustBeThere() {
    if (!isThere()) {
      throw none();
    }
  }

  /** Refuses what it cannot do. */
  void mustBeAbleTo(CheckSpec spec) {
    Stream.of(
            FullCheckObstacle.of(spec),
            FullCheckObstacle.of(spec.source()),
            FullCheckObstacle.of(spec.target()))
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(
            obstacle -> {
              throw Refusal.invalid("fullCheck", "check.fullCheck.refused." + obstacle);
            });
  }

  private static Refusal none() {
    return Refusal.invalid("fullCheck", "check.fullCheck.refused.none");
  }
}
