package io.cachesync.agent.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says in the work directory that everything was applied and that our keys are being removed from
 * the target. A process that dies behind the removal leaves a target that looks like one that has
 * lost its checkpoint; by this its successor tells the two apart.
 */
final class FinishMark {
  private final Path file;

  FinishMark(Path workDir) {
    file = workDir.resolve("finishing");
  }

  void set() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
  }

  boolean isSet() {
    return Files.exists(file);
  }

  void clear() throws IOException {
    Files.deleteIfExists(file);
  }
}
