package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
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
import org.junit.jupiter.api.Test;

/**
 * An agent died with a transaction under way, and its relay log lacks the last records. The
 * source's backlog reaches the checkpoint, but not where the transaction began.
 */
class LostTailIT {
  private static final String CHECKPOINT = "cachesync:ckpt:{0}:task:0.0";
  private static final int LOST_BYTES = 4_000;
  private static final int START = 7;

  @Test
  void readsWhatIsInDoubtOutOfTheLogAndTheRestFromTheSource() throws Exception {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0)
                .option("repl-backlog-size", "256kb")
                .withoutPings()
                .start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient toSource = source.client();
        RespClient toTarget = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      long start;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        start = link.status().appliedOffset();
        // More than the backlog holds, which holds more than any record that may be lost.
        for (int i = 0; i < 1_000; i++) {
          toSource.call("INCR", "counter");
          toSource.call("APPEND", "text", RunningLink.noise(500));
        }
        link.awaitCaughtUp();
      }
      // As if all of it had been one transaction, applied late and never answered.
      String[] words = toTarget.text("GET", CHECKPOINT).split(" ");
      words[START] = Long.toString(start);
      toTarget.call("SET", CHECKPOINT, String.join(" ", words));
      toTarget.call("INCR", "counter");
      loseTail(setup.workDir);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .failFast(() -> link.link().outcome().isPresent())
            .until(() -> link.status().healed().contains(new Healed(HealReason.UNANSWERED, 2)));
        toSource.call("INCR", "counter");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
        assertThat(link.status().ledger().waiting()).isZero();
      }
      DatasetComparer.assertEqual(source, target);
    }
  }

  private static void loseTail(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(file -> file.toString().endsWith(".seg")).toList();
    }
    assertThat(files).hasSize(1);
    try (FileChannel channel = FileChannel.open(files.get(0), StandardOpenOption.WRITE)) {
      assertThat(channel.size()).isGreaterThan(100_000);
      channel.truncate(channel.size() - LOST_BYTES);
    }
  }
}
