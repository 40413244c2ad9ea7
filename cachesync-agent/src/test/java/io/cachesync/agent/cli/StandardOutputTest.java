package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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

  @Test
  void aFullDiskIsToldOnce() throws IOException {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    try (FileOutputStream full = new FileOutputStream("/dev/full");
        PrintStream err = new PrintStream(told, true, StandardCharsets.UTF_8)) {
      PrintStream out = StandardOutput.to(full, err);
      out.println("one");
      out.flush();
      out.println("two");
      out.flush();
    }
    assertThat(told.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("Standard output", "No space left on device");
  }
}
