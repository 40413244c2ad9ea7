package io.cachesync.agent.job;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.NamedKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;

/** The keys of a file, each once: of JSON lines that name one, such as the result of a check. */
final class RepairKeys {
  /** They are held in memory. */
  static final int MOST = 500_000;

  private RepairKeys() {}

  /**
   * @throws FaultException JOB_DIRECTORY_INVALID where the file is none, or names too many
   */
  static List<NamedKey> read(Path file) throws FaultException {
    Set<NamedKey> keys = new LinkedHashSet<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          NamedKey key = ContractJson.read(line, NamedKey.class);
          key.bytes();
          keys.add(key);
        }
        if (keys.size() > MOST) {
          throw invalid(
              String.format(
                  Locale.ROOT,
                  "the file %s names more than %,d keys, which is the most for one repair: split the"
                      + " file",
                  file,
                  MOST),
              null);
        }
      }
    } catch (FaultException e) {
      // An IOException too, and says itself what is wrong.
      throw e;
    } catch (IOException e) {
      throw invalid(JsonLines.unreadable(file, e), e);
    } catch (JacksonException | IllegalArgumentException e) {
      // The message may quote what people have stored.
      throw invalid("line " + number + " of " + file + " names no key", null);
    }
    return new ArrayList<>(keys);
  }

  private static FaultException invalid(String message, Throwable cause) {
    return new FaultException(Fault.fatal(FaultCode.JOB_DIRECTORY_INVALID, message), cause);
  }
}
