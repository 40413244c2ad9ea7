package io.cachesync.web.machine;

import io.cachesync.contract.LogLevel;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** What the console did on each machine, for its page. */
@Component
public class MachineLog {
  private final MachineLogMapper lines;
  private final Clock clock;

  MachineLog(MachineLogMapper lines, Clock clock) {
    this.lines = lines;
    this.clock = clock;
  }

  public void add(long machineId, LogLevel level, Sentence sentence) {
    lines.insert(
        new MachineLogLine(
            null, machineId, clock.instant(), level, sentence.key(), sentence.arguments()));
  }

  List<MachineLogLine> newest(long machineId, int limit) {
    return lines.newest(machineId, limit);
  }

  void delete(long machineId) {
    lines.delete(machineId);
  }
}
