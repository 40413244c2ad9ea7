package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full sync over what a former one has left. */
class SweepIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  private static final int KEYS = 20;

  private final RespClient source = SOURCE.client();
  private final RespClient target = TARGET.client();

  private enum Place {
    ONE_SERVER,
    A_CLUSTER
  }

  @BeforeEach
  void fill() {
    SOURCE.flush();
    TARGET.flush();
    CLUSTER.flush();
    for (int i = 0; i < KEYS; i++) {
      source.call("SET", "stays:" + i, "v" + i);
    }
    source.call("RPUSH", "list", "old", "older");
    source.call("HSET", "hash", "old", "1");
    source.call("SET", "number", "41");
    source.call("SADD", "set", "old");
    source.call("SET", "type", "text");
    source.call("SET", "gone", "1");
    source.call("SET", "short", "1", "PX", "600000");
  }

  @AfterEach
  void close() {
    SOURCE.config("rdb-key-save-delay", "0");
    source.close();
    target.close();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void leavesNothingThatTheSourceDoesNotHaveUnderLiveWrites(Place place) {
    RunningLink.Setup setup = setup(place);
    copyOnce(setup);
    source.call("DEL", "gone", "list", "hash", "number", "set", "type", "short");
    setup.afresh = true;
    saveSlowly();
    try (RunningLink link = setup.start()) {
      writeWhileTheSourceSaves();
      link.awaitCaughtUp();
      assertThat(link.said()).anyMatch(line -> line.contains("does not have were removed"));
      assertThat(link.healed(HealReason.SWEPT)).isPositive();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(link.status().deadLetters()).isEmpty();
    }
    assertEqual(place);
  }

  /** It is known to be written, as any other is; to fetch it again would cost much. */
  @Test
  void fetchesNothingAgainThatCrossedInParts() {
    SOURCE.config("rdbcompression", "no");
    source.call("SETRANGE", "large", "9000000", "the end of more than one part");
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    setup.afresh = true;
    saveSlowly();
    try (RunningLink link = setup.start()) {
      awaitSaving();
      source.call("APPEND", "large", "later");
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.SWEPT)).isZero();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    } finally {
      SOURCE.config("rdbcompression", "yes");
    }
    assertEqual(Place.ONE_SERVER);
  }

  /** What the rule is there for: the keys are there again when the source is asked for them. */
  @Test
  void wouldMixWhatIsMadeAnewWithWhatWasLeft() {
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    source.call("DEL", "gone", "list", "hash", "number", "set", "type", "short");
    setup.afresh = true;
    setup.exactness =
        new Exactness() {
          @Override
          public boolean fetchesWhatWasSwept() {
            return false;
          }
        };
    saveSlowly();
    try (RunningLink link = setup.start()) {
      writeWhileTheSourceSaves();
      link.awaitCaughtUp();
      assertThat(target.call("LRANGE", "list", "0", "-1"))
          .isEqualTo(List.of("old", "older", "new"));
    }
  }

  /** Commands that make keys anew behind the snapshot and before the target is swept. */
  private void writeWhileTheSourceSaves() {
    awaitSaving();
    source.call("RPUSH", "list", "new");
    source.call("HSET", "hash", "new", "1");
    source.call("INCR", "number");
    source.call("SUNIONSTORE", "from set", "set", "set2");
    source.call("SADD", "set", "new");
    source.call("LPUSH", "type", "a");
    source.call("SETRANGE", "short", "2", "x");
    source.call("DEL", "stays:3");
    source.call("APPEND", "stays:4", "x");
    source.call("RENAME", "stays:5", "other");
  }

  /** What comes meanwhile has two seconds: so few keys are sent once all are saved. */
  private static void saveSlowly() {
    SOURCE.config("rdb-key-save-delay", "80000");
  }

  private void awaitSaving() {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> source.info("persistence").get("rdb_bgsave_in_progress").equals("1"));
  }

  @Test
  void takesNothingAwayThatBothHaveFromWhoReadsTheTarget() {
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    setup.afresh = true;
    AtomicBoolean reading = new AtomicBoolean(true);
    try (RespClient reader = TARGET.client();
        RunningLink link = setup.start()) {
      CompletableFuture<Long> missing =
          CompletableFuture.supplyAsync(
              () -> {
                long missed = 0;
                while (reading.get()) {
                  missed += reader.call("EXISTS", "stays:0", "list", "hash").equals(3L) ? 0 : 1;
                }
                return missed;
              });
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isTrue();
      reading.set(false);
      assertThat(missing.join()).isZero();
    } finally {
      reading.set(false);
    }
  }

  @Test
  void beginsAgainWhereItWasKilledInTheMiddle() {
    int keys = 3_000;
    for (int i = 0; i < keys; i++) {
      source.call("SET", "ghost:" + i, RunningLink.noise(10));
    }
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    source.call("EVAL", "for i = 0, 2999 do redis.call('DEL', 'ghost:' .. i) end", "0");
    try (FaultProxy proxy = new FaultProxy(TARGET.port())) {
      RunningLink.Setup slow = new RunningLink.Setup(SOURCE.address(), "127.0.0.1:" + proxy.port());
      slow.workDir = setup.workDir;
      slow.afresh = true;
      proxy.slow(20_000);
      try (RunningLink link = slow.start()) {
        Awaitility.await().until(() -> TARGET.keys() < keys);
        link.crash();
        assertThat(link.wasIn(Phase.INCREMENTAL)).isFalse();
      }
    }
    assertThat(TARGET.keys()).isGreaterThan(KEYS);
    source.call("DEL", "gone", "list");
    source.call("RPUSH", "list", "new");
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.said()).anyMatch(line -> line.contains("is begun again"));
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertEqual(Place.ONE_SERVER);
  }

  @Test
  void sweepsUnderTheNamesOfTheSourceAndByTheirTypes() {
    source.call("RPUSH", "a:hash", "list by then");
    source.call("SET", "a:gone", "1");
    source.call("SET", "a:stays", "1");
    source.call("SET", "b:left out", "1");
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    setup.filter =
        new FilterSpec(
            List.of(0),
            null,
            Map.of(0, 3),
            List.of("a:*", "list"),
            null,
            null,
            List.of("hash"),
            null,
            List.of(new KeyRename("a:", "z:")),
            false);
    copyOnce(setup);
    target.call("SELECT", "3");
    assertThat(target.call("EXISTS", "z:hash", "z:gone", "z:stays", "list")).isEqualTo(4L);
    source.call("DEL", "a:gone", "a:hash", "list");
    source.call("HSET", "a:hash", "of a type", "that is not moved");
    target.call("SET", "a:stays", "no name of a key of the task");
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertThat(target.list("KEYS", "*")).containsExactly("z:stays");
  }

  @Test
  void removesLibrariesThatTheSourceHasNoMore() {
    source.call("FUNCTION", "FLUSH");
    source.call("FUNCTION", "LOAD", library("gone"));
    source.call("FUNCTION", "LOAD", library("stays"));
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    source.call("FUNCTION", "DELETE", "gone");
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    assertThat(target.call("FUNCTION", "LIST").toString()).contains("stays").doesNotContain("gone");
    target.call("FUNCTION", "FLUSH");
    source.call("FUNCTION", "FLUSH");
  }

  private static String library(String name) {
    return "#!lua name=%s\nredis.register_function('%s', function() return 1 end)"
        .formatted(name, name);
  }

  @Test
  void stopsWhereDatabasesAreSwappedMeanwhile() {
    source.call("SELECT", "1");
    source.call("SET", "stays:0", "and stays where it is asked for");
    source.call("SELECT", "0");
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    setup.afresh = true;
    saveSlowly();
    try (RunningLink link = setup.start()) {
      awaitSaving();
      source.call("SWAPDB", "0", "1");
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
    }
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertEqual(Place.ONE_SERVER);
  }

  @Test
  void followsAFlushMeanwhile() {
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    setup.afresh = true;
    saveSlowly();
    try (RunningLink link = setup.start()) {
      awaitSaving();
      source.call("FLUSHALL");
      source.call("RPUSH", "list", "new");
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertEqual(Place.ONE_SERVER);
  }

  /** What it is asked for then is of another history than the snapshot. */
  @Test
  void beginsAgainWhereTheSourceFailsOverBeforeItIsAskedForItsKeys() {
    try (RedisServer replica =
            new RedisServer(ServerVersion.V7_0)
                .option("replicaof", "127.0.0.1 " + SOURCE.port())
                .start();
        FaultProxy address = new FaultProxy(SOURCE.port());
        RespClient promoted = replica.client()) {
      long written = SOURCE.replOffset();
      Awaitility.await().until(() -> replica.replOffset() >= written);
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address());
      copyOnce(setup);
      source.call("DEL", "gone", "list");
      long deleted = SOURCE.replOffset();
      Awaitility.await().until(() -> replica.replOffset() >= deleted);
      AtomicBoolean once = new AtomicBoolean();
      setup.onSaid =
          line -> {
            if (line.contains("written over what the target has") && !once.getAndSet(true)) {
              promoted.call("REPLICAOF", "NO", "ONE");
              promoted.call("RPUSH", "list", "new");
              address.leadTo(replica.port());
            }
          };
      setup.afresh = true;
      try (RunningLink link = setup.start()) {
        link.sourceIs(replica);
        Awaitility.await()
            .until(() -> link.said().stream().anyMatch(line -> line.contains("took up the")));
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(DatasetComparer.compare(replica, TARGET)).isEmpty();
      assertThat(TARGET.digest()).isEqualTo(replica.digest());
    }
  }

  @Test
  void emptiesWhatNoStreamPutsRight() {
    RunningLink.Setup setup = setup(Place.ONE_SERVER);
    copyOnce(setup);
    source.call("DEL", "gone");
    setup.afresh = true;
    setup.mode = SyncMode.FULL_ONLY;
    try (RunningLink link = setup.start()) {
      assertThat(link.end().phase()).isEqualTo(Phase.DONE);
      assertThat(link.said()).anyMatch(line -> line.contains("databases emptied"));
    }
    assertEqual(Place.ONE_SERVER);
  }

  private static RunningLink.Setup setup(Place place) {
    return place == Place.ONE_SERVER
        ? RunningLink.between(SOURCE, TARGET)
        : RunningLink.between(SOURCE, CLUSTER);
  }

  private static void copyOnce(RunningLink.Setup setup) {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
    }
  }

  private static void assertEqual(Place place) {
    if (place == Place.ONE_SERVER) {
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
    } else {
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
      assertThat(CLUSTER.keys()).isEqualTo(SOURCE.keys());
    }
  }
}
