package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncSpec;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Times to live that the stream of an old source tells from the moment of the command on. */
class RelativeTimesIT {
  private static final long AWAY_MILLIS = 6_000;
  private static final List<String> KEYS = List.of("expires", "set", "counted");

  /** Bytes a second at which a snapshot of so many bytes takes longer than that. */
  private static final long SLOW = 100_000;

  private static final int SNAPSHOT_BYTES = 2_000_000;
  private static final int MANY = 3_000;

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2"})
  void whatWaitedAtTheSourceIsFetchedAgain(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        RespClient client = source.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      client.call("MSET", "expires", "1", "counted", "1");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        link.crash();
      }
      writeRelative(client);
      Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
      // On a host that knows nothing of what the first one received.
      setup.workDir = Folders.create("link");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().healed())
            .contains(new Healed(HealReason.TIME_UNCERTAIN, KEYS.size()));
        assertTimes(source, target);
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      } finally {
        Folders.delete(setup.workDir);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** A snapshot takes long, and what is written meanwhile waits at the source behind it. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2"})
  void whatWaitedBehindASnapshotCountsFromWhenItWasExecuted(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        FaultProxy way = new FaultProxy(source.port());
        RespClient client = source.client()) {
      fillMore(client);
      way.slowReplies(SLOW);
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.sourceEndpoint = RunningLink.endpoint("127.0.0.1:" + way.port());
      try (RunningLink link = setup.start()) {
        awaitSnapshot(link);
        writeRelative(client);
        Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
        assertThat(link.status().phase()).as("%s", link.said()).isEqualTo(Phase.FULL_SYNC);
        way.slowReplies(0);
        link.awaitCaughtUp();
        assertTimes(source, target);
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** As where the process, the machine or the way to the source stands still for a while. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2"})
  void whatWaitedWhileNobodyReadCountsFromWhenItWasExecuted(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        FaultProxy way = new FaultProxy(source.port());
        RespClient client = source.client()) {
      client.call("MSET", "expires", "1", "counted", "1");
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.sourceEndpoint = RunningLink.endpoint("127.0.0.1:" + way.port());
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        way.stall();
        writeRelative(client);
        Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
        way.resume();
        link.awaitCaughtUp();
        assertTimes(source, target);
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** Nobody tells how old what it sends is; much more waits than is read at once. */
  @Test
  void whatWaitedAtAReplicaBelowFourIsFetchedAgain() {
    try (RedisServer master = new RedisServer(ServerVersion.V2_8).start();
        RedisServer replica =
            new RedisServer(ServerVersion.V2_8)
                .option("slaveof", "127.0.0.1 " + master.port())
                .start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        FaultProxy way = new FaultProxy(replica.port());
        RespClient client = master.client();
        RespClient reader = target.client()) {
      client.call("SET", "first", "1");
      Awaitility.await().until(() -> replica.keys() == 1);
      RunningLink.Setup setup = RunningLink.between(replica, target);
      setup.sourceEndpoint = RunningLink.endpoint("127.0.0.1:" + way.port());
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        way.stall();
        String value = "v".repeat(1000);
        for (int i = 0; i < MANY; i++) {
          client.call("SETEX", "set:" + i, "1000", value);
        }
        Awaitility.await().until(() -> replica.keys() == MANY + 1);
        Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
        way.resume();
        link.awaitCaughtUp();
        for (int i : new int[] {0, MANY / 2, MANY - 1}) {
          assertLater(client, reader, "set:" + i);
        }
      }
    }
  }

  private static void fillMore(RespClient client) {
    client.call("MSET", "expires", "1", "counted", "1");
    byte[] value = new byte[SNAPSHOT_BYTES / 20];
    new Random(1).nextBytes(value);
    for (int i = 0; i < 20; i++) {
      // So that it does not become short by compression.
      client.call("SET", "more:" + i, Base64.getEncoder().encodeToString(value));
    }
  }

  private static void awaitSnapshot(RunningLink link) {
    Awaitility.await().until(() -> link.status().rdbBytesRead() > 0);
  }

  private static void writeRelative(RespClient client) {
    client.call("EXPIRE", "expires", "1000");
    client.call("SETEX", "set", "1000", "v");
    client.call("INCR", "counted");
    client.call("PEXPIRE", "counted", "1000000");
    client.call("SET", "plain", "v");
  }

  private static void assertTimes(RedisServer source, RedisServer target) {
    try (RespClient client = source.client();
        RespClient reader = target.client()) {
      for (String key : KEYS) {
        assertLater(client, reader, key);
      }
    }
  }

  private static void assertLater(RespClient client, RespClient reader, String key) {
    long later = reader.number("PTTL", key) - client.number("PTTL", key);
    assertThat(later)
        .as(key)
        .isBetween(
            SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS - 1_000,
            // Else it would be later by as long as it was away, and the grace.
            SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS + AWAY_MILLIS * 3 / 4);
  }
}
