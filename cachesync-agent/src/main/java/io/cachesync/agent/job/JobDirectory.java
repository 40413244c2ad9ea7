package io.cachesync.agent.job;

import io.cachesync.contract.AgentUsage;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.core.JacksonException;

/**
 * One job's folder on its machine:
 *
 * <pre>
 * job.json       what to do (JobSpec), written by whoever starts the job
 * secrets.json   passwords and report token (JobSecrets), mode 0600, deleted once read
 * pid            process id and its start time in clock ticks (/proc/PID/stat, field 22)
 * agent.log      the log, agent.log.1 the part before it
 * relay/         relay log; of the further links of a job relay.1/, relay.2/, …
 * unsent.jsonl   reports that the console has not taken yet, the newest ones
 * differences.jsonl   what a check found (CheckDifference), mode 0600
 * keys.jsonl     which keys are to be repaired (NamedKey), of a job that repairs, mode 0600
 * undo.jsonl     what the target had of them (FormerValue), mode 0600
 * repairs/       what a running task is asked to repair (RepairFolder)
 * check/         how far a check has come, for the next start of it, mode 0700
 * exit.json      exit code and last report, once it has ended; exit.json.part keeps room for it
 * connections    what the names of our connections end with: those of any start in this folder
 * lock           held by a sync of the command line while it runs (DirectoryLock)
 * </pre>
 */
public final class JobDirectory {
  private static final String EXIT_PART = "exit.json.part";

  /** The last report of a few links. */
  private static final int EXIT_BYTES = 16 << 10;

  private final Path folder;

  private JobDirectory(Path folder) {
    this.folder = folder;
  }

  /** A directory that somebody prepared, with {@code job.json} in it. */
  public static JobDirectory open(Path folder) throws FaultException {
    if (!Files.isRegularFile(folder.resolve("job.json"))) {
      throw invalid("the folder " + folder + " has no job.json", null);
    }
    return new JobDirectory(folder);
  }

  /** A directory for a job of the command line; made when missing. */
  public static JobDirectory create(Path folder) throws FaultException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw invalid("the work directory " + folder + " cannot be made: " + obstacle(folder), e);
    }
    if (!Files.isWritable(folder)) {
      throw invalid("the work directory " + folder + " cannot be written to", null);
    }
    return new JobDirectory(folder);
  }

  public JobSpec spec() throws FaultException {
    return readRecord("job.json", JobSpec.class);
  }

  /** Reads the secrets and deletes their file: they are given anew for each start. */
  public JobSecrets takeSecrets() throws FaultException {
    JobSecrets secrets = readRecord("secrets.json", JobSecrets.class);
    try {
      Files.delete(folder.resolve("secrets.json"));
    } catch (IOException e) {
      throw invalid("secrets.json cannot be deleted, so nothing was started", e);
    }
    return secrets;
  }

  public Path path() {
    return folder;
  }

  public Path relay() {
    return folder.resolve("relay");
  }

  public Path logFile() {
    return folder.resolve("agent.log");
  }

  public Path unsentReports() {
    return folder.resolve("unsent.jsonl");
  }

  /**
   * What the names of our connections end with, the same at each start in this folder: eight
   * hexadecimal digits.
   */
  String connectionMark() {
    Path file = folder.resolve("connections");
    try {
      String mark = Files.readString(file).strip();
      if (mark.matches("[0-9a-f]{8}")) {
        return mark;
      }
    } catch (IOException e) {
      // The first start here.
    }
    byte[] random = new byte[4];
    ThreadLocalRandom.current().nextBytes(random);
    String mark = HexFormat.of().formatHex(random);
    try {
      Files.writeString(file, mark);
    } catch (IOException e) {
      // Then the next start does not know this one's connections from those of others.
    }
    return mark;
  }

  /** Where a check keeps how far it has come. */
  Path checkMemory() {
    return folder.resolve("check");
  }

  public Path differences() {
    return folder.resolve("differences.jsonl");
  }

  public Path keys() {
    return folder.resolve("keys.jsonl");
  }

  public Path undo() {
    return folder.resolve("undo.jsonl");
  }

  /** What became of each key of a repair, or in its plan what would. */
  public Path results() {
    return folder.resolve("results.jsonl");
  }

  /** Whether the process that noted itself here last still runs. */
  boolean isAlive() {
    try {
      return ProcessNote.alive(Files.readString(folder.resolve("pid"))).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /** What this process uses, and what is left of the disk. */
  AgentUsage usage() {
    Runtime runtime = Runtime.getRuntime();
    long cpuMillis =
        ProcessHandle.current().info().totalCpuDuration().map(Duration::toMillis).orElse(-1L);
    long diskFree = folder.toFile().getUsableSpace();
    return new AgentUsage(cpuMillis, runtime.totalMemory() - runtime.freeMemory(), diskFree);
  }

  /** Notes this process and forgets how a former one ended; keeps room for how this one ends. */
  public void writePid() throws FaultException {
    try {
      Files.deleteIfExists(folder.resolve("exit.json"));
      Files.write(folder.resolve(EXIT_PART), new byte[EXIT_BYTES]);
      Files.writeString(folder.resolve("pid"), ProcessNote.own());
    } catch (IOException e) {
      throw invalid("the job directory " + folder + " cannot be written", e);
    }
  }

  /**
   * Notes how the job ended; whole or not at all. Where the disk is full and the last report is
   * longer than what {@link #writePid} has kept, without it.
   */
  public void writeExit(int code, JobReport last) throws FaultException {
    try {
      Path part = folder.resolve(EXIT_PART);
      try {
        overwrite(part, ContractJson.write(new JobExit(code, last)));
      } catch (IOException e) {
        overwrite(part, ContractJson.write(new JobExit(code, null)));
      }
      Files.move(part, folder.resolve("exit.json"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw invalid("the job directory " + folder + " cannot be written", e);
    }
  }

  /** In the blocks that the file has, as far as they reach. */
  private static void overwrite(Path file, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    int length = bytes.remaining();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.truncate(length);
    }
  }

  /** What stands in the way of a folder that could not be made. */
  private static String obstacle(Path folder) {
    Path there = folder.toAbsolutePath().normalize();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null) {
      return "it has no beginning";
    }
    return Files.isDirectory(there)
        ? "in " + there + " nothing can be made"
        : there + " is a file and no folder";
  }

  private <T> T readRecord(String name, Class<T> type) throws FaultException {
    Path file = folder.resolve(name);
    T value = readRecord(file, type);
    String missing = value == null ? "everything" : MissingField.in(value);
    if (!missing.isEmpty()) {
      throw invalid("the file " + file + " lacks " + missing, null);
    }
    return value;
  }

  private static <T> T readRecord(Path file, Class<T> type) throws FaultException {
    try {
      return ContractJson.read(Files.readString(file), type);
    } catch (IOException e) {
      throw invalid("the file " + file + " cannot be read", e);
    } catch (JacksonException e) {
      // Its message may quote the file, and the file may hold secrets.
      throw invalid("the file " + file + " is not a valid " + type.getSimpleName(), null);
    }
  }

  private static FaultException invalid(String message, Throwable cause) {
    return new FaultException(Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, message), cause);
  }
}
