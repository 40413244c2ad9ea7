package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A target that comes back as it was before the end of its full sync, once that is long done. */
class SetBackIntoCopyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEYS = 6_000;
  private static final LimitSpec SLOW = new LimitSpec(0, 1_500);

  /** Once it is in its middle it stays there for as long as it takes. */
  private static final LimitSpec STANDING = new LimitSpec(0, 10);

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension static final RedisServer SECOND = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  /** What of the first full sync the target comes back with. */
  enum Moment {
    TAKEN("target taken"),
    BEGUN("full sync 1"),
    MIDDLE("none");

    private final String said;

    Moment(String said) {
      this.said = said;
    }
  }

  private final RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
  private final AtomicReference<byte[]> saved = new AtomicReference<>();

  @BeforeEach
  void fill() {
    List.of(SOURCE, SECOND, TARGET).forEach(RedisServer::flush);
    CLUSTER.flush();
    fill(SOURCE, "a");
  }

  @AfterEach
  void keepNothing() {
    SOURCE.config("repl-backlog-size", "1mb");
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void everythingIsCopiedAgain(Moment moment) {
    try (RunningLink link = copied(setup, TARGET, moment)) {
      change(SOURCE, "a");
      link.awaitCaughtUp();
      TARGET.setBack(saved.get());
      incr(SOURCE);
      awaitCopiedAgain(link);
      assertEqualInTheEnd(link);
    }
  }

  @Test
  void soItIsWhereTheTaskIsPaused() {
    try (RunningLink link = copied(setup, TARGET, Moment.MIDDLE)) {
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      change(SOURCE, "a");
      TARGET.setBack(saved.get());
      link.direct(Desired.RUN);
      awaitCopiedAgain(link);
      assertEqualInTheEnd(link);
    }
  }

  @Test
  void soItIsWhereTheTaskIsToBeFinished() {
    try (RunningLink link = copied(setup, TARGET, Moment.MIDDLE)) {
      change(SOURCE, "a");
      link.awaitCaughtUp();
      TARGET.setBack(saved.get());
      assertEqualInTheEnd(link);
    }
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void soItIsByTheNextStart(Moment moment) {
    copied(setup, TARGET, moment).crash();
    change(SOURCE, "a");
    TARGET.setBack(saved.get());
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      assertEqualInTheEnd(link.awaitCaughtUp());
    }
  }

  /** What was asked for afresh is not what the target held before. */
  @Test
  void soItIsWhereTheFullSyncOfBeforeComesBack() {
    SOURCE.config("repl-backlog-size", "16kb");
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    byte[] before = TARGET.save();
    change(SOURCE, "a");
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      TARGET.setBack(before);
      incr(SOURCE);
      awaitCopiedAgain(link);
      assertEqualInTheEnd(link);
    }
  }

  @Test
  void nothingIsCopiedFromAnotherSource() {
    try (RunningLink link = copied(setup, TARGET, Moment.MIDDLE)) {
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      SOURCE.kill();
      SOURCE.start();
      TARGET.setBack(saved.get());
      long keys = TARGET.keys();
      link.direct(Desired.RUN);
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.SOURCE_REPLACED);
      assertThat(TARGET.keys()).isEqualTo(keys);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,TAKEN", "0,BEGUN", "0,MIDDLE", "1,TAKEN", "1,MIDDLE"})
  void soItIsWhereAMasterOfAClusterComesBackSo(int which, Moment moment) {
    RunningLink.Setup toCluster = RunningLink.between(SOURCE, CLUSTER);
    RedisServer master = CLUSTER.ownerOf(which * (ClusterServers.SLOTS - 1));
    try (RunningLink link = copied(toCluster, master, moment)) {
      // What the other master has is applied late, and deleted at the source by then.
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      change(SOURCE, "a");
      master.setBack(saved.get());
      CLUSTER.awaitAgreement();
      link.direct(Desired.RUN);
      awaitCopiedAgain(link);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
    }
  }

  @Test
  void soItIsWhereThatMasterComesBackBeforeTheNextStart() {
    RunningLink.Setup toCluster = RunningLink.between(SOURCE, CLUSTER);
    RedisServer master = CLUSTER.ownerOf(0);
    copied(toCluster, master, Moment.TAKEN).crash();
    change(SOURCE, "a");
    master.setBack(saved.get());
    CLUSTER.awaitAgreement();
    toCluster.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = toCluster.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
    }
  }

  /** What that master tells is of before a copy that was asked for where the source had lost. */
  @Test
  void soItIsWhereTheSourceHadGoneBackBeforeTheCopyThatIsLost() {
    RunningLink.Setup toCluster = RunningLink.between(SOURCE, CLUSTER);
    RedisServer master = CLUSTER.ownerOf(0);
    byte[] lessOfTheSource;
    try (RunningLink link = toCluster.start()) {
      link.awaitCaughtUp();
      lessOfTheSource = SOURCE.save();
      change(SOURCE, "a");
      link.awaitCaughtUp();
    }
    byte[] before = master.save();
    SOURCE.setBack(lessOfTheSource);
    incr(SOURCE);
    toCluster.afresh = true;
    toCluster.start().awaitCaughtUp().crash();
    change(SOURCE, "a");
    master.setBack(before);
    CLUSTER.awaitAgreement();
    toCluster.afresh = false;
    toCluster.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = toCluster.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
    }
  }

  /** One shard was done, the other in its middle. */
  @Test
  void soItIsWithALinkForEachShard() {
    try (ClusterWrites writes = new ClusterWrites(CLUSTER, 1)) {
      writes.fill("key", KEYS, 20);
      RunningLinks.Setup shards = RunningLinks.between(CLUSTER, TARGET);
      try (RunningLinks links = copied(shards)) {
        writes.delete("key", KEYS / 2);
        links.awaitCaughtUp();
        TARGET.setBack(saved.get());
        CLUSTER.masters().forEach(SetBackIntoCopyIT::incr);
        awaitTold(links);
        writes.start();
        links.awaitApplied(5_000);
        writes.stop();
        links.awaitCaughtUp();
        assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
        assertThat(DatasetComparer.compare(CLUSTER, TARGET)).isEmpty();
      }
    }
  }

  /** Nothing at the target tells that any of them has ever copied. */
  @Test
  void soItIsByTheNextStartOfAllShardsWhereItComesBackAsItWasTaken() {
    try (ClusterWrites writes = new ClusterWrites(CLUSTER, 2)) {
      writes.fill("key", KEYS, 20);
      RunningLinks.Setup shards = RunningLinks.between(CLUSTER, TARGET);
      shards.onSaid =
          line -> {
            if (line.startsWith("target taken") && saved.get() == null) {
              saved.set(TARGET.save());
            }
          };
      shards.start().awaitCaughtUp().crash();
      writes.delete("key", KEYS / 2);
      TARGET.setBack(saved.get());
      shards.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = shards.start()) {
        links.awaitCaughtUp();
        assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
        assertThat(DatasetComparer.compare(CLUSTER, TARGET)).isEmpty();
      }
    }
  }

  @Test
  void soItIsWithSeveralSources() {
    fill(SECOND, "b");
    List<RedisServer> sources = List.of(SOURCE, SECOND);
    try (RunningLinks links = copied(between(sources))) {
      change(SOURCE, "a");
      change(SECOND, "b");
      links.awaitCaughtUp();
      TARGET.setBack(saved.get());
      command(SOURCE, "INCR", "a:counter");
      command(SECOND, "INCR", "b:counter");
      awaitTold(links);
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compareUnion(sources, TARGET)).isEmpty();
    }
  }

  /** Offsets of another source tell nothing of where this one stands. */
  @Test
  void soItIsWhereTheTargetComesBackWithACopyOfAnotherSource() {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      change(SOURCE, "a");
    }
    setup.afresh = true;
    copied(setup, TARGET, Moment.MIDDLE).close();
    replace(SOURCE, "a");
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
    }
    setup.afresh = false;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      TARGET.setBack(saved.get());
      incr(SOURCE);
      awaitCopiedAgain(link, 1);
      assertEqualInTheEnd(link);
    }
  }

  @Test
  void soItIsWithSeveralOfWhichOneWasAnother() {
    fill(SECOND, "b");
    List<RedisServer> sources = List.of(SOURCE, SECOND);
    RunningLinks.Setup several = between(sources);
    try (RunningLinks links = several.start()) {
      links.awaitCaughtUp();
      change(SOURCE, "a");
    }
    several.afresh = true;
    several.start().awaitCaughtUp().stop();
    byte[] before = TARGET.save();
    replace(SOURCE, "a");
    try (RunningLinks links = several.start()) {
      links.awaitCaughtUp();
      TARGET.setBack(before);
      command(SOURCE, "INCR", "a:counter");
      command(SECOND, "INCR", "b:counter");
      links.await("emptied", all -> links.hasSaid("the target was emptied"));
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compareUnion(sources, TARGET)).isEmpty();
    }
  }

  private static RunningLinks.Setup between(List<RedisServer> sources) {
    return RunningLinks.between(
        () -> sources,
        sources.stream().map(each -> RunningLink.endpoint(each.address())).toList(),
        RunningLink.endpoint(TARGET.address()));
  }

  /** By one that has gone less far in its history. */
  private static void replace(RedisServer server, String name) {
    long before = server.replOffset();
    server.kill();
    server.start();
    fill(server, name);
    assertThat(server.replOffset()).isLessThan(before);
  }

  /** A link in its stream, and {@link #saved} of a moment in its first full sync. */
  private RunningLink copied(RunningLink.Setup of, RedisServer target, Moment moment) {
    of.onSaid =
        line -> {
          if (line.startsWith(moment.said) && saved.get() == null) {
            saved.set(target.save());
          }
        };
    of.limits = moment == Moment.MIDDLE ? SLOW : LimitSpec.none();
    RunningLink link = of.start();
    if (moment == Moment.MIDDLE) {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> isInTheMiddle(link.status()));
      link.link().direct(Desired.RUN, STANDING);
      saved.set(target.save());
      link.link().direct(Desired.RUN, LimitSpec.none());
    }
    of.limits = LimitSpec.none();
    return link.awaitCaughtUp();
  }

  private RunningLinks copied(RunningLinks.Setup of) {
    of.parallelFullSyncs = 1;
    of.limits = SLOW;
    RunningLinks links = of.start();
    links.await(
        "one is done, one in its middle",
        all ->
            all.stream().anyMatch(link -> link.phase() == Phase.INCREMENTAL)
                && all.stream().anyMatch(SetBackIntoCopyIT::isInTheMiddle));
    links.links().direct(Desired.RUN, STANDING);
    saved.set(TARGET.save());
    links.links().direct(Desired.RUN, LimitSpec.none());
    return links.awaitCaughtUp();
  }

  private static boolean isInTheMiddle(LinkStatus link) {
    return link.phase() == Phase.FULL_SYNC
        && link.keysApplied() > 0
        && link.keysApplied() < link.keys() * 3 / 4;
  }

  private static void awaitTold(RunningLinks links) {
    links.await("told", all -> links.hasSaid("everything is copied again"));
  }

  private static void awaitCopiedAgain(RunningLink link) {
    awaitCopiedAgain(link, 2);
  }

  private static void awaitCopiedAgain(RunningLink link, int copies) {
    Awaitility.await()
        .atMost(PATIENCE)
        .failFast(
            () -> {
              if (link.link().outcome().isPresent()) {
                throw new AssertionError("ended: " + link.link().outcome() + "\n" + link.said());
              }
            })
        .until(
            () ->
                link.said().stream().filter(line -> line.contains("full sync done:")).count()
                    == copies);
    link.awaitCaughtUp();
  }

  private static void assertEqualInTheEnd(RunningLink link) {
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
    DatasetComparer.assertEqual(SOURCE, TARGET);
  }

  private static void fill(RedisServer server, String name) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      commands.add(new String[] {"RPUSH", name + ":" + i, "v" + i});
    }
    server.pipeline(commands);
  }

  /** A third is deleted, a third deleted and made anew, a third added to. */
  private static void change(RedisServer server, String name) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      String key = name + ":" + i;
      if (i % 3 < 2) {
        commands.add(new String[] {"DEL", key});
      }
      if (i % 3 > 0) {
        commands.add(new String[] {"RPUSH", key, "again"});
      }
    }
    server.pipeline(commands);
  }

  private static void incr(RedisServer server) {
    command(server, "INCR", counterOf(server));
  }

  /** A key of one of the server's own slots. */
  private static String counterOf(RedisServer server) {
    for (int i = 0; ; i++) {
      String key = "counter:" + i;
      if (!CLUSTER.masters().contains(server)
          || CLUSTER.ownerOf(ClusterServers.slot(key)) == server) {
        return key;
      }
    }
  }

  private static void command(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }
}
