package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckMemoryTest {
  @TempDir private Path folder;

  @Test
  void whatWasKeptIsNotReadOnceItIsDamaged() throws IOException {
    CheckMemory memory = CheckMemory.in(folder.resolve("memory"));
    assertThat(memory.kept(7)).isNull();
    memory.keep(7, out -> out.writeUTF("how far it has come"));
    Path state = folder.resolve("memory/state");
    byte[] whole = Files.readAllBytes(state);
    try (DataInputStream in = memory.kept(7)) {
      assertThat(in.readUTF()).isEqualTo("how far it has come");
    }
    assertThat(memory.kept(8)).isNull();
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      Files.write(state, damaged);
      assertThatThrownBy(() -> memory.kept(7)).isInstanceOf(IOException.class);
      Files.write(state, Arrays.copyOf(whole, i));
      assertThatThrownBy(() -> memory.kept(7)).isInstanceOf(IOException.class);
    }
  }

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
