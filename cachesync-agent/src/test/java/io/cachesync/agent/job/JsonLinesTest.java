package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  @TempDir private Path folder;

  @Test
  void whatIsPrivateIsTheOwnersOnly() throws IOException {
    Path fresh = folder.resolve("fresh");
    Path former = folder.resolve("former");
    Files.writeString(former, "what was there before, and longer than what comes");
    Files.setPosixFilePermissions(former, PosixFilePermissions.fromString("rw-r--r--"));
    for (Path file : new Path[] {fresh, former}) {
      try (JsonLines lines = JsonLines.openPrivate(file)) {
        lines.write(Map.of("a", 1));
      }
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(file).hasContent("{\"a\":1}\n");
    }
  }
}
