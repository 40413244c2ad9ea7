package io.cachesync.agent.job;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairOrder;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * One repair that a running task is asked for, a folder in its work directory:
 *
 * <pre>
 * repairs/ID/keys.jsonl      which keys (NamedKey)
 * repairs/ID/order.json      what is to be done (RepairOrder); written last by whoever asks
 * repairs/ID/results.jsonl   what became of each key (RepairedKey), by the agent
 * repairs/ID/status.json     how far it has come (RepairReport), by the agent
 * repairs/ID/stop            whoever asked wants no more of it
 * </pre>
 */
record RepairFolder(Path path) {
  private static final String FOLDER = "repairs";
  private static final String ORDER = "order.json";

  /** Those in a work directory that are asked for and not over yet, the oldest first. */
  static List<RepairFolder> open(Path workDirectory) throws IOException {
    Path all = workDirectory.resolve(FOLDER);
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    List<RepairFolder> open = new ArrayList<>();
    try (Stream<Path> folders = Files.list(all).sorted()) {
      for (Path each : folders.toList()) {
        RepairFolder folder = new RepairFolder(each);
        boolean over = folder.status().map(status -> status.phase().ended()).orElse(false);
        if (folder.isAsked() && !over) {
          open.add(folder);
        }
      }
    }
    return open;
  }

  static RepairFolder of(Path workDirectory, String id) {
    return new RepairFolder(workDirectory.resolve(FOLDER).resolve(id));
  }

  boolean isAsked() {
    return Files.exists(path.resolve(ORDER));
  }

  /** Asks the task that runs there. */
  void ask(List<NamedKey> keys, RepairOrder order) throws FaultException {
    try {
      Files.createDirectories(path);
      try (JsonLines lines = JsonLines.openPrivate(keys())) {
        keys.forEach(lines::write);
      }
      put(ORDER, order);
    } catch (IOException e) {
      throw new FaultException(
          Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, "the folder " + path + " cannot be written"),
          e);
    }
  }

  /** Once it is over and was read. */
  void remove() throws IOException {
    // Without its order it is none, should the rest fail.
    for (String name : List.of(ORDER, "keys.jsonl", "results.jsonl", "status.json", "stop")) {
      Files.deleteIfExists(path.resolve(name));
    }
    Files.deleteIfExists(path);
  }

  Path keys() {
    return path.resolve("keys.jsonl");
  }

  Path results() {
    return path.resolve("results.jsonl");
  }

  RepairOrder order() throws FaultException {
    Path file = path.resolve(ORDER);
    try {
      return ContractJson.read(Files.readString(file), RepairOrder.class);
    } catch (IOException | JacksonException e) {
      throw new FaultException(
          Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, "the file " + file + " is no order"), e);
    }
  }

  void status(RepairReport report) throws IOException {
    put("status.json", report);
  }

  /** Empty before the agent has seen it. */
  Optional<RepairReport> status() {
    Path file = path.resolve("status.json");
    try {
      return Files.exists(file)
          ? Optional.of(ContractJson.read(Files.readString(file), RepairReport.class))
          : Optional.empty();
    } catch (IOException | JacksonException e) {
      return Optional.of(
          new RepairReport(
              0,
              0,
              RepairPhase.FAILED,
              Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, "the file " + file + " cannot be read"),
              0,
              0,
              null,
              null));
    }
  }

  void stop() throws IOException {
    Files.writeString(path.resolve("stop"), "");
  }

  boolean isStopped() {
    return Files.exists(path.resolve("stop"));
  }

  /** Whole or not at all. */
  private void put(String name, Object contractRecord) throws IOException {
    Path part = path.resolve(name + ".part");
    Files.writeString(part, ContractJson.write(contractRecord));
    Files.move(
        part,
        path.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
