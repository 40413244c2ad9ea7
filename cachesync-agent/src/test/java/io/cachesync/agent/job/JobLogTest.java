package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLogTest {
  @TempDir private Path folder;

  /** What a job has ended by is told all the same, and not that its log was not written. */
  @Test
  void aFullDiskUnderItEndsNothing() throws Exception {
    JobLog log = new JobLog(Path.of("/dev/full"), Clock.systemUTC());
    log.log(LogLevel.WARN, 0, "the disk is full");
    log.log(LogLevel.WARN, 0, "x".repeat(20_000));
    log.close();
    assertThat(log.take(2)).extracting(LogLine::text).contains("the disk is full");
  }

  @Test
  void keepsALineForTheFileAndForTheReports() throws Exception {
    Path file = folder.resolve("log");
    try (JobLog log = new JobLog(file, Clock.systemUTC())) {
      log.log(LogLevel.INFO, 3, "one\nline");
      assertThat(log.take(5)).extracting(LogLine::text).containsExactly("one line");
      assertThat(log.take(5)).isEmpty();
    }
    assertThat(Files.readString(file)).endsWith("INFO  link 3: one line\n");
  }
}
