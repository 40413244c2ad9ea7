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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
   *     JOB_DIRECTORY_INVALID where the file is none
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
    try (BufferedReader lines = Files.newBufferedReader(file);
        Undo undo = new Undo(target, secrets, SyncSpec.DEFAULT_KEY_PREFIX)) {
      List<FormerValue> some = new ArrayList<>();
      long bytes = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        FormerValue value = ContractJson.read(line, FormerValue.class);
        some.add(value);
        bytes += value.dumpBase64().length();
        if (some.size() == VALUES_AT_ONCE || bytes > BYTES_AT_ONCE) {
          undo.run(some, counted);
          some.clear();
          bytes = 0;
        }
      }
      undo.run(some, counted);
    } catch (FaultException e) {
      throw e;
    } catch (IOException e) {
      throw invalid(file + " cannot be read: " + e.getMessage(), e);
    } catch (JacksonException | IllegalArgumentException e) {
      // The message may quote what people have stored.
      throw invalid(file + " is no undo file", null);
    }
    return done;
  }

  private static FaultException invalid(String message, Throwable cause) {
    return new FaultException(Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, message), cause);
  }
}
