package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairKeysTest {
  @TempDir private Path folder;

  @Test
  void saysHowManyAreTheMost() throws Exception {
    Path file = folder.resolve("keys");
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int i = 0; i < RepairKeys.MOST; i++) {
        lines.write("{\"database\":0,\"key\":\"" + i + "\"}\n");
      }
    }
    assertThat(RepairKeys.read(file)).hasSize(RepairKeys.MOST);
    Files.writeString(file, "{\"database\":1,\"key\":\"0\"}\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> RepairKeys.read(file))
        .hasMessage(
            "JOB_DIRECTORY_INVALID: the file "
                + file
                + " names more than 500,000 keys, which is the most for one repair: split the file");
  }
}
