package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ScriptedSource;
import io.cachesync.testkit.ServerVersion;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ends that say what none should: a fault with a name, and it goes on once they do no more. */
class BadInputIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  private FaultProxy address;
  private RunningLink.Setup setup;

  /** Its history begins with the first one that asks for it. */
  @BeforeAll
  static void beginHistory() {
    try (RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      link.awaitCaughtUp();
    }
  }

  @BeforeEach
  void fill() {
    SOURCE.flush();
    TARGET.flush();
    for (int i = 0; i < 100; i++) {
      call("SET", "key:" + i, "v" + i);
    }
    address = new FaultProxy(SOURCE.port());
    setup = new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address());
  }

  @AfterEach
  void end() {
    address.close();
  }

  @Test
  void aSnapshotThatBreaksOffIsBegunAgain() {
    byte[] snapshot = SOURCE.save();
    byte[] half = Arrays.copyOf(snapshot, snapshot.length / 2);
    try (ScriptedSource bad = ScriptedSource.ofSnapshot(history(), snapshot.length, half)) {
      retriesUntilTheRealOneAnswers(bad, FaultCode.CONNECTION_LOST);
    }
  }

  @Test
  void aSnapshotWithAWrongChecksumIsNotBelieved() {
    byte[] snapshot = SOURCE.save();
    snapshot[snapshot.length - 1] ^= 1;
    try (ScriptedSource bad = ScriptedSource.ofSnapshot(history(), snapshot.length, snapshot)) {
      retriesUntilTheRealOneAnswers(bad, FaultCode.RDB_CORRUPT);
    }
  }

  @Test
  void aSnapshotOfTheFutureIsNotGuessedAt() {
    byte[] opcode = SOURCE.save();
    // Behind the nine bytes of its beginning: an opcode that no version has.
    opcode[9] = (byte) 0xf3;
    endsBy(opcode, FaultCode.RDB_UNSUPPORTED);
    byte[] version = SOURCE.save();
    version[7] = '9';
    endsBy(version, FaultCode.RDB_UNSUPPORTED);
  }

  /** What it would do is not known, so nothing behind it may be applied either. */
  @ParameterizedTest
  @CsvSource({
    "FUTURE, FUTURE",
    // Words that tell of slots, in a form that is none of theirs.
    "TRIMSLOTS, TRIMSLOTS key",
    "CLUSTER, CLUSTER key"
  })
  void aCommandThatIsNotKnownStopsTheLinkBeforeIt(String name, String told) {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0)
                .option("rename-command", "CLUSTER WAS\nrename-command APPEND " + name)
                .start();
        RespClient client = source.client();
        RespClient target = TARGET.client()) {
      RunningLink.Setup future = RunningLink.between(source, TARGET);
      try (RunningLink link = future.start()) {
        link.awaitCaughtUp();
        // What came before it is at the target all the same.
        client.pipeline(
            List.of(
                new String[] {"SET", "key", "known"},
                new String[] {name, "key", " and not"},
                new String[] {"SET", "behind", "v"}));
        assertThat(link.end().fault().code())
            .as("%s", link.said())
            .isEqualTo(FaultCode.UNKNOWN_COMMAND);
        assertThat(link.end().fault().message()).contains("'" + told + "'");
      }
      assertThat(target.text("GET", "key")).isEqualTo("known");
      assertThat(target.call("EXISTS", "behind")).isEqualTo(0L);
      // Nor is it passed over by another start; a copy has what it did.
      try (RunningLink link = future.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.UNKNOWN_COMMAND);
      }
      future.afresh = true;
      try (RunningLink link = future.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.text("GET", "key")).isEqualTo("known and not");
      assertThat(TARGET.digest()).isEqualTo(source.digest());
    }
  }

  /** As a module's, which nothing is known of either. */
  @Test
  void aCommandThatIsNotKnownIsLeftOutByItsName() {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0)
                .option("rename-command", "APPEND mod.append")
                .start();
        RespClient client = source.client();
        RespClient target = TARGET.client()) {
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      setup.filter =
          new FilterSpec(
              null, null, null, null, null, null, null, List.of("MOD.append"), null, false);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.pipeline(
            List.of(
                new String[] {"SET", "key", "known"},
                new String[] {"mod.append", "key", " and not"},
                new String[] {"SET", "behind", "v"}));
        link.awaitCaughtUp();
        assertThat(link.status().ledger().filtered()).isEqualTo(1);
        assertThat(link.status().ledger().balanced()).isTrue();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.text("GET", "key")).isEqualTo("known");
      assertThat(target.text("GET", "behind")).isEqualTo("v");
    }
  }

  /** A form of it that is not known, or what would flush what is not the task's. */
  @ParameterizedTest
  @CsvSource({"PEXPIREAT, UNKNOWN_COMMAND", "FLUSHALL, FLUSH_REFUSED"})
  void whatCameBeforeARefusedCommandIsAppliedAndNothingBehindIt(String name, FaultCode code) {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0)
                .option("rename-command", name + " WAS\nrename-command APPEND " + name)
                .start();
        RespClient client = source.client();
        RespClient target = TARGET.client()) {
      target.call("SET", "other", "of another");
      RunningLink.Setup refused = RunningLink.between(source, TARGET);
      refused.onExists = ConflictPolicy.REPLACE;
      try (RunningLink link = refused.start()) {
        link.awaitCaughtUp();
        client.pipeline(
            List.of(
                new String[] {"SET", "key", "known"},
                new String[] {"INCR", "counter"},
                new String[] {name, "key", " and not"},
                new String[] {"SET", "behind", "v"}));
        assertThat(link.end().fault().code()).as("%s", link.said()).isEqualTo(code);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(target.text("GET", "key")).isEqualTo("known");
      assertThat(target.text("GET", "counter")).isEqualTo("1");
      assertThat(target.call("EXISTS", "behind")).isEqualTo(0L);
    }
  }

  /** Of a transaction nothing is applied; of what came right before it, all. */
  @Test
  void whatCameBeforeATransactionThatHoldsARefusedCommandIsApplied() {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0).option("rename-command", "APPEND FUTURE").start();
        RespClient client = source.client();
        RespClient target = TARGET.client()) {
      try (RunningLink link = RunningLink.between(source, TARGET).start()) {
        link.awaitCaughtUp();
        client.pipeline(
            List.of(
                new String[] {"SET", "key", "known"},
                new String[] {"MULTI"},
                new String[] {"SET", "inside", "v"},
                new String[] {"FUTURE", "key", " and not"},
                new String[] {"EXEC"}));
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.UNKNOWN_COMMAND);
      }
      assertThat(target.text("GET", "key")).isEqualTo("known");
      assertThat(target.call("EXISTS", "inside")).isEqualTo(0L);
    }
  }

  /** The target has no place for it, and the task is to stop there. */
  @Test
  void whatCameBeforeWhatAnOlderTargetCannotHoldIsApplied() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer older = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RespClient target = older.client();
        RunningLink link = RunningLink.between(source, older).start()) {
      link.awaitCaughtUp();
      client.pipeline(
          List.of(
              new String[] {"SET", "key", "v"}, new String[] {"XADD", "stream", "1-1", "f", "v"}));
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
      assertThat(target.text("GET", "key")).isEqualTo("v");
    }
  }

  /** A script of an old source that names no keys. */
  @Test
  void whatCameBeforeATextOfAScriptIsApplied() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RespClient target = TARGET.client();
        RunningLink link = RunningLink.between(source, TARGET).start()) {
      link.awaitCaughtUp();
      client.pipeline(
          List.of(
              new String[] {"SET", "key", "v"},
              new String[] {"EVAL", "return redis.call('SET', 'hidden', 'v')", "0"}));
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.SCRIPT_TEXT);
      assertThat(target.text("GET", "key")).isEqualTo("v");
    }
  }

  /** A database that the target does not have. */
  @Test
  void whatCameBeforeADatabaseThatTheTargetLacksIsApplied() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer small = new RedisServer(ServerVersion.V7_0).option("databases", "2").start();
        RespClient client = source.client();
        RespClient target = small.client();
        RunningLink link = RunningLink.between(source, small).start()) {
      link.awaitCaughtUp();
      client.pipeline(
          List.of(
              new String[] {"SET", "key", "v"},
              new String[] {"SELECT", "5"},
              new String[] {"SET", "nowhere", "v"}));
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_REFUSED);
      assertThat(target.text("GET", "key")).isEqualTo("v");
    }
  }

  @Test
  void aSourceThatClosesInTheHandshakeIsAskedAgain() {
    try (ScriptedSource bad =
        new ScriptedSource(
            new ScriptedSource.Script() {
              @Override
              public boolean psync(OutputStream out) {
                return false;
              }

              @Override
              public boolean endsAt(String word) {
                return word.equals("REPLCONF");
              }
            })) {
      retriesUntilTheRealOneAnswers(bad, FaultCode.CONNECTION_LOST);
    }
  }

  @Test
  void whatIsNoRespIsNoSource() {
    try (ScriptedSource bad =
        new ScriptedSource(
            new ScriptedSource.Script() {
              @Override
              public boolean psync(OutputStream out) {
                return false;
              }

              @Override
              public String instead() {
                return "HTTP/1.1 400 Bad Request\r\n\r\n";
              }
            })) {
      endsBy(bad, FaultCode.PROTOCOL_ERROR);
    }
  }

  @Test
  void anAnswerToPsyncThatMeansNothingEndsTheLink() {
    try (ScriptedSource bad =
        new ScriptedSource(
            out -> {
              out.write("+WHATEVER\r\n".getBytes(StandardCharsets.US_ASCII));
              return true;
            })) {
      endsBy(bad, FaultCode.PROTOCOL_ERROR);
    }
  }

  /** It has what it needs in memory; what it does not need from there it lacks on disk. */
  @Test
  void aDiskThatCannotBeWrittenEndsALinkThatIsBehind() {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      Folders.delete(setup.workDir);
      for (int i = 0; i < 40; i++) {
        call("APPEND", "large", RunningLink.noise(100_000));
      }
      long written = SOURCE.replOffset();
      // Else it would be no more behind than its memory reaches.
      Awaitility.await()
          .until(
              () -> link.status().receivedOffset() >= written || link.link().outcome().isPresent());
      link.direct(Desired.RUN);
      assertThat(link.end().fault().code()).as("%s", link.said()).isEqualTo(FaultCode.DISK_FULL);
    }
    goesOn();
  }

  @Test
  void aTargetThatIsLoadingIsWaitedFor() {
    for (int i = 0; i < 100; i++) {
      call("SET", "some:" + i, RunningLink.noise(600));
    }
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      setup = new RunningLink.Setup(SOURCE.address(), target.address());
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        link.stop();
      }
      CompletableFuture<RedisServer> starting = startSlowly(target);
      call("RPUSH", "list", "later");
      try (RunningLink link = setup.start()) {
        awaitFault(link, FaultCode.LOADING);
        endLoading(target, starting);
        link.awaitCaughtUp();
        assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.digest()).isEqualTo(SOURCE.digest());
    }
  }

  @Test
  void aSourceThatIsLoadingIsWaitedForWithItsCopy() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start()) {
      fillSlowly(source);
      setup = new RunningLink.Setup(source.address(), TARGET.address());
      CompletableFuture<RedisServer> starting = startSlowly(source);
      try (RunningLink link = setup.start()) {
        awaitFault(link, FaultCode.LOADING);
        endLoading(source, starting);
        push(source);
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(TARGET.digest()).isEqualTo(source.digest());
    }
  }

  /** One that was started again, with what it had; from 7.0 on it goes on in its history. */
  @Test
  void aSourceThatIsLoadingIsWaitedForInTheStream() {
    // A PING between what it saves and its end would be more than it has afterwards.
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).withoutPings().start()) {
      fillSlowly(source);
      setup = new RunningLink.Setup(source.address(), TARGET.address());
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        link.stop();
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        waitsUntilLoaded(link, startSlowly(source), source);
      }
      CompletableFuture<RedisServer> starting = startSlowly(source);
      try (RunningLink link = setup.start()) {
        waitsUntilLoaded(link, starting, source);
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(TARGET.digest()).isEqualTo(source.digest());
    }
  }

  private static void waitsUntilLoaded(
      RunningLink link, CompletableFuture<RedisServer> starting, RedisServer source) {
    Awaitility.await()
        .until(
            () ->
                link.said().stream()
                    .anyMatch(line -> line.contains("source: ") && line.contains("LOADING")));
    endLoading(source, starting);
    push(source);
    link.awaitCaughtUp();
    assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
  }

  private static void fillSlowly(RedisServer source) {
    try (RespClient client = source.client()) {
      for (int i = 0; i < 200; i++) {
        client.call("SET", "some:" + i, RunningLink.noise(600));
      }
    }
  }

  private static void push(RedisServer source) {
    try (RespClient client = source.client()) {
      client.call("RPUSH", "list", "later");
    }
  }

  /** Until {@link #endLoading} it takes many seconds, and answers after every other key. */
  private static CompletableFuture<RedisServer> startSlowly(RedisServer server) {
    server.save();
    server.kill();
    server
        .option("key-load-delay", "100000")
        .option("loading-process-events-interval-bytes", "1024");
    return CompletableFuture.supplyAsync(server::start);
  }

  private static void endLoading(RedisServer server, CompletableFuture<RedisServer> starting) {
    server.config("key-load-delay", "0");
    starting.join();
  }

  private void endsBy(byte[] snapshot, FaultCode code) {
    try (ScriptedSource bad = ScriptedSource.ofSnapshot(history(), snapshot.length, snapshot)) {
      endsBy(bad, code);
    }
  }

  private void endsBy(ScriptedSource bad, FaultCode code) {
    address.leadTo(bad.port());
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code()).as("%s", link.said()).isEqualTo(code);
    }
    address.leadTo(SOURCE.port());
    copies();
  }

  private void retriesUntilTheRealOneAnswers(ScriptedSource bad, FaultCode code) {
    address.leadTo(bad.port());
    try (RunningLink link = setup.start()) {
      awaitFault(link, code);
      address.leadTo(SOURCE.port());
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  private static void awaitFault(RunningLink link, FaultCode code) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () ->
                link.said().stream()
                    .anyMatch(
                        line -> line.contains("RETRYING") && line.contains("code=" + code + ",")));
  }

  /** From its checkpoint, and without another copy. */
  private void goesOn() {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  /** The copy that was cut is begun again. */
  private void copies() {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.stop().phase()).as("%s", link.said()).isEqualTo(Phase.STOPPED);
    }
    for (int i = 0; i < 100; i++) {
      try (RespClient target = TARGET.client()) {
        assertThat(target.text("GET", "key:" + i)).isEqualTo("v" + i);
      }
    }
    TARGET.flush();
  }

  /** What breaks off is begun again of the same source only. */
  private static String history() {
    try (RespClient client = SOURCE.client()) {
      return client.info("replication").get("master_replid");
    }
  }

  private static void call(String... command) {
    try (RespClient client = SOURCE.client()) {
      client.call(command);
    }
  }
}
