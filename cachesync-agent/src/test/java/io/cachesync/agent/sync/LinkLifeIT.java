package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a person can do with a link, and what it refuses. */
class LinkLifeIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void goesOnWhereItWasStopped() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client()) {
      source.call("SELECT", "3");
      source.call("INCR", "counter");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("INCR", "counter");
        link.awaitCaughtUp();
        assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
      }
      source.call("INCR", "counter");
      source.call("RPUSH", "list", "a", "b");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
        assertThat(link.link().epoch()).isEqualTo(2);
        source.call("INCR", "counter");
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void goesOnWithoutItsRelayLog() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client()) {
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("INCR", "counter");
        link.awaitCaughtUp();
      }
      source.call("INCR", "counter");
      RunningLink.Setup elsewhere = RunningLink.between(SOURCE, TARGET);
      try (RunningLink link = elsewhere.start()) {
        link.awaitCaughtUp();
        assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void readsOnWhilePausedAndAppliesAfterwards() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      source.call("RPUSH", "list", "a");
      Awaitility.await().until(() -> link.status().relayWaitingBytes() > 0);
      assertThat(target.call("EXISTS", "list")).isEqualTo(0L);
      link.direct(Desired.RUN);
      link.awaitCaughtUp();
      assertThat(target.call("LLEN", "list")).isEqualTo(1L);
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      source.call("RPUSH", "list", "b");
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(target.call("LLEN", "list")).isEqualTo(2L);
    }
  }

  @Test
  void leavesKeysWithOurPrefixOutWhereverTheyStand() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      link.awaitCaughtUp();
      source.call("MSET", "a", "1", "cachesync:foreign", "2", "b", "3");
      source.call("DEL", "a", "cachesync:claim");
      link.awaitCaughtUp();
      assertThat(target.call("EXISTS", "a", "b", "cachesync:foreign", "cachesync:claim"))
          .isEqualTo(2L);
      assertThat(link.said()).filteredOn(line -> line.contains("as our own do")).hasSize(1);
      source.call("SADD", "cachesync:set", "m");
      source.call("SUNIONSTORE", "c", "cachesync:set", "d");
      source.call("RENAME", "b", "cachesync:b");
      link.awaitCaughtUp();
      assertThat(target.call("SMEMBERS", "c")).isEqualTo(List.of("m"));
      assertThat(target.call("EXISTS", "b", "cachesync:b", "cachesync:set")).isEqualTo(0L);
      assertThat(link.healed(HealReason.INPUTS_NOT_MOVED)).isEqualTo(1);
    }
  }

  @Test
  void changesItsLimitsWhileItRuns() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.limits = new LimitSpec(1000, 0);
    try (RespClient source = SOURCE.client()) {
      for (int i = 0; i < 100; i++) {
        source.call("SET", "key:" + i, "x".repeat(100_000));
      }
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.FULL_SYNC);
        assertThat(link.status().keysApplied()).isLessThan(100);
        link.link().direct(Desired.RUN, LimitSpec.none());
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void endsAfterTheFullSyncWhenThatIsAllThatIsAsked() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.mode = SyncMode.FULL_ONLY;
    try (RespClient source = SOURCE.client()) {
      source.call("SET", "a", "1");
      try (RunningLink link = setup.start()) {
        assertThat(link.end().phase()).isEqualTo(Phase.DONE);
        assertThat(link.status().keysApplied()).isEqualTo(1);
        assertThat(link.status().percent()).isEqualTo(100);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void refusesATargetThatIsNotEmptyAndLeavesNothingThere() {
    try (RespClient target = TARGET.client();
        RunningLink link = given(target, "SET", "theirs", "1")) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_NOT_EMPTY);
      assertThat(link.end().fault().message()).contains("1 keys in database 0");
      assertThat(target.list("KEYS", "*")).isEqualTo(List.of("theirs"));
    }
  }

  @Test
  void replacesWhereAskedAndTakesItsOwnForNoForeignKeys() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.REPLACE;
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      source.call("SADD", "key", "ours");
      target.call("SET", "key", "theirs");
      target.call("SET", "other", "theirs");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("FLUSHALL");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
      }
      assertThat(target.call("TYPE", "key")).isEqualTo("set");
      assertThat(target.call("GET", "other")).isEqualTo("theirs");
    }
  }

  @Test
  void neverTouchesADatabaseOfTheTargetThatIsLeftOut() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter =
        new FilterSpec(null, List.of(0), null, null, null, null, null, null, null, false);
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      writeEverywhere(source, "key");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
      }
      target.call("SET", "foreign", "stays");
      target.call("SELECT", "1");
      target.call("SET", "late", "1");
      setup.afresh = true;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.said()).anyMatch(line -> line.contains("written over what"));
        source.call("FLUSHALL");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
      }
      assertThat(target.call("EXISTS", "late")).isEqualTo(0L);
      assertThat(target.call("GET", "key")).isEqualTo("in 1");
      target.call("SELECT", "0");
      assertThat(target.list("KEYS", "*")).containsExactly("foreign");
    }
  }

  @Test
  void refusesAnotherTaskOnTheSameDatabases() {
    RunningLink.Setup some = RunningLink.between(SOURCE, TARGET);
    some.task = "some";
    some.filter = new FilterSpec(List.of(2, 5), false);
    RunningLink.Setup all = RunningLink.between(SOURCE, TARGET);
    all.task = "all";
    all.onExists = ConflictPolicy.REPLACE;
    RunningLink.Setup beside = RunningLink.between(SOURCE, TARGET);
    beside.task = "beside";
    beside.filter = new FilterSpec(List.of(3), false);
    try (RunningLink first = some.start()) {
      first.awaitCaughtUp();
      try (RunningLink second = all.start()) {
        assertThat(second.end().fault().code()).isEqualTo(FaultCode.TARGET_TASK_CONFLICT);
        assertThat(second.end().fault().message()).contains("'some'").contains("2,5");
      }
      try (RunningLink third = beside.start()) {
        third.awaitCaughtUp();
        assertThat(third.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(first.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertThat(TARGET.keys()).isZero();
  }

  @Test
  void refusesToGoOnWithSomethingElse() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    setup.filter = new FilterSpec(List.of(0, 1), false);
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.TASK_CHANGED);
      assertThat(link.end().fault().message()).contains("*").contains("0,1");
    }
  }

  @Test
  void movesTheChosenDatabasesOnly() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(1, 2), false);
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      writeEverywhere(source, "before");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        writeEverywhere(source, "during");
        source.call("SELECT", "1");
        source.call("MOVE", "before", "5");
        source.call("RENAME", "during", "moved");
        source.call("MOVE", "moved", "2");
        source.call("SELECT", "2");
        assertThat(source.call("EXISTS", "moved")).isEqualTo(1L);
        source.call("FLUSHDB");
        source.call("SET", "after", "1");
        source.call("PUBLISH", "channel", "text");
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().filtered()).isEqualTo(2);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(target.text("INFO", "keyspace")).doesNotContain("db0").doesNotContain("db5");
      target.call("SELECT", "1");
      assertThat(target.call("DBSIZE")).isEqualTo(0L);
      target.call("SELECT", "2");
      assertThat(target.list("KEYS", "*")).isEqualTo(List.of("after"));
    }
  }

  @Test
  void fetchesAKeyThatComesOutOfADatabaseThatIsNotMoved() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(1), false);
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      source.call("SET", "key", "1");
      source.call("MOVE", "key", "1");
      link.awaitCaughtUp();
      target.call("SELECT", "1");
      assertThat(target.call("GET", "key")).isEqualTo("1");
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
  }

  @Test
  void forwardsFlushesWithoutLosingItsCheckpoint() {
    try (RespClient source = SOURCE.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      link.awaitCaughtUp();
      writeEverywhere(source, "gone");
      source.call("FLUSHALL");
      writeEverywhere(source, "kept");
      source.call("SELECT", "0");
      source.call("FLUSHDB");
      source.call("SWAPDB", "0", "1");
      source.call("SET", "after", "1");
      link.awaitCaughtUp();
      source.call("SWAPDB", "0", "2");
      source.call("INCR", "after");
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    DatasetComparer.assertEqual(SOURCE, TARGET);
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void forwardsPublishOnlyWhenAsked() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(), true);
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RespClient subscriber = TARGET.client();
        RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      subscriber.call("SUBSCRIBE", "news");
      source.call("PUBLISH", "news", "hello");
      assertThat(subscriber.read()).isEqualTo(List.of("message", "news", "hello"));
      assertThat(target.call("PING")).isEqualTo("PONG");
    }
  }

  @Test
  void finishesATaskWhoseWriterStillRuns() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      Finish.Result result = Finish.run(setup.spec(), EndpointSecrets.of(""), "finish");
      assertThat(result.fault()).isNull();
      assertThat(result.keysRemoved()).isEqualTo(3);
      assertThat(result.writersEnded()).isEqualTo(1);
      try (RespClient source = SOURCE.client()) {
        source.call("SET", "a", "1");
      }
      assertThat(link.end().fault().code()).isIn(FaultCode.FENCED, FaultCode.CHECKPOINT_MISMATCH);
    }
    assertThat(TARGET.keys()).isZero();
    assertThat(Finish.run(setup.spec(), EndpointSecrets.of(""), "finish").keysRemoved()).isZero();
  }

  @Test
  void refusesASourceThatIsItsTarget() {
    try (RunningLink link = RunningLink.between(SOURCE, SOURCE).start()) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.SOURCE_IS_TARGET);
    }
    assertThat(SOURCE.keys()).isZero();
  }

  @Test
  void leavesNoClaimWhereTheSourceCannotBeRead() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client()) {
      source.call("ACL", "SETUSER", "default", "-psync", "-sync");
      RunningLink link = setup.start();
      assertThat(link.end().fault().code())
          .isIn(FaultCode.PSYNC_FORBIDDEN, FaultCode.NO_PERMISSION);
      source.call("ACL", "SETUSER", "default", "+@all");
    }
    assertThat(TARGET.keys()).isZero();
  }

  @Test
  void pausesAndStopsInsideTheFullSyncAndBeginsItAgain() {
    try (RespClient source = SOURCE.client();
        FaultProxy proxy = new FaultProxy(TARGET.port())) {
      // More than the buffers of the sockets on the way take at once.
      int keys = 2000;
      for (int i = 0; i < keys; i++) {
        source.call("SET", "key:" + i, RunningLink.noise(10_000));
      }
      RunningLink.Setup setup =
          new RunningLink.Setup(SOURCE.address(), "127.0.0.1:" + proxy.port());
      proxy.slow(2_000_000);
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.FULL_SYNC);
        link.direct(Desired.PAUSE);
        link.awaitPhase(Phase.PAUSED);
        link.direct(Desired.RUN);
        link.awaitPhase(Phase.FULL_SYNC);
        assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
        assertThat(link.status().keysApplied()).isLessThan(keys);
      }
      source.call("DEL", "key:0", "key:1");
      proxy.slow(0);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void beginsAfreshOnATargetOfItsOwnWithoutGhosts() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client()) {
      source.call("SET", "gone", "1");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
      }
      source.call("DEL", "gone");
      source.call("SET", "new", "1");
      setup.afresh = true;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.wasIn(Phase.FULL_SYNC)).isTrue();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  /** Nothing of it has come by then, nor has the source told of it. */
  @Test
  void finishesWithWhatWasWrittenBeforeThatWasAsked() {
    try (RespClient source = SOURCE.client();
        FaultProxy address = new FaultProxy(SOURCE.port());
        RunningLink link =
            new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address()).start()) {
      link.awaitCaughtUp();
      address.stall();
      source.call("SET", "last", "1");
      link.direct(Desired.FINISH);
      link.awaitPhase(Phase.FINISHING);
      address.resume();
      assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void stopsWithinTenSecondsAlthoughTheTargetHangs() {
    try (RespClient source = SOURCE.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      link.awaitCaughtUp();
      TARGET.freeze();
      source.call("SET", "a", "1");
      Awaitility.await().until(() -> link.status().lagBytes() > 0);
      link.direct(Desired.STOP);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> link.link().outcome().isPresent());
      assertThat(link.end().phase()).isEqualTo(Phase.STOPPED);
    } finally {
      TARGET.thaw();
    }
  }

  private static RunningLink given(RespClient target, String... command) {
    target.call(command);
    return RunningLink.between(SOURCE, TARGET).start();
  }

  private static void writeEverywhere(RespClient client, String key) {
    for (int database = 0; database < 3; database++) {
      client.call("SELECT", Integer.toString(database));
      client.call("SET", key, "in " + database);
    }
  }
}
