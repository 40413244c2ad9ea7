package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class StandardOutputTest {

  @Test
  void anotherFaultIsNone() {
    IOException full = new IOException("Resource temporarily unavailable");
    assertThat(StandardOutput.saysThatNobodyReads(full)).isFalse();
    IOException disk =
        catchThrowableOfType(
            IOException.class,
            () -> {
              try (FileOutputStream file = new FileOutputStream("/dev/full")) {
                file.write(1);
              }
            });
    assertThat(StandardOutput.saysThatNobodyReads(disk)).isFalse();
  }
}
