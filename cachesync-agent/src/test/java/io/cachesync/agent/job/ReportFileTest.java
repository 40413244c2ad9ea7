package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path folder;
  private final List<IOException> troubles = new ArrayList<>();

  @Test
  void writesALineForEachReportBehindWhatIsThere() throws IOException {
    Path path = Files.writeString(folder.resolve("reports"), "{}\n");
    try (ReportFile file = new ReportFile(path, troubles::add)) {
      file.accept(report(1));
      file.accept(report(2));
    }
    assertThat(Files.readAllLines(path))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("{}"),
            line -> assertThat(line).contains("\"seq\":1"),
            line -> assertThat(line).contains("\"seq\":2"));
    assertThat(troubles).isEmpty();
  }

  @Test
  void aFullDiskIsToldOnceAndEndsNothing() throws IOException {
    Assumptions.assumeTrue(Files.exists(FULL), "no /dev/full here");
    try (ReportFile file = new ReportFile(FULL, troubles::add)) {
      file.accept(report(1));
      file.accept(report(2));
    }
    assertThat(troubles).hasSize(1);
  }

  private static JobReport report(long seq) {
    return new JobReport("job", 1, seq, 0, 1, Phase.DONE, null, List.of(), List.of(), null);
  }
}
