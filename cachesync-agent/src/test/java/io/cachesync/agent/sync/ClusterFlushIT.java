package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What names no key, at a cluster: flushes, functions, scripts. */
class ClusterFlushIT {
  private static final int KEYS = 300;

  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb").withoutPings();

  @RegisterExtension
  static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_0, 3, 1);

  private final List<FaultProxy> wires = new ArrayList<>();
  private RunningLink.Setup setup;

  @BeforeEach
  void begin() {
    SOURCE.flush();
    TARGET.flush();
    Map<String, String> map = new HashMap<>();
    for (RedisServer node : TARGET.nodes()) {
      FaultProxy wire = new FaultProxy(node.port());
      wires.add(wire);
      map.put(node.address(), "127.0.0.1:" + wire.port());
    }
    setup =
        new RunningLink.Setup(
            SOURCE.address(),
            new RedisEndpoint(Topology.CLUSTER, List.copyOf(map.values()), "", null, map));
    setup.filter = new FilterSpec(List.of(0), false);
  }

  @AfterEach
  void end() {
    wires.forEach(FaultProxy::close);
  }

  @Test
  void flushesWithTheSourceAndGoesOn() {
    SOURCE.pipeline(counts());
    // In the snapshot, and no matter of a flush.
    SOURCE.pipeline(List.<String[]>of(new String[] {"FUNCTION", "LOAD", library("kept", 1)}));
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      for (int i = 0; i < 10; i++) {
        List<String[]> commands = new ArrayList<>(counts());
        commands.add(new String[] {i % 2 == 0 ? "FLUSHALL" : "FLUSHDB"});
        commands.addAll(counts());
        SOURCE.pipeline(commands);
      }
      finish(link);
    }
  }

  /**
   * The flush comes again for the slots of a master that was set back, and spares one that has more
   * than it. What was fetched there stays ahead, and what is copied from it is fetched too.
   */
  @Test
  void fetchesWhatIsMadeOfAKeyThatAFlushSparesWhereAMasterWasSetBack() {
    RedisServer behind = TARGET.ownerOf(0);
    String spared = keyOf(TARGET.ownerOf(ClusterServers.SLOTS - 1));
    RunningLink link = setup.start();
    link.awaitCaughtUp();
    byte[] saved = behind.save();
    command("FLUSHALL");
    command("RPUSH", spared, "a");
    link.awaitCaughtUp();
    link.crash();
    command("RPUSH", spared, "b");
    command("COPY", spared, keyOf(behind));
    behind.setBack(saved);
    TARGET.awaitAgreement();
    goOnAndFinish();
  }

  private static String keyOf(RedisServer master) {
    for (int i = 0; ; i++) {
      if (TARGET.ownerOf(ClusterServers.slot("key:" + i)) == master) {
        return "key:" + i;
      }
    }
  }

  private static void command(String... words) {
    SOURCE.pipeline(List.<String[]>of(words));
  }

  /** The masters are flushed one after the other, slot 0's last; this one's answer is not seen. */
  @ParameterizedTest
  @ValueSource(ints = {2, 1, 0})
  void flushesWhatIsLeftWhereAnAgentEndedInItsMiddle(int master) {
    SOURCE.pipeline(counts());
    RunningLink link = setup.start().awaitPhase(Phase.INCREMENTAL);
    link.awaitCaughtUp();
    FaultProxy wire = wire(TARGET.masters().get(master));
    wire.holdRepliesFrom("FLUSHALL", "EXEC");
    List<String[]> commands = new ArrayList<>(counts());
    // One round: what comes behind the flush in it is lost with the agent.
    commands.add(new String[] {"MULTI"});
    commands.add(new String[] {"FLUSHALL"});
    commands.addAll(counts());
    // What only replaces is not in doubt: it comes again, or it is lost.
    commands.add(new String[] {"SET", "kept", "1"});
    commands.add(new String[] {"EXEC"});
    SOURCE.pipeline(commands);
    crashOnceHeld(link, wire);
    SOURCE.pipeline(counts());
    goOnAndFinish();
  }

  @Test
  void flushesNothingAgainThatCameAfterIt() {
    SOURCE.pipeline(counts());
    RunningLink link = setup.start().awaitPhase(Phase.INCREMENTAL);
    endBehindAFlush(link);
    // What is in doubt is fetched as it is behind these, and they come again.
    SOURCE.pipeline(counts());
    goOnAndFinish();
  }

  @Test
  void losesWhatCameAfterItWithoutTheRule() {
    SOURCE.pipeline(counts());
    setup.exactness =
        new Exactness() {
          @Override
          public boolean flushSparesWhatCameLater() {
            return false;
          }
        };
    endBehindAFlush(setup.start().awaitPhase(Phase.INCREMENTAL));
    try (RunningLink again = setup.start()) {
      again.awaitCaughtUp();
      assertThat(again.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isNotEmpty();
    }
  }

  /** The other masters have the flush, and some of their lanes more since. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void flushesAgainWhereAReplicaTookOverWithoutTheFlush(int master) {
    SOURCE.pipeline(counts());
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      TARGET.takeOverWithout(
          TARGET.masters().get(master),
          () -> {
            // What crosses slots ends its round: the one before it comes again too, to lanes that
            // have the flush and nothing since.
            List<String[]> commands = new ArrayList<>(counts());
            commands.add(new String[] {"SADD", "set:1", "a"});
            commands.add(new String[] {"SUNIONSTORE", "set:2", "set:1", "set:3"});
            commands.add(new String[] {"FLUSHALL"});
            SOURCE.pipeline(commands);
            link.awaitCaughtUp();
            SOURCE.pipeline(counts().subList(0, 100));
            link.awaitCaughtUp();
          });
      SOURCE.pipeline(counts());
      finish(link);
      assertThat(link.status().retries()).isPositive();
    }
  }

  /** From a master that is yet to be flushed to one that was. */
  @Test
  void flushesASlotThatMovesMeanwhile() {
    List<RedisServer> masters = TARGET.masters();
    String key = "moved";
    while (TARGET.ownerOf(ClusterServers.slot(key)) != masters.get(0)) {
      key += "+";
    }
    SOURCE.pipeline(List.<String[]>of(new String[] {"SET", key, "1"}));
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      FaultProxy wire = wire(masters.get(2));
      wire.holdRepliesFrom("FLUSHALL", "EXEC");
      SOURCE.pipeline(List.<String[]>of(new String[] {"FLUSHALL"}));
      Awaitility.await().until(wire::repliesHeld);
      TARGET.moveSlot(ClusterServers.slot(key), masters.get(2));
      wire.resume();
      link.awaitCaughtUp();
      SOURCE.pipeline(counts());
      finish(link);
    }
  }

  @Test
  void keepsFlushesAndWhatSurroundsThemInATransactionOfTheSource() {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      List<String[]> commands = new ArrayList<>();
      commands.add(new String[] {"MULTI"});
      commands.addAll(counts());
      commands.add(new String[] {"FLUSHDB"});
      commands.add(new String[] {"SET", "between", "1"});
      commands.add(new String[] {"FLUSHALL"});
      commands.addAll(counts());
      commands.add(new String[] {"EXEC"});
      SOURCE.pipeline(commands);
      finish(link);
    }
  }

  @Test
  void bringsFunctionsToEveryMasterAndRepeatsThem() {
    try (RespClient source = SOURCE.client()) {
      source.call("FUNCTION", "LOAD", library("first", 1));
      source.call("FUNCTION", "LOAD", library("second", 1));
      RunningLink link = setup.start().awaitPhase(Phase.INCREMENTAL);
      link.awaitCaughtUp();
      source.call("SET", "before", "1");
      link.awaitCaughtUp();
      FaultProxy wire = wire(TARGET.masters().get(1));
      wire.holdRepliesFrom("third");
      source.call("SELECT", "3");
      source.call("FUNCTION", "LOAD", "REPLACE", library("first", 2));
      source.call("FUNCTION", "DELETE", "second");
      source.call("FUNCTION", "LOAD", library("third", 1));
      crashOnceHeld(link, wire);
      source.call("FUNCTION", "LOAD", library("fourth", 1));
      source.call("FUNCTION", "DELETE", "fourth");
      goOnAndFinish();
      assertThat(functions(SOURCE)).contains("first", "third").doesNotContain("second");
    }
  }

  /** A function names no key, so who is no master any more does not say who is. */
  @Test
  void bringsFunctionsToAReplicaThatHasTakenOver() {
    try (RespClient source = SOURCE.client();
        RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      TARGET.failOver(TARGET.replicas().get(0));
      source.call("FUNCTION", "LOAD", library("first", 1));
      finish(link);
      assertThat(link.status().retries()).isPositive();
    }
  }

  @Test
  void flushesFunctionsAtEveryMaster() {
    try (RespClient source = SOURCE.client();
        RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      source.call("FUNCTION", "LOAD", library("first", 1));
      source.call("FUNCTION", "FLUSH");
      source.call("FUNCTION", "LOAD", library("second", 1));
      finish(link);
      assertThat(functions(TARGET.masters().get(2))).contains("second").doesNotContain("first");
    }
  }

  @Test
  void stopsAtAFlushWhereOthersHadKeysBefore() {
    try (RespClient target = TARGET.ownerOf(ClusterServers.slot("foreign")).client();
        RespClient source = SOURCE.client()) {
      target.call("SET", "foreign", "1");
      setup.onExists = ConflictPolicy.REPLACE;
      RunningLink link = setup.start();
      link.awaitCaughtUp();
      source.call("FLUSHALL");
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
      assertThat(target.text("GET", "foreign")).isEqualTo("1");
    }
  }

  @Test
  void stopsAtASwapOfDatabases() {
    setup.filter = FilterSpec.everything();
    RunningLink link = setup.start();
    link.awaitCaughtUp();
    try (RespClient source = SOURCE.client()) {
      source.call("SWAPDB", "0", "1");
    }
    assertThat(link.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
    assertThat(link.said()).anyMatch(text -> text.contains("no other database"));
  }

  /** Up to 4.0 the stream has the text of scripts, not what they did. */
  @Test
  void listsScriptsWithoutKeysAndKeepsTheListOverAFlush() {
    try (RedisServer old = new RedisServer(ServerVersion.V3_2).withoutPings().start();
        RespClient source = old.client()) {
      RedisEndpoint cluster = new RedisEndpoint(Topology.CLUSTER, TARGET.addresses(), "", null);
      setup = new RunningLink.Setup(old.address(), cluster);
      RunningLink link = setup.start();
      link.awaitCaughtUp();
      source.call("EVAL", "return redis.call('SET', 'flushed', '1')", "0");
      link.awaitCaughtUp();
      source.call("FLUSHALL");
      String sha = source.text("SCRIPT", "LOAD", "return redis.call('INCRBY', KEYS[1], ARGV[1])");
      for (int i = 0; i < 20; i++) {
        source.call("EVALSHA", sha, "1", "count:" + i, "5");
      }
      source.call("EVAL", "return redis.call('MSET', KEYS[1], '1', KEYS[2], '2')", "2", "a", "b");
      source.call("EVAL", "return redis.call('SET', 'undeclared', '1')", "0");
      link.awaitCaughtUp();
      link.stop();
      try (RunningLink again = setup.start()) {
        again.awaitCaughtUp();
        assertThat(again.finish().phase()).as("%s", again.said()).isEqualTo(Phase.DONE);
        assertThat(again.status().ledger().balanced()).isTrue();
        assertThat(again.status().deadLetters())
            .hasSize(2)
            .allSatisfy(letter -> assertThat(letter.command()).isEqualTo("EVAL"));
        assertThat(again.healed(HealReason.CROSS_SLOT)).isEqualTo(2);
      }
      assertThat(DatasetComparer.compare(old, TARGET))
          .isNotEmpty()
          .allSatisfy(difference -> assertThat(difference).contains("undeclared"));
    }
  }

  /** Counters that lie everywhere, and lists that would show a command too many or too few. */
  private static List<String[]> counts() {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      commands.add(new String[] {"INCR", "count:" + i});
      commands.add(new String[] {"RPUSH", "list:" + i % 40, "a" + i});
    }
    return commands;
  }

  /** The round behind the flush is at one master, and its end was not seen. */
  private void endBehindAFlush(RunningLink link) {
    link.awaitCaughtUp();
    FaultProxy wire = wire(TARGET.ownerOf(0));
    wire.holdRepliesFrom("kept:");
    List<String[]> commands = new ArrayList<>();
    commands.add(new String[] {"MULTI"});
    commands.addAll(counts());
    commands.add(new String[] {"FLUSHALL"});
    for (int i = 0; i < 10; i++) {
      // Some of them only: other lanes know of the flush by nothing.
      commands.add(new String[] {"INCR", "count:" + i});
      commands.add(new String[] {"SET", "kept:" + i, "1"});
    }
    commands.add(new String[] {"EXEC"});
    SOURCE.pipeline(commands);
    crashOnceHeld(link, wire);
  }

  private FaultProxy wire(RedisServer node) {
    return wires.get(TARGET.nodes().indexOf(node));
  }

  private void crashOnceHeld(RunningLink link, FaultProxy wire) {
    Awaitility.await().until(wire::repliesHeld);
    link.crash();
    wire.resume();
  }

  private void goOnAndFinish() {
    // Without the claim there would be nothing to go on from.
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      finish(link);
    }
  }

  private static void finish(RunningLink link) {
    link.awaitCaughtUp();
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(link.status().ledger().waiting()).isZero();
    assertThat(link.status().deadLetters()).isEmpty();
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    assertThat(TARGET.keys()).as("keys of ours").isEqualTo(SOURCE.keys());
    for (RedisServer master : TARGET.masters()) {
      assertThat(functions(master)).isEqualTo(functions(SOURCE));
    }
  }

  private static String library(String name, int version) {
    return "#!lua name=%s\nredis.register_function('%s', function() return %d end)"
        .formatted(name, name, version);
  }

  private static String functions(RedisServer server) {
    try (RespClient client = server.client()) {
      List<String> libraries = new ArrayList<>();
      client.list("FUNCTION", "LIST", "WITHCODE").forEach(each -> libraries.add(each.toString()));
      libraries.sort(null);
      return libraries.toString();
    }
  }
}
