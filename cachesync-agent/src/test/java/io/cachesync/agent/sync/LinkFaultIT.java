package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Torn, cut, unanswered and foreign: nothing is lost, nothing is applied twice. */
class LinkFaultIT {
  /** Counters and a list that a command too many or too few leaves wrong. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void appliesEveryCommandOnceHoweverOftenTheTargetIsCutOff(ServerVersion version)
      throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target = new RedisServer(version).start();
        FaultProxy proxy = new FaultProxy(target.port());
        RunningLink link =
            new RunningLink.Setup(source.address(), "127.0.0.1:" + proxy.port()).start();
        Counting counting = new Counting(source)) {
      link.awaitCaughtUp();
      counting.start();
      for (int cut = 0; cut < 12; cut++) {
        long applied = link.status().appliedOffset();
        long retries = link.status().retries();
        // Somewhere inside a transaction, its replies, or the taking over after the last cut.
        proxy.cutAfter(700 + 3_517L * cut);
        awaitRunning(link, () -> link.status().retries() > retries);
        awaitRunning(link, () -> link.status().appliedOffset() > applied);
      }
      counting.stop();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(link.status().ledger().waiting()).isZero();
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  @Test
  void asksTheSourceAgainWhereItsRelayLogIsDamaged() throws Exception {
    try (RedisServer source = written(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        link.direct(Desired.PAUSE);
        link.awaitPhase(Phase.PAUSED);
        for (int i = 0; i < 8_000; i++) {
          client.call("RPUSH", "list", RunningLink.noise(1000));
        }
        // Far more than the ring in memory holds, and all of it on disk.
        awaitRunning(link, () -> link.status().relayDiskBytes() > 8_000_000);
        damage(setup.workDir);
        link.direct(Desired.RUN);
        link.awaitCaughtUp();
        assertThat(link.said()).anyMatch(line -> line.contains("relay log is discarded"));
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
        assertThat(target.digest()).isEqualTo(source.digest());
      }
    }
  }

  private static void damage(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    Path largest =
        files.stream().max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
    try (FileChannel channel = FileChannel.open(largest, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[64]), 3_000_000);
    }
  }

  @Test
  void goesOnAfterTheSourceWasCutOff() throws Exception {
    try (RedisServer source = written(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        FaultProxy proxy = new FaultProxy(source.port());
        RunningLink link =
            new RunningLink.Setup("127.0.0.1:" + proxy.port(), target.address()).start();
        Counting counting = new Counting(source)) {
      link.awaitCaughtUp();
      counting.start();
      for (int cut = 0; cut < 5; cut++) {
        long received = link.status().receivedOffset();
        awaitRunning(link, () -> link.status().receivedOffset() > received);
        proxy.cut();
      }
      counting.stop();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /**
   * A target that turns read-only while commands are being queued: servers up to 5.0 drop one of
   * them and run the rest when EXEC comes all the same.
   */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void losesNothingToATargetThatTurnsReadOnly(ServerVersion version) throws Exception {
    try (RedisServer source = written(version).start();
        RedisServer target = new RedisServer(version).start();
        RespClient flip = target.client();
        Counting counting = new Counting(source)) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      counting.start();
      for (int round = 0; round < 4; round++) {
        try (RunningLink link = setup.start()) {
          link.awaitPhase(Phase.INCREMENTAL);
          long applied = link.status().appliedOffset();
          awaitRunning(link, () -> link.status().appliedOffset() > applied);
          // The master does not exist: the replica only refuses writes and keeps its data.
          flip.call("SLAVEOF", "127.0.0.1", "1");
          awaitRunning(link, () -> tellsOf(link, FaultCode.TARGET_READ_ONLY));
          flip.call("SLAVEOF", "NO", "ONE");
          if (round % 2 == 0) {
            long refused = link.status().appliedOffset();
            awaitRunning(link, () -> link.status().appliedOffset() > refused);
          }
        }
      }
      counting.stop();
      try (RunningLink link = setup.start()) {
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void goesOnOnceAFullTargetHasMemoryAgain(ServerVersion version) throws Exception {
    try (RedisServer source = written(version).start();
        RedisServer target = new RedisServer(version).start();
        Counting counting = new Counting(source)) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      counting.start();
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.INCREMENTAL);
        target.config("maxmemory", "1");
        awaitRunning(link, () -> tellsOf(link, FaultCode.TARGET_OUT_OF_MEMORY));
      }
      counting.stop();
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_OUT_OF_MEMORY);
      }
      target.config("maxmemory", "0");
      try (RunningLink link = setup.start()) {
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** Behind a refused SELECT, what follows would run in the database that was selected before. */
  @Test
  void writesNothingElsewhereForADatabaseThatTheTargetDoesNotHave() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).option("databases", "4").start();
        RespClient toSource = source.client();
        RespClient toTarget = target.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      toSource.call("SET", "user", "of 0");
      link.awaitCaughtUp();
      toSource.call("SELECT", "7");
      toSource.call("SET", "user", "of 7");
      toSource.call("RPUSH", "list", "of 7");
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_REFUSED);
      assertThat(link.end().fault().message()).contains("database 7");
      assertThat(toTarget.call("GET", "user")).isEqualTo("of 0");
      assertThat(toTarget.call("EXISTS", "list")).isEqualTo(0L);
    }
  }

  @Test
  void stopsWhereASwapOfDatabasesIsRefused() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).option("databases", "4").start();
        RespClient toSource = source.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      toSource.call("SET", "user", "of 0");
      link.awaitCaughtUp();
      toSource.call("SWAPDB", "0", "7");
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_REFUSED);
      assertThat(link.end().fault().message()).contains("SWAPDB");
    }
  }

  @Test
  void appliesNothingOverACheckpointThatAnotherHasWritten() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient toSource = source.client();
        RespClient toTarget = target.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      toSource.call("SET", "counter", "1");
      link.awaitCaughtUp();
      String key = "cachesync:ckpt:{0}:task:0.0";
      String stood = toTarget.text("GET", key);
      toTarget.call("SET", key, stood.replaceFirst("^2 1 ", "2 9 "));
      toSource.call("INCR", "counter");
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.CHECKPOINT_MISMATCH);
      assertThat(toTarget.call("GET", "counter")).isEqualTo("1");
    }
  }

  /** One that was read and of which nothing tells what became of it. */
  @Test
  void doesNotEndWellWhereACommandIsUnaccountedFor() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient toSource = source.client();
        RespClient toTarget = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      toSource.call("SET", "counter", "1");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        toSource.call("INCR", "counter");
        link.awaitCaughtUp().stop();
      }
      String key = "cachesync:ckpt:{0}:task:0.0";
      Checkpoint stood = Checkpoint.parse(toTarget.text("GET", key));
      Ledger of = stood.ledger();
      assertThat(of.applied()).isPositive();
      Ledger less =
          new Ledger(
              of.read(),
              of.applied() - 1,
              of.skippedOnResume(),
              of.filtered(),
              of.folded(),
              of.healed(),
              of.deadLetters(),
              0);
      toTarget.call(
          "SET", key, stood.at(stood.replId(), stood.offset(), stood.database(), less).text());
      try (RunningLink link = setup.start()) {
        toSource.call("INCR", "counter");
        link.awaitCaughtUp();
        assertThat(link.said()).anyMatch(line -> line.startsWith("ERROR the ledger does not"));
        LinkOutcome end = link.finish();
        assertThat(end.phase()).isEqualTo(Phase.FAILED);
        assertThat(end.fault().code()).isEqualTo(FaultCode.LEDGER_IMBALANCE);
      }
      assertThat(toTarget.call("GET", "counter")).isEqualTo("3");
      assertThat(toTarget.call("EXISTS", key)).isEqualTo(1L);
    }
  }

  @Test
  void doesNotGoOnPastWhatIsMissingAtTheTarget() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient toTarget = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
      }
      // What a writer notes that was refused a command, and not for what a key held.
      String hole = "TARGET_OUT_OF_MEMORY no memory for RPUSH list";
      toTarget.call("HSET", "cachesync:node:{0}:task:0", "hole", hole);
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_OUT_OF_MEMORY);
        assertThat(link.end().fault().message()).contains("RPUSH list");
      }
      setup.afresh = true;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  @Test
  void stopsWhenTheSourceNoLongerKnowsItsHistory() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start();
          RespClient toSource = source.client()) {
        toSource.call("SET", "a", "1");
        link.awaitCaughtUp();
        source.kill();
        source.start();
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.SOURCE_REPLACED);
      }
      assertThat(target.keys()).isEqualTo(4);
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.SOURCE_REPLACED);
      }
    }
  }

  @Test
  void stopsWhenTheBacklogWasOverrun() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient toSource = source.client()) {
      toSource.call("CONFIG", "SET", "repl-backlog-size", "16384");
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
      }
      toSource.call("SET", "big", "x".repeat(100_000));
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.BACKLOG_OVERRUN);
      }
      setup.afresh = true;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  @Test
  void beginsAnInterruptedFullSyncAgainWithoutGhosts() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        FaultProxy proxy = new FaultProxy(target.port());
        RespClient toSource = source.client()) {
      for (int i = 0; i < 500; i++) {
        toSource.call("SET", "key:" + i, RunningLink.noise(10_000));
      }
      proxy.slow(500_000);
      try (RunningLink link =
          new RunningLink.Setup(source.address(), "127.0.0.1:" + proxy.port()).start()) {
        awaitRunning(link, () -> link.status().keysApplied() > 50);
        assertThat(link.status().phase()).isEqualTo(Phase.FULL_SYNC);
        for (int i = 0; i < 400; i++) {
          toSource.call("DEL", "key:" + i);
        }
        proxy.cut();
        awaitRunning(link, () -> link.status().retries() > 0);
        proxy.slow(0);
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.keys()).isEqualTo(100);
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** A source that is written to all the time, also while nobody follows it for a while. */
  private static RedisServer written(ServerVersion version) {
    return new RedisServer(version).option("repl-backlog-size", "64mb");
  }

  private static boolean tellsOf(RunningLink link, FaultCode code) {
    return link.said().stream()
        .anyMatch(line -> line.contains("RETRYING") && line.contains("code=" + code + ","));
  }

  private static void awaitRunning(RunningLink link, java.util.concurrent.Callable<Boolean> until) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .failFast(
            () -> {
              if (link.link().outcome().isPresent()) {
                throw new AssertionError("ended: " + link.link().outcome() + "\n" + link.said());
              }
            })
        .until(until);
  }
}
