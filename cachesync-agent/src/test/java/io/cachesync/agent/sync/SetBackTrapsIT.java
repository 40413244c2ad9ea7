package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A target that comes back as it was, where copying everything again would take away what must
 * stay, or where what came back looks as if nothing was to be copied.
 */
class SetBackTrapsIT {
  private static final int KEYS = 6_000;
  private static final int TRIES = 5;
  private static final LimitSpec SLOW = new LimitSpec(0, 2_000);

  /** Once it is in its middle it stays there for as long as it takes. */
  private static final LimitSpec STANDING = new LimitSpec(0, 10);

  private static final FilterSpec NARROW =
      new FilterSpec(null, null, null, List.of("a:*", "b:*"), null, null, null, null, null, false);

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension static final RedisServer SECOND = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  private final RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
  private final AtomicReference<byte[]> saved = new AtomicReference<>();

  @BeforeEach
  void fill() {
    List.of(SOURCE, SECOND, TARGET).forEach(RedisServer::flush);
    CLUSTER.flush();
    fill(SOURCE, "a");
  }

  /** It would be emptied for a source that has nothing any more. */
  @Test
  void nothingIsTakenAwayWhereOneOfSeveralSourcesWasReplacedMeanwhile() {
    fill(SECOND, "b");
    RunningLinks.Setup of = several();
    of.parallelFullSyncs = 1;
    of.limits = SLOW;
    AtomicBoolean once = new AtomicBoolean();
    of.onSaid =
        line -> {
          if (line.contains("everything is copied again") && once.compareAndSet(false, true)) {
            SECOND.kill();
            SECOND.start();
          }
        };
    try (RunningLinks links = of.start()) {
      links.await(
          "one has copied, the other is in its middle",
          all ->
              all.stream().anyMatch(link -> link.phase() == Phase.INCREMENTAL)
                  && all.stream()
                      .anyMatch(link -> link.phase() == Phase.FULL_SYNC && link.keysApplied() > 0));
      links.links().direct(Desired.RUN, STANDING);
      saved.set(TARGET.save());
      links.links().direct(Desired.RUN, LimitSpec.none());
      links.awaitCaughtUp();
      TARGET.setBack(saved.get());
      long keys = TARGET.keys();
      command(SOURCE, "INCR", "a:counter");
      await(() -> links.links().outcome().isPresent());
      assertThat(links.links().outcome().orElseThrow().fault().code())
          .as("%s", links.said())
          .isEqualTo(FaultCode.SOURCE_REPLACED);
      assertThat(TARGET.keys()).isGreaterThanOrEqualTo(keys);
    }
  }

  /** What the other master holds of our copy cannot be told from what was there before it. */
  @Test
  void whatIsOursIsNotSkippedAtAClusterOfWhichAPartCameBack() {
    RunningLink.Setup to = RunningLink.between(SOURCE, CLUSTER);
    to.onExists = ConflictPolicy.SKIP;
    RedisServer arbiter = CLUSTER.ownerOf(0);
    RedisServer other = CLUSTER.ownerOf(ClusterServers.SLOTS - 1);
    command(other, "SET", keyOf("foreign", other), "x");
    savesOnceTaken(to, arbiter);
    try (RunningLink link = to.start()) {
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      arbiter.setBack(saved.get());
      CLUSTER.awaitAgreement();
      link.direct(Desired.RUN);
      assertThat(link.end().fault().code())
          .as("%s", link.said())
          .isEqualTo(FaultCode.FULL_SYNC_INTERRUPTED);
    }
  }

