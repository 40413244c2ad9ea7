package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.StartMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys that were spoilt at the target are repaired in the lanes, while they are written. */
class RepairIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEYS = 250;
  private static final long PAUSE_NANOS = 50_000_000;

  private final List<FormerValue> undo = Collections.synchronizedList(new ArrayList<>());
  private final List<RepairedKey> results = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void losesNoWriteThatComesWhileKeysAreRepaired() {
    try (RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      repairUnderLoad(link);
      DatasetComparer.assertEqual(SOURCE, TARGET);
      assertThat(link.healed(HealReason.REPAIRED)).isGreaterThanOrEqualTo(2 * 4 * KEYS);
      assertThat(link.status().deadLetters()).isEmpty();
      assertThat(link.status().ledger().balanced()).isTrue();
    }
  }

  /** What a write past the lane would do: the stream overtakes it, and counts twice. */
  @Test
  void withoutKnowingWhatIsAheadWritesWouldCountTwice() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.exactness =
        new Exactness() {
          @Override
          public boolean skipsWhatIsAhead() {
            return false;
          }
        };
    try (RunningLink link = setup.start();
        RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      writeRound(0);
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      writeRound(1);
      long written = SOURCE.replOffset();
      Awaitility.await().until(() -> link.status().receivedOffset() >= written);
      RepairPiece piece = offer(link, names("counter:"), false);
      link.direct(Desired.RUN);
      Awaitility.await().until(piece::isDone);
      link.awaitCaughtUp();
      List<String> counters = IntStream.range(0, KEYS).mapToObj(i -> "counter:" + i).toList();
      assertThat(counters)
          .anyMatch(key -> !target.text("GET", key).equals(source.text("GET", key)));
    }
  }

  /** Every key is written all the time; each is spoilt, and repaired twice. */
  private void repairUnderLoad(RunningLink link) {
    List<NamedKey> keys = names("counter:", "text:", "list:", "hash:");
    AtomicBoolean enough = new AtomicBoolean();
    // Each key is at the source, however late the writer begins.
    writeRound(-1);
    link.awaitCaughtUp();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(enough));
    try (RespClient target = TARGET.client()) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < KEYS; i++) {
          target.call("SET", "counter:" + i, "1000000");
          target.call("SET", "text:" + i, "spoilt");
          target.call("DEL", "list:" + i);
          target.call("HSET", "hash:" + i, "stray", "x");
        }
        repair(link, keys, false);
      }
    } finally {
      enough.set(true);
      writer.join();
    }
    link.awaitCaughtUp();
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(results).extracting(RepairedKey::course).containsOnly(RepairCourse.WRITE);
    assertThat(results).hasSize(2 * 4 * KEYS);
  }

  private static void write(AtomicBoolean enough) {
    for (int round = 0; !enough.get(); round++) {
      writeRound(round);
      // What waits in the end must have been applied, also where that is slow.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static void writeRound(int round) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      commands.add(new String[] {"INCR", "counter:" + i});
      commands.add(new String[] {"APPEND", "text:" + i, "."});
      commands.add(new String[] {"RPUSH", "list:" + i, Integer.toString(round)});
      commands.add(new String[] {"HINCRBY", "hash:" + i, "n", "1"});
    }
    SOURCE.pipeline(commands);
  }

  private static List<NamedKey> names(String... prefixes) {
    return Stream.of(prefixes)
        .flatMap(prefix -> IntStream.range(0, KEYS).mapToObj(i -> named(prefix + i)))
        .toList();
  }

  private static NamedKey named(String key) {
    return NamedKey.of(0, key.getBytes(StandardCharsets.UTF_8));
  }

  private void repair(RunningLink link, List<NamedKey> keys, boolean deletesExtra) {
    RepairPiece piece = offer(link, keys, deletesExtra);
    Awaitility.await().atMost(PATIENCE).until(piece::isDone);
  }

  private RepairPiece offer(RunningLink link, List<NamedKey> keys, boolean deletesExtra) {
    RepairPiece piece =
        new RepairPiece(List.of(SOURCE.address()), keys, deletesExtra, undo::addAll, results::add);
    link.link().repair(piece);
    return piece;
  }

  @Test
  void keepsWhatTheTargetHadAndRemovesOnlyWhatWasChosen() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      source.call("SET", "kept", "right");
      link.awaitCaughtUp();
      target.call("SET", "kept", "wrong", "PX", "600000");
      target.call("RPUSH", "extra", "a", "b");
      List<NamedKey> keys = Stream.of("kept", "extra", "nowhere").map(RepairIT::named).toList();

      repair(link, keys, false);
      assertThat(courses())
          .containsEntry("kept", RepairCourse.WRITE)
          .containsEntry("extra", RepairCourse.LEAVE);
      assertThat(target.text("GET", "kept")).isEqualTo("right");
      assertThat(target.call("PTTL", "kept")).isEqualTo(-1L);
      assertThat(target.list("LRANGE", "extra", "0", "-1")).containsExactly("a", "b");
      assertThat(undo).extracting(FormerValue::key).containsExactly("kept");
      assertThat(undo.get(0).expireAtMillis()).isPositive();

      results.clear();
      repair(link, keys, true);
      assertThat(courses())
          .containsEntry("extra", RepairCourse.DELETE)
          .containsEntry("nowhere", RepairCourse.GONE);
      assertThat(undo).extracting(FormerValue::present).contains(true, false);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      DatasetComparer.assertEqual(SOURCE, TARGET);
    }
  }

  private Map<String, RepairCourse> courses() {
    return results.stream().collect(Collectors.toMap(RepairedKey::key, RepairedKey::course));
  }

  @Test
  void leavesAloneWhatTheTaskDoesNotMoveAndWhatItCannotKeep() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(0), false);
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RunningLink link = setup.start()) {
      source.call("SET", "a", "right");
      source.call("SET", "b", "right");
      link.awaitCaughtUp();
      target.call("SET", "a", "wrong");
      RepairPiece refused =
          new RepairPiece(
              List.of(),
              List.of(named("a"), new NamedKey(3, "b", "")),
              true,
              values -> {
                throw new IOException("no space");
              },
              results::add);
      link.link().repair(refused);
      Awaitility.await().atMost(PATIENCE).until(refused::isDone);
      assertThat(courses())
          .containsEntry("a", RepairCourse.FAIL)
          .containsEntry("b", RepairCourse.NOT_MOVED);
      assertThat(target.text("GET", "a")).isEqualTo("wrong");
      link.awaitCaughtUp();
      assertThat(link.status().deadLetters()).isEmpty();
    }
  }

  /** Below 3.0 a value is put there by several commands, of which the first removes the key. */
  @Test
  void tellsAKeyOfWhichOnlyAPartWasDone() {
    try (RedisServer old = new RedisServer(ServerVersion.V2_8).start();
        FaultProxy proxy = new FaultProxy(old.port());
        RespClient source = SOURCE.client();
        RespClient target = old.client();
        RunningLink link =
            new RunningLink.Setup(SOURCE.address(), "127.0.0.1:" + proxy.port()).start()) {
      source.call("RPUSH", "list", "a-marked-value");
      source.call("SET", "text", "right");
      link.awaitCaughtUp();
      target.call("SET", "list", "wrong");
      target.call("SET", "text", "wrong");
      proxy.garble("marked");
      repair(link, List.of(named("list"), named("text")), false);
      assertThat(courses())
          .containsEntry("list", RepairCourse.FAIL)
          .containsEntry("text", RepairCourse.WRITE);
      assertThat(results).anyMatch(result -> result.error().contains("a part of it was done"));
      assertThat(target.call("EXISTS", "list")).isEqualTo(0L);
      link.awaitCaughtUp();
      assertThat(link.status().deadLetters()).extracting(DeadLetter::key).containsExactly("list");
    }
  }

  /** The target has refused a value, and nobody has read that answer. */
  @Test
  void fetchesAgainWhatACutRepairHasMarkedAsAhead() {
    RunningLink.Setup setup;
    try (FaultProxy proxy = new FaultProxy(TARGET.port());
        RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      setup = new RunningLink.Setup(SOURCE.address(), "127.0.0.1:" + proxy.port());
      RunningLink link = setup.start();
      source.call("RPUSH", "list", "a-marked-value");
      link.awaitCaughtUp();
      target.call("DEL", "list");
      target.call("RPUSH", "list", "wrong");
      proxy.garble("marked");
      proxy.holdRepliesFrom("a:0:list");
      RepairPiece piece =
          new RepairPiece(
              List.of(SOURCE.address()), List.of(named("list")), false, undo::addAll, results::add);
      link.link().repair(piece);
      Awaitility.await().atMost(PATIENCE).until(proxy::repliesHeld);
      source.call("RPUSH", "list", "another");
      link.crash();
    }
    setup.target = RunningLink.endpoint(TARGET.address());
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      DatasetComparer.assertEqual(SOURCE, TARGET);
      assertThat(link.status().deadLetters()).isEmpty();
    }
  }

  @Test
  void repairsInEverySlotOfACluster() {
    try (ClusterServers cluster = new ClusterServers(ServerVersion.V7_0, 2).start();
        RunningLink link = RunningLink.between(SOURCE, cluster).start()) {
      writeRound(-1);
      link.awaitCaughtUp();
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(enough));
      List<NamedKey> keys = names("counter:", "text:", "list:", "hash:");
      try {
        RedisServer[] owners = cluster.owners();
        for (int i = 0; i < KEYS; i++) {
          spoil(owners, "SET", "text:" + i, "spoilt");
          spoil(owners, "DEL", "list:" + i);
        }
        repair(link, keys, false);
      } finally {
        enough.set(true);
        writer.join();
      }
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(SOURCE, cluster)).isEmpty();
    }
  }

  private static void spoil(RedisServer[] owners, String... command) {
    // On a busy machine its nodes lose sight of each other for a moment.
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(RespError.class)
        .until(() -> spoilAt(owners[ClusterServers.slot(command[1])], command));
  }

  private static boolean spoilAt(RedisServer owner, String... command) {
    try (RespClient client = owner.client()) {
      client.call(command);
      return true;
    }
  }
}
