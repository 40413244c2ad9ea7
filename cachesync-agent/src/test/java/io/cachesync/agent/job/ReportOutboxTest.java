package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportOutboxTest {
  @TempDir private Path folder;

  @Test
  void keepsTheOrderThroughTheFile() throws Exception {
    ReportOutbox outbox = new ReportOutbox(folder.resolve("unsent"), 3, 1 << 20);
    for (int i = 0; i < 10; i++) {
      outbox.add("report-" + i);
    }
    assertThat(takeAll(outbox)).hasSize(10).isSorted().first().isEqualTo("report-0");
    assertThat(outbox.isEmpty()).isTrue();
  }

  @Test
  void dropsTheOldestWhenTheFileIsFull() throws Exception {
    Path file = folder.resolve("unsent");
    ReportOutbox outbox = new ReportOutbox(file, 10, 1000);
    for (int i = 1000; i < 2000; i++) {
      outbox.add("report-" + i);
    }
    assertThat(Files.size(file)).isLessThan(1200);
    List<String> taken = takeAll(outbox);
    assertThat(taken).isSorted().hasSizeLessThan(120);
    assertThat(taken.get(taken.size() - 1)).isEqualTo("report-1999");
  }

  @Test
  void aReportThatMovedToTheFileWhileItWasSentIsSentOnce() throws Exception {
    ReportOutbox outbox = new ReportOutbox(folder.resolve("unsent"), 2, 1 << 20);
    outbox.add("a");
    assertThat(outbox.awaitOldest(0)).isEqualTo("a");
    outbox.add("b");
    outbox.add("c");
    outbox.drop();
    assertThat(takeAll(outbox)).containsExactly("b", "c");
  }

  @Test
  void waitsNoLongerThanAsked() throws Exception {
    assertThat(new ReportOutbox(folder.resolve("unsent"), 2, 100).awaitOldest(1)).isNull();
  }

  private static List<String> takeAll(ReportOutbox outbox) throws Exception {
    List<String> taken = new ArrayList<>();
    for (String next = outbox.awaitOldest(0); next != null; next = outbox.awaitOldest(0)) {
      taken.add(next);
      outbox.drop();
    }
    return taken;
  }
}
