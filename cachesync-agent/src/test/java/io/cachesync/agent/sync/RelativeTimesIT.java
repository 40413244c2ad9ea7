package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncSpec;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Times to live that the stream of an old source tells from the moment of the command on. */
class RelativeTimesIT {
  private static final long AWAY_MILLIS = 4_000;

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2"})
  void whatWaitedAtTheSourceIsFetchedAgain(ServerVersion version) {
    List<String> keys = List.of("expires", "set", "counted");
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        RespClient client = source.client();
        RespClient reader = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      client.call("MSET", "expires", "1", "counted", "1");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        link.crash();
      }
      client.call("EXPIRE", "expires", "1000");
      client.call("SETEX", "set", "1000", "v");
      client.call("INCR", "counted");
      client.call("PEXPIRE", "counted", "1000000");
      client.call("SET", "plain", "v");
      Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
      // On a host that knows nothing of what the first one received.
      setup.workDir = Folders.create("link");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().healed())
            .contains(new Healed(HealReason.TIME_UNCERTAIN, keys.size()));
        for (String key : keys) {
          long later = reader.number("PTTL", key) - client.number("PTTL", key);
          assertThat(later)
              .as(key)
              .isBetween(
                  SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS - AWAY_MILLIS / 4,
                  SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS + AWAY_MILLIS / 2);
        }
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      } finally {
        Folders.delete(setup.workDir);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }
}
