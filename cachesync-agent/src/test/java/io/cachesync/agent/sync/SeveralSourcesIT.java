package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two servers with different keys into one target. */
class SeveralSourcesIT {
  /** Of both links together: the 20,000 keys of one of them take ten seconds. */
  private static final LimitSpec SLOW = new LimitSpec(0, 4_000);

  @RegisterExtension
  static final RedisServer FIRST =
      new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb");

  @RegisterExtension
  static final RedisServer SECOND =
      new RedisServer(ServerVersion.V6_2).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  @RegisterExtension static final ClusterServers OTHER = new ClusterServers(ServerVersion.V7_0, 2);

  @BeforeEach
  void empty() {
    List.of(FIRST, SECOND, TARGET).forEach(RedisServer::flush);
    CLUSTER.flush();
    OTHER.flush();
    fill(FIRST, "a", 2_000);
    fill(SECOND, "b", 1_000);
  }

  @Test
  void copiesBothGoesOnWhereKilledAndFinishesTogether() {
    RunningLinks.Setup setup = setup();
    try (Writes writes = new Writes(9)) {
      for (int kill = 0; kill < 3; kill++) {
        setup.start().awaitApplied(20_000).crash();
        setup.startMode = StartMode.MUST_RESUME;
      }
      try (RunningLinks links = setup.start()) {
        links.awaitApplied(5_000);
        writes.stop();
        finish(links);
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
      assertEqual();
    }
  }

  @Test
  void copiesBothIntoACluster() {
    RunningLinks.Setup setup = between(List.of(FIRST, SECOND), cluster(CLUSTER.addresses()));
    try (Writes writes = new Writes(1)) {
      for (int kill = 0; kill < 2; kill++) {
        setup.start().awaitApplied(5_000).crash();
      }
      try (RunningLinks links = setup.start()) {
        links.awaitApplied(5_000);
        writes.stop();
        finish(links);
      }
      assertThat(DatasetComparer.compareUnion(List.of(FIRST, SECOND), CLUSTER)).isEmpty();
    }
  }

  /** The target would be emptied, and hold nothing of that source behind it. */
  @Test
  void emptiesNothingWhereOneCameBackEmpty() {
    fill(SECOND, "late", 20_000);
    RunningLinks.Setup setup = setup();
    setup.limits = SLOW;
    RunningLinks killed = setup.start();
    killed.await("in the middle", all -> all.get(1).keysApplied() > 2_000);
    killed.crash();
    assertThat(killed.statuses().get(1).phase()).isNotEqualTo(Phase.INCREMENTAL);
    SECOND.kill();
    SECOND.start();
    long keys = TARGET.keys();
    setup.limits = LimitSpec.none();
    try (RunningLinks links = setup.start()) {
      assertThat(links.end().fault().code())
          .as("%s", links.said())
          .isEqualTo(FaultCode.SOURCE_REPLACED);
      assertThat(TARGET.keys()).isGreaterThanOrEqualTo(keys);
    }
    setup.afresh = true;
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      finish(links);
    }
    assertEqual();
  }

  /** It knows the history still, but none of what was copied of it. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void emptiesNothingWhereOneWasSetBackBehindItsCopy(boolean agentToo) {
    // A snapshot tells its history from the first replica on.
    RunningLinks.Setup setup = setup();
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      finish(links);
    }
    TARGET.flush();
    byte[] before = FIRST.save();
    call(FIRST, "SET", "a:only", "the target has it");
    RunningLinks links = startedUpToTheMiddleOfTheSecond(setup);
    if (agentToo) {
      links.crash();
    }
    FIRST.setBack(before);
    if (!agentToo) {
      assertThat(links.end().fault().code()).isEqualTo(FaultCode.SOURCE_REPLACED);
    }
    long keys = TARGET.keys();
    setup.limits = LimitSpec.none();
    for (int start = 0; start < 2; start++) {
      try (RunningLinks again = setup.start()) {
        assertThat(again.end().fault().code())
            .as("%s", again.said())
            .isEqualTo(FaultCode.SOURCE_REPLACED);
        assertThat(again.end().fault().message()).contains("the target was left as it is");
        assertThat(TARGET.keys()).isGreaterThanOrEqualTo(keys);
        assertThat(count(TARGET, "a:only")).isEqualTo(1);
      }
    }
    setup.afresh = true;
    try (RunningLinks again = setup.start()) {
      again.awaitCaughtUp();
      finish(again);
    }
    assertEqual();
    assertThat(count(TARGET, "a:only")).isZero();
  }

  /** What it has lost is lost at the target too, whichever of the two copies goes on. */
  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void copiesAsItIsOneThatWasSetBackSinceItsCopyBegan(boolean cut, boolean agentToo) {
    fill(FIRST, "early", 2_000);
    RunningLinks.Setup setup = setup();
    RunningLinks links = startedUpToTheMiddleOfTheSecond(setup);
    call(FIRST, "RPUSH", "a:list", "has it still");
    byte[] since = FIRST.save();
    call(FIRST, "SET", "a:only", "is lost");
    call(FIRST, "RPUSH", "a:list", "is lost");
    call(FIRST, "DEL", "early:1");
    links.await("it is at the target", all -> count(TARGET, "a:only") == 1);
    if (agentToo) {
      links.crash();
    }
    FIRST.setBack(since);
    call(FIRST, "RPUSH", "a:list", "of after");
    if (cut) {
      call(SECOND, "CLIENT", "KILL", "TYPE", "replica");
    }
    setup.limits = LimitSpec.none();
    links.links().direct(Desired.RUN, LimitSpec.none());
    try (RunningLinks last = agentToo ? setup.start() : links) {
      last.awaitCaughtUp();
      call(FIRST, "RPUSH", "a:list", "of the end");
      finish(last);
    }
    assertEqual();
    assertThat(count(TARGET, "a:only")).isZero();
  }

