package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A target that throws keys away while a link runs. */
class EvictionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEYS = 2000;

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void endsTheLinkWhereAnyKeyMayGo(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start()) {
      fill(source);
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        awaitWatched(target);
        evictSome(target, "allkeys-random");

        LinkOutcome outcome = link.end();

        assertThat(outcome.phase()).isEqualTo(Phase.FAILED);
        assertThat(outcome.fault().code()).as("%s", link.said()).isEqualTo(FaultCode.TARGET_EVICTS);
        assertThat(outcome.fault().retryable()).isFalse();
        assertThat(outcome.fault().message()).contains("allkeys-random");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void warnsWhereOnlyKeysWithATimeToLiveGo(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start()) {
      fill(source);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        awaitWatched(target);
        evictSome(target, "volatile-random");

        Awaitility.await()
            .atMost(PATIENCE)
            .until(
                () ->
                    link.said().stream()
                        .anyMatch(
                            line -> line.startsWith("WARN") && line.contains("volatile-random")));
        target.config("maxmemory", "0");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.keys()).isLessThan(source.keys());
    }
  }

  @Test
  void goesOnWhereEvictionsAreAccepted() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        // What was used more than once is the last to go: the link must not lose its checkpoint.
        RedisServer target =
            new RedisServer(ServerVersion.V7_0).option("maxmemory-policy", "allkeys-lfu").start()) {
      fill(source);
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.acceptEvictions = true;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        awaitWatched(target);
        useOurs(target);
        evictSome(target, "allkeys-lfu");
        Awaitility.await()
            .atMost(PATIENCE)
            .until(
                () ->
                    link.said().stream()
                        .anyMatch(line -> line.startsWith("WARN") && line.contains("allkeys-lfu")));
        target.config("maxmemory", "0");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
    }
  }

  @Test
  void watchesTheMastersThatAClusterHasNow() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        ClusterServers target = new ClusterServers(ServerVersion.V7_0, 2, 1).start()) {
      fill(source);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        RedisServer promoted = target.replicas().get(1);
        target.failOver(promoted);
        awaitWatched(promoted);
        evictSome(promoted, "allkeys-random");

        LinkOutcome outcome = link.end();

        assertThat(outcome.fault().code()).as("%s", link.said()).isEqualTo(FaultCode.TARGET_EVICTS);
        assertThat(outcome.fault().message()).contains(promoted.address(), "allkeys-random");
      }
    }
  }

  private static void fill(RedisServer server) {
    try (RespClient client = server.client()) {
      for (int i = 0; i < KEYS; i++) {
        client.call("SETEX", "key:" + i, "5000", RunningLink.noise(1000));
      }
    }
  }

  /** Until the watch has counted for the first time; what was evicted before does not matter. */
  private static void awaitWatched(RedisServer target) {
    try (RespClient client = target.client()) {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> client.text("CLIENT", "LIST").contains("cmd=info"));
    }
  }

  private static void useOurs(RedisServer target) {
    try (RespClient client = target.client()) {
      for (Object key : client.list("KEYS", "cachesync:*")) {
        client.call("TOUCH", (String) key);
      }
    }
  }

  /** Some of the values, hardly the checkpoint. Buffers come and go, so once may not do. */
  private static void evictSome(RedisServer target, String policy) {
    target.config("maxmemory-policy", policy);
    try (RespClient client = target.client()) {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                long used = Long.parseLong(client.info("memory").get("used_memory"));
                target.config("maxmemory", Long.toString(used - 16_000));
                return Long.parseLong(client.info("stats").get("evicted_keys")) > 0;
              });
    }
  }
}
