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
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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
    List<Long> bad;
    try {
      UndoLines lines = UndoLines.of(file);
      bad = lines.bad();
      try (Undo undo = new Undo(target, secrets)) {
        putBack(lines, undo, counted);
      }
    } catch (FaultException e) {
      throw e;
    } catch (IOException e) {
      throw invalid(JsonLines.unreadable(file, e), e);
    }
    if (!bad.isEmpty()) {
      // What is in the line is not told: it may quote what people have stored.
      long keys = done.values().stream().mapToLong(Long::longValue).sum();
      String which =
          bad.size() == 1
              ? "line %d of %s is none of an undo file".formatted(bad.get(0), file)
              : "line %d of %s is none of an undo file, nor are %d others"
                  .formatted(bad.get(0), file, bad.size() - 1);
      String rest =
          keys == 0
              ? "; nothing was put back"
              : "; what the other lines tell was put back (%d keys)".formatted(keys);
      throw invalid(which + rest, null);
    }
    return done;
  }

  private static void putBack(UndoLines lines, Undo undo, Consumer<RepairedKey> results)
      throws IOException {
    List<FormerValue> some = new ArrayList<>();
    long[] bytes = {0};
    lines.visit(
        value -> {
          some.add(value);
          bytes[0] += value.dumpBase64().length();
          if (some.size() == VALUES_AT_ONCE || bytes[0] > BYTES_AT_ONCE) {
            undo.run(some, results);
            some.clear();
            bytes[0] = 0;
          }
        });
    undo.run(some, results);
  }

  private static FaultException invalid(String message, Throwable cause) {
    return new FaultException(Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, message), cause);
  }
}
