package io.cachesync.web.agent;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.RepairedKey;
import io.cachesync.web.machine.MachineConnections;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.ssh.SftpFiles;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/** What agents leave in files of their machines, and what they look for there. */
@Component
class JobFiles {
  private static final int MAX_EXIT_BYTES = 4 << 20;

  /** A long list over a slow line. */
  private static final Duration DIFFERENCES_LIMIT = Duration.ofMinutes(5);

  private final MachineService machines;
  private final MachineConnections connections;

  JobFiles(MachineService machines, MachineConnections connections) {
    this.machines = machines;
    this.connections = connections;
  }

  Optional<JobReport> lastReport(Job job) {
    byte[] exit;
    try (SftpFiles files =
        connections.connect(machines.get(job.machineId())).files(AgentScripts.LIMIT)) {
      exit = files.read(job.directory() + "/exit.json", MAX_EXIT_BYTES);
    }
    if (exit == null) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(ContractJson.read(exit, JobExit.class).report())
          .filter(report -> report.incarnation() == job.incarnation());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  void readDifferences(Job job, int most, Consumer<CheckDifference> differences) {
    try (SftpFiles files =
        connections.connect(machines.get(job.machineId())).files(DIFFERENCES_LIMIT)) {
      files.lines(
          job.directory() + "/differences.jsonl",
          most,
          line -> difference(line).ifPresent(differences));
    }
  }

  void stopRepair(Job job, String taskDirectory) {
    String folder = taskDirectory + "/repairs/" + job.jobId();
    try (SftpFiles files =
        connections.connect(machines.get(job.machineId())).files(AgentScripts.LIMIT)) {
      if (files.exists(folder)) {
        files.put(folder + "/stop", new byte[0], 0600);
      }
    }
  }

  void readRepaired(Job job, Consumer<RepairedKey> keys) {
    try (SftpFiles files =
        connections.connect(machines.get(job.machineId())).files(DIFFERENCES_LIMIT)) {
      files.lines(
          job.directory() + "/results.jsonl",
          Integer.MAX_VALUE,
          line -> repaired(line).ifPresent(keys));
    }
  }

  private static Optional<RepairedKey> repaired(String line) {
    try {
      return Optional.of(ContractJson.read(line, RepairedKey.class));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  boolean hasUndo(long machineId, String path) {
    try (SftpFiles files = connections.connect(machines.get(machineId)).files(AgentScripts.LIMIT)) {
      return files.exists(path);
    }
  }

  void readUndo(long machineId, String path, Consumer<String> lines) {
    try (SftpFiles files = connections.connect(machines.get(machineId)).files(DIFFERENCES_LIMIT)) {
      files.lines(path, Integer.MAX_VALUE, lines);
    }
  }

  /** A full disk leaves lines that are none. */
  private static Optional<CheckDifference> difference(String line) {
    try {
      return Optional.of(ContractJson.read(line, CheckDifference.class));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** As an agent leaves it in {@code exit.json}. */
  private record JobExit(int code, JobReport report) {}
}
