package io.cachesync.agent.job;

import io.cachesync.agent.repair.Undo;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.SyncSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;

/** Puts back what an undo file tells. */
public final class UndoRunner {
  private static final int VALUES_AT_ONCE = 100;
  private static final long BYTES_AT_ONCE = 16L << 20;

  private UndoRunner() {}

  /**
   * Puts all of it back.
   *
   * @param results hears what became of each key
   * @return how many keys, by what became of them
   * @throws FaultException TARGET_TASK_CONFLICT where a task writes to the same databases,
   *     JOB_DIRECTORY_INVALID where a line is none of an undo file: behind all others
   */
  public static Map<RepairCourse, Long> run(
      Path file, RedisEndpoint target, EndpointSecrets secrets, Consumer<RepairedKey> results)
      throws FaultException {
    Map<RepairCourse, Long> done = new EnumMap<>(RepairCourse.class);
    Consumer<RepairedKey> counted =
        key -> {
          done.merge(key.course(), 1L, Long::sum);
          results.accept(key);
        };
    List<Long> bad = new ArrayList<>();
    try (BufferedReader lines = open(file);
        Undo undo = new Undo(target, secrets, SyncSpec.DEFAULT_KEY_PREFIX)) {
      putBack(lines, undo, counted, bad);
    } catch (FaultException e) {
      throw e;
    } catch (IOException e) {
      throw invalid(JsonLines.unreadable(file, e), e);
    }
    if (!bad.isEmpty()) {
      // What is in the line is not told: it may quote what people have stored.
      String text = "line %d of %s is none of an undo file, and so are %d behind it";
      String more = "; what the other lines tell has been put back (%s keys)";
      long keys = done.values().stream().mapToLong(Long::longValue).sum();
      throw invalid(text.formatted(bad.get(0), file, bad.size() - 1) + more.formatted(keys), null);
    }
    return done;
  }

  /** Half a line may end inside a character. */
  private static BufferedReader open(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
  }

  private static void putBack(
      BufferedReader lines, Undo undo, Consumer<RepairedKey> results, List<Long> bad)
      throws IOException {
    List<FormerValue> some = new ArrayList<>();
    long bytes = 0;
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      FormerValue value = read(line);
      if (value == null) {
        bad.add(number);
        continue;
      }
      some.add(value);
      bytes += value.dumpBase64().length();
      if (some.size() == VALUES_AT_ONCE || bytes > BYTES_AT_ONCE) {
        undo.run(some, results);
        some.clear();
        bytes = 0;
      }
    }
    undo.run(some, results);
  }

  /** Returns null where the line is none of an undo file. */
  private static FormerValue read(String line) {
    try {
      FormerValue value = ContractJson.read(line, FormerValue.class);
      if (value == null || value.key() == null) {
        return null;
      }
      value.named().bytes();
      Base64.getDecoder().decode(value.dumpBase64());
      return value;
    } catch (JacksonException | IllegalArgumentException e) {
      return null;
    }
  }

  private static FaultException invalid(String message, Throwable cause) {
    return new FaultException(Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, message), cause);
  }
}
