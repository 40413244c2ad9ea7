package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.agent.sync.LinkSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nobody answers at either end: the checks of the links try again for as long as they are there.
 */
class ContinuousChecksTest {
  @TempDir private Path folder;

  @Test
  void endsThatOfALinkThatIsNotThereAnyMore() throws Exception {
    long before = threads();
    try (JobLog log = new JobLog(folder.resolve("agent.log"), Clock.systemUTC())) {
      ContinuousChecks checks = new ContinuousChecks(log, 100);
      KeyTouches first = checks.touches(link(0));
      checks.touches(link(1));
      await().until(() -> threads() == before + 2);
      checks.linksAre(Set.of(0));
      await().until(() -> threads() == before + 1);
      // The one that stays is the same, and a link that comes back has one of its own again.
      assertThat(checks.touches(link(0))).isSameAs(first);
      checks.touches(link(1));
      await().until(() -> threads() == before + 2);
      checks.end();
      await().until(() -> threads() == before);
    }
  }

  private LinkSpec link(int number) {
    RedisEndpoint nobody = new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:1"), "", null);
    SyncSpec sync = SyncSpec.of("task", nobody, nobody).build();
    return new LinkSpec(
        number, sync, new JobSecrets("", "", ""), folder, "one", StartMode.values()[0]);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("continuous-check"))
        .count();
  }
}