  /** The dump says that its task owns what it claimed, which was less than this one's. */
  @Test
  void anotherDatabaseIsLeftAloneWhereADumpOfAFormerTaskOfThisNameComesBack() {
    command(TARGET, 1, "SET", "of another", "x");
    setup.filter = new FilterSpec(List.of(0), false);
    setup.limits = SLOW;
    RunningLink first = setup.start();
    await(() -> first.status().phase() == Phase.FULL_SYNC && first.status().keysApplied() > 500);
    first.link().direct(Desired.RUN, STANDING);
    saved.set(TARGET.save());
    first.link().direct(Desired.RUN, LimitSpec.none());
    first.awaitCaughtUp();
    first.finish();
    TARGET.flush();
    setup.limits = LimitSpec.none();
    setup.filter = FilterSpec.everything();
    setup.workDir = Folders.create("link");
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    // With the second epoch: that of the dump is one of before it.
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      TARGET.setBack(saved.get());
      command(SOURCE, "INCR", "a:counter");
      assertThat(link.end().fault().code()).as("%s", link.said()).isEqualTo(FaultCode.TASK_CHANGED);
    }
    assertThat(command(TARGET, 1, "EXISTS", "of another")).isEqualTo(1L);
  }

  @Test
  void aFinishThatWasBegunIsNotDoneWhereTheTargetComesBackFromBeforeItsCopy() throws Exception {
    savesOnceTaken(setup, TARGET);
    RunningLink first = setup.start().awaitCaughtUp();
    first.crash();
    new FinishMark(setup.workDir).set();
    TARGET.setBack(saved.get());
    setup.startMode = StartMode.MUST_RESUME;
    setup.desired = Desired.FINISH;
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code())
          .as("%s", link.said())
          .isEqualTo(FaultCode.CHECKPOINT_GONE);
    }
  }

  /** A link that is done does not copy again what the others do. */
  @Test
  void aLinkThatHasRemovedItsKeysCopiesAgainWithTheOthers() {
    try (ClusterWrites writes = new ClusterWrites(CLUSTER, 1)) {
      // Twice as many: each of the two has so many.
      writes.fill("key", 2 * KEYS, 20);
      boolean between = false;
      for (int i = 0; i < TRIES && !between; i++) {
        TARGET.flush();
        between = isSetBackBetweenTheEndsOfTwo();
      }
      Assumptions.assumeTrue(between, "both had removed their keys each time");
    }
  }

  /** Whether one was still there: only that one sees that the target came back. */
  private boolean isSetBackBetweenTheEndsOfTwo() {
    RunningLinks.Setup of = RunningLinks.between(CLUSTER, TARGET);
    AtomicBoolean armed = new AtomicBoolean();
    of.limits = SLOW;
    of.onSaid =
        line -> {
          if (line.startsWith("everything is applied") && armed.compareAndSet(true, false)) {
            TARGET.setBack(saved.get());
          }
        };
    try (RunningLinks links = of.start()) {
      links.await(
          "both are in their middle",
          all ->
              all.stream()
                  .allMatch(link -> link.phase() == Phase.FULL_SYNC && link.keysApplied() > 200));
      links.links().direct(Desired.RUN, STANDING);
      saved.set(TARGET.save());
      links.links().direct(Desired.RUN, LimitSpec.none());
      links.awaitCaughtUp();
      armed.set(true);
      LinkOutcome end = links.finish();
      boolean both =
          links.said().stream().filter(l -> l.contains(" everything is applied;")).count() == 2
              && !links.hasSaid("full sync 2 of");
      if (!both) {
        assertThat(end.phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
        assertThat(DatasetComparer.compare(CLUSTER, TARGET)).as("%s", links.said()).isEmpty();
      }
      return !both;
    }
  }

  /** It had fewer keys, under the same number of a full sync. */
  @Test
  void theCopyOfSeveralSourcesOfBeforeIsNotTakenForTheOneBehindIt() {
    fill(SECOND, "b");
    command(SOURCE, "SET", "c:1", "wide");
    RunningLinks.Setup of = several();
    of.filter = NARROW;
    try (RunningLinks links = of.start()) {
      links.awaitCaughtUp();
    }
    byte[] before = TARGET.save();
    of.filter = FilterSpec.everything();
    of.afresh = true;
    try (RunningLinks links = of.start()) {
      links.awaitCaughtUp();
      TARGET.setBack(before);
      command(SOURCE, "INCR", "a:counter");
      command(SECOND, "INCR", "b:counter");
      await(
          () ->
              links.links().outcome().isPresent()
                  || links.said().stream().anyMatch(line -> line.contains("copied again")));
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    }
    assertThat(command(TARGET, 0, "GET", "c:1")).isEqualTo("wide");
  }

  /** The words at the target are those of what was copied, and not of what came back. */
  @Test
  void whatWasCopiedAgainIsGoneOnWith() {
    setup.filter = NARROW;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    byte[] before = TARGET.save();
    setup.filter = FilterSpec.everything();
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      TARGET.setBack(before);
      command(SOURCE, "INCR", "a:counter");
      await(
          () -> link.said().stream().filter(line -> line.contains("full sync done:")).count() == 2);
      link.awaitCaughtUp();
    }
    setup.afresh = false;
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    DatasetComparer.assertEqual(SOURCE, TARGET);
  }

  private static RunningLinks.Setup several() {
    List<RedisServer> sources = List.of(SOURCE, SECOND);
    return RunningLinks.between(
        () -> sources,
        sources.stream().map(each -> RunningLink.endpoint(each.address())).toList(),
        RunningLink.endpoint(TARGET.address()));
  }

  private void savesOnceTaken(RunningLink.Setup of, RedisServer server) {
    of.onSaid =
        line -> {
          if (line.startsWith("target taken") && saved.get() == null) {
            saved.set(server.save());
          }
        };
  }

  private static void await(BooleanSupplier condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(condition::getAsBoolean);
  }

  private static String keyOf(String name, RedisServer owner) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> name + i)
        .filter(key -> CLUSTER.ownerOf(ClusterServers.slot(key)) == owner)
        .findFirst()
        .orElseThrow();
  }

  private static void fill(RedisServer server, String name) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      commands.add(new String[] {"RPUSH", name + ":" + i, "v" + i});
    }
    server.pipeline(commands);
  }

  private static void command(RedisServer server, String... words) {
    command(server, 0, words);
  }

  private static Object command(RedisServer server, int database, String... words) {
    try (RespClient client = server.client()) {
      if (database > 0) {
        client.call("SELECT", Integer.toString(database));
      }
      return client.call(words);
    }
  }
}