  /** What an interrupted copy has left cannot be told from what the other source holds. */
  @Test
  void beginsAgainWithAllWhereOneWasKilledInItsFullSync() {
    fill(SECOND, "late", 20_000);
    RunningLinks.Setup setup = setup();
    setup.limits = SLOW;
    RunningLinks killed = setup.start();
    killed.await("in the middle", all -> all.get(1).keysApplied() > 2_000);
    killed.crash();
    assertThat(killed.statuses().get(1).phase()).isNotEqualTo(Phase.INCREMENTAL);
    assertThat(count(TARGET, "late:*")).isPositive();
    try (RespClient second = SECOND.client()) {
      second.call("FLUSHALL");
    }
    setup.limits = LimitSpec.none();
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      finish(links);
      assertThat(links.hasSaid("the target was emptied")).isTrue();
    }
    assertEqual();
  }

  @Test
  void knowsItsSourcesInWhateverOrderTheyAreGiven() {
    RunningLinks.Setup setup = setup();
    setup.start().awaitCaughtUp().stop();
    RunningLinks.Setup other = between(List.of(SECOND, FIRST), target());
    other.workDir = setup.workDir;
    try (RunningLinks links = other.start()) {
      links.awaitPhase(Phase.INCREMENTAL);
      assertThat(links.statuses().stream().filter(link -> link.link() == 0))
          .extracting(LinkStatus::source, LinkStatus::sourceNumber)
          .containsExactly(tuple(FIRST.address(), 1));
      assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      finish(links);
    }
    assertEqual();
  }

  @Test
  void refusesOtherSourcesThanItWasBegunWith() {
    RunningLinks.Setup setup = setup();
    setup.start().awaitCaughtUp().stop();
    for (List<RedisServer> sources :
        List.of(List.of(FIRST, TARGET), List.of(FIRST, SECOND, TARGET))) {
      LinkOutcome refused = between(sources, target()).start().end();
      assertThat(refused.fault().code()).isEqualTo(FaultCode.TASK_CHANGED);
      assertThat(refused.fault().message()).contains("one of 2").contains(TARGET.address());
    }
  }

  @Test
  void refusesOneSourceTwiceAndTheTargetAsASource() throws Exception {
    RedisEndpoint again = RunningLink.endpoint(FIRST.address().replace("127.0.0.1", "localhost"));
    RunningLinks.Setup setup =
        RunningLinks.between(
            () -> List.of(FIRST, FIRST),
            List.of(RunningLink.endpoint(FIRST.address()), again),
            target());
    assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.SOURCE_TWICE);
    LinkOutcome own = between(List.of(FIRST, TARGET), target()).start().end();
    assertThat(own.fault().code()).isEqualTo(FaultCode.SOURCE_IS_TARGET);
    assertThat(count(TARGET, "*")).isZero();
  }

  /** By two of its nodes: each of its masters has one address only. */
  @Test
  void refusesOneClusterTwice() {
    RunningLinks.Setup setup =
        RunningLinks.between(
            CLUSTER::masters,
            CLUSTER.addresses().stream().map(each -> cluster(List.of(each))).toList(),
            target());
    assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.SOURCE_TWICE);
  }

  /** The target may be in use since: what another than a finish has left is no matter of ours. */
  @Test
  void leavesATargetAloneThatOneLinkHasFinished() {
    RunningLinks.Setup setup = setup();
    setup.start().awaitCaughtUp().stop();
    for (String name : List.of("node:{0}:task:0", "ckpt:{0}:task:0.0", "heal:{0}:task:0.0")) {
      call(TARGET, "DEL", "cachesync:" + name);
    }
    call(TARGET, "SET", "used", "since");
    for (StartMode mode : List.of(StartMode.FRESH_ALLOWED, StartMode.MUST_RESUME)) {
      setup.startMode = mode;
      LinkOutcome refused = setup.start().end();
      assertThat(refused.fault().code()).as("%s", refused).isEqualTo(FaultCode.CHECKPOINT_GONE);
      assertThat(count(TARGET, "used") + count(TARGET, "a:*")).isEqualTo(2_001);
    }
  }

  @Test
  void copiesTheOneThatHasNotBegunWithoutTheOthers() {
    RunningLinks.Setup setup = setup();
    setup.start().awaitCaughtUp().stop();
    String node = "cachesync:node:{0}:task:0.1";
    call(TARGET, "HSET", node, "generation", "0", "done", "0");
    call(TARGET, "DEL", "cachesync:ckpt:{0}:task:0.1");
    call(
        TARGET,
        "EVAL",
        "for _, k in ipairs(redis.call('KEYS', 'b:*')) do redis.call('DEL', k) end",
        "0");
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      finish(links);
      assertThat(links.said()).noneMatch(line -> line.startsWith("0 phase FULL_SYNC"));
      assertThat(links.hasSaid("the target was emptied")).isFalse();
    }
    assertEqual();
  }

  /** The hash that decides does not tell of it, a link does. */
  @Test
  void beginsAgainWithAllWhereAMasterOfTheTargetHasLostEverything() {
    RunningLinks.Setup setup = between(List.of(FIRST, SECOND), cluster(CLUSTER.addresses()));
    setup.start().awaitCaughtUp().stop();
    CLUSTER.ownerOf(ClusterServers.SLOTS - 1).flush();
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      finish(links);
    }
    assertThat(DatasetComparer.compareUnion(List.of(FIRST, SECOND), CLUSTER)).isEmpty();
  }

  /** Or a source that goes away before its link has begun would leave a task to be begun afresh. */
  @Test
  void copiesNothingBeforeEveryLinkHasTakenTheTarget() {
    RunningLinks.Setup setup = setup();
    setup.onSaid =
        line -> {
          if (line.contains("2 links, for")) {
            SECOND.freeze();
          }
        };
    try {
      RunningLinks waiting = setup.start();
      Awaitility.await().until(() -> waiting.hasSaid("0 INFO target taken"));
      Awaitility.await()
          .during(Duration.ofMillis(500))
          .until(() -> count(TARGET, "a:*") == 0 && count(TARGET, "b:*") == 0);
      waiting.crash();
    } finally {
      SECOND.thaw();
    }
    setup.onSaid = line -> {};
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      finish(links);
    }
    assertEqual();
  }

  /** What stands of a slot would lie in that slot, and its keys in others. */
  @Test
  void stopsWhereSlotsOfOneOfThemMoveAndKeysAreRenamedIntoAClusterAndGoesOnAfreshOnly() {
    int slot = ClusterServers.slot("c");
    RedisServer from = CLUSTER.ownerOf(slot);
    RedisServer to = CLUSTER.masters().stream().filter(m -> m != from).findFirst().orElseThrow();
    call(from, "SET", "c", "x");
    RedisEndpoint first = RunningLink.endpoint(FIRST.address());
    RunningLinks.Setup setup =
        RunningLinks.between(
            CLUSTER::masters,
            List.of(first, cluster(CLUSTER.addresses())),
            cluster(OTHER.addresses()));
    setup.filter =
        new FilterSpec(
            null, null, null, null, null, null, null, null, List.of(new KeyRename("", "x")), false);
    RunningLinks links = setup.start().awaitPhase(Phase.INCREMENTAL);
    CLUSTER.moveSlot(slot, to);
    assertThat(links.end().fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
    CLUSTER.moveSlot(slot, from);
    assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
    setup.afresh = true;
    try (RunningLinks again = setup.start()) {
      again.awaitPhase(Phase.INCREMENTAL);
      assertThat(again.finish().phase()).as("%s", again.said()).isEqualTo(Phase.DONE);
    }
    assertThat(OTHER.keys()).isEqualTo(FIRST.keys() + 1);
  }

  @Test
  void stopsWhereBothHaveAKey() {
    fill(FIRST, "b", 3);
    RunningLinks.Setup setup = setup();
    setup.mode = SyncMode.FULL_ONLY;
    LinkOutcome stopped = setup.start().end();
    assertThat(stopped.fault().code()).isEqualTo(FaultCode.KEY_IN_TWO_SOURCES);
    assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.KEY_IN_TWO_SOURCES);
    try (RespClient first = FIRST.client()) {
      first.call("DEL", "b:0", "b:1", "b:2");
    }
    setup.afresh = true;
    LinkOutcome done = setup.start().end();
    assertThat(done.phase()).as("%s", done).isEqualTo(Phase.DONE);
    assertEqual();
  }

  @Test
  void refusesAFlushOfOneAndATargetThatIsNotEmpty() {
    RunningLinks links = setup().start().awaitCaughtUp();
    try (RespClient second = SECOND.client()) {
      second.call("FLUSHALL");
    }
    assertThat(links.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
    assertThat(count(TARGET, "a:*")).isEqualTo(2_000);
    TARGET.flush();
    fill(TARGET, "foreign", 1);
    assertThat(setup().start().end().fault().code()).isEqualTo(FaultCode.TARGET_NOT_EMPTY);
  }

  private static void finish(RunningLinks links) {
    LinkOutcome outcome = links.finish();
    assertThat(outcome.phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    for (LinkStatus link : links.statuses()) {
      assertThat(link.ledger().balanced()).as("%s", link).isTrue();
      assertThat(link.deadLetters()).isEmpty();
    }
    assertThat(count(TARGET, "cachesync:*")).isZero();
  }

  private static void assertEqual() {
    assertThat(DatasetComparer.compareUnion(List.of(FIRST, SECOND), TARGET)).isEmpty();
  }

  private static long count(RedisServer server, String pattern) {
    try (RespClient client = server.client()) {
      return client.list("KEYS", pattern).size();
    }
  }

  private static void call(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }

  private static void fill(RedisServer server, String name, int keys) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      commands.add(
          i % 2 == 0
              ? new String[] {"SET", name + ":" + i, "v" + i}
              : new String[] {"RPUSH", name + ":" + i, "x", "y"});
    }
    try (RespClient client = server.client()) {
      client.pipeline(commands);
    }
  }

  private static RedisEndpoint target() {
    return RunningLink.endpoint(TARGET.address());
  }

  private static RedisEndpoint cluster(List<String> addresses) {
    return new RedisEndpoint(Topology.CLUSTER, addresses, "", null);
  }

  /** The copy of the first source is done then. */
  private static RunningLinks startedUpToTheMiddleOfTheSecond(RunningLinks.Setup setup) {
    fill(SECOND, "late", 20_000);
    setup.limits = SLOW;
    RunningLinks links = setup.start();
    links.await(
        "one is done, the other in its middle",
        all ->
            all.get(0).phase() == Phase.INCREMENTAL
                && all.get(1).phase() == Phase.FULL_SYNC
                && all.get(1).keysApplied() > 500);
    return links;
  }

  private static RunningLinks.Setup setup() {
    return between(List.of(FIRST, SECOND), target());
  }

  private static RunningLinks.Setup between(List<RedisServer> sources, RedisEndpoint target) {
    return RunningLinks.between(
        () -> sources,
        sources.stream().map(each -> RunningLink.endpoint(each.address())).toList(),
        target);
  }

  /** Commands to both sources that must be applied once and in their order. */
  private static final class Writes implements AutoCloseable {
    /** What is written must have been applied in the end, also where that is slow. */
    private static final long PAUSE_NANOS = 10_000_000;

    private final int databases;
    private volatile boolean writing = true;
    private final List<CompletableFuture<Void>> work;

    Writes(int databases) {
      this.databases = databases;
      work =
          List.of(
              CompletableFuture.runAsync(() -> write(FIRST, "a", 1)),
              CompletableFuture.runAsync(() -> write(SECOND, "b", 2)));
    }

    private void write(RedisServer server, String name, long seed) {
      Random random = new Random(seed);
      try (RespClient client = server.client()) {
        while (writing) {
          List<String[]> commands = new ArrayList<>();
          commands.add(new String[] {"SELECT", Integer.toString(random.nextInt(databases))});
          for (int i = 0; i < 20; i++) {
            String key = name + ":{" + random.nextInt(99) + "}";
            commands.add(new String[] {"INCR", key + "counter"});
            commands.add(new String[] {"RPUSH", key + "list", Integer.toString(i)});
            commands.add(new String[] {"LTRIM", key + "list", "-50", "-1"});
            commands.add(new String[] {"SET", key + "set", "v" + i, "EX", "900"});
            commands.add(new String[] {"MULTI"});
            commands.add(new String[] {"HINCRBY", key + "hash", "field", "1"});
            commands.add(new String[] {"DEL", key + "set"});
            commands.add(new String[] {"EXEC"});
          }
          client.pipeline(commands);
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }

    void stop() {
      writing = false;
      work.forEach(CompletableFuture::join);
    }

    @Override
    public void close() {
      stop();
    }
  }
}
