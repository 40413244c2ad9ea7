package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A link whose files are taken away under it, as another start in the same folder does. */
class SharedFolderIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  private final RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void aLinkThatStoodStillMeanwhileEndsFenced() throws IOException {
    try (RunningLink former = pausedWithMuchOnDisk()) {
      RunningLink.Setup taking = RunningLink.between(SOURCE, TARGET);
      taking.workDir = Folders.create("link");
      try (RunningLink next = taking.start()) {
        next.awaitCaughtUp();
        cutShort(setup.workDir);
        former.direct(Desired.RUN);
        assertThat(former.end().fault().code()).as("%s", former.said()).isEqualTo(FaultCode.FENCED);
        assertThat(next.finish().phase()).as("%s", next.said()).isEqualTo(Phase.DONE);
      } finally {
        Folders.delete(taking.workDir);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void aLinkThatStillHasItsTargetAsksTheSourceAgain() throws IOException {
    try (RunningLink link = pausedWithMuchOnDisk()) {
      for (Path file : files(setup.workDir)) {
        Files.delete(file);
      }
      link.direct(Desired.RUN);
      link.awaitCaughtUp();
      assertThat(link.said()).anyMatch(line -> line.contains("relay log is discarded"));
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  private RunningLink pausedWithMuchOnDisk() {
    RunningLink link = setup.start();
    link.awaitCaughtUp();
    link.direct(Desired.PAUSE);
    link.awaitPhase(Phase.PAUSED);
    try (RespClient client = SOURCE.client()) {
      for (int i = 0; i < 4_000; i++) {
        client.call("RPUSH", "list", RunningLink.noise(1000));
      }
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> link.status().relayDiskBytes() > 4_000_000);
    return link;
  }

  private static void cutShort(Path folder) throws IOException {
    for (Path file : files(folder)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".seg")).toList();
    }
  }
}
