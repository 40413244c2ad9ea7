package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckMemoryTest {
  @TempDir private Path folder;

  @Test
  void itsFolderIsTheOwnersOnly() throws IOException {
    Path fresh = folder.resolve("a/fresh");
    Path former = Files.createDirectory(folder.resolve("former"));
    Files.setPosixFilePermissions(former, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path memory : new Path[] {fresh, former}) {
      assertThat(CheckMemory.in(memory).lasts()).isTrue();
      assertThat(Files.getPosixFilePermissions(memory))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
  }
}
