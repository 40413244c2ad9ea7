package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches that only replace go to a cluster without a transaction for each of their slots. */
class ClusterPlainIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb").withoutPings();

  @RegisterExtension
  static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_0, 3, 1);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MANY = 60_000;

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void fullBatchesThatOnlyReplaceNeedNoTransaction() {
    try (RunningLink link = setup().start()) {
      link.awaitCaughtUp();
      long before = transactions();
      link.behind(SOURCE, sets(MANY));
      link.awaitCaughtUp();
      assertThat(transactions() - before).isLessThan(MANY / 3);
      finish(link);
      assertThat(link.status().ledger().applied()).isEqualTo(MANY);
    }
  }

  /** Sets, removals over slots and counters by turns; every connection is cut in all of them. */
  @Test
  void sendsThemAgainInOrderWhereTheirRepliesWereNotSeen() {
    try (RunningLink link = setup().start()) {
      link.awaitCaughtUp();
      List<String[]> commands = new ArrayList<>();
      for (int round = 0; round < 6; round++) {
        commands.addAll(sets(MANY / 4));
        for (int i = 0; i < 700; i++) {
          commands.add(new String[] {"INCR", "counter:" + i});
          commands.add(new String[] {"APPEND", "key:" + i, "0"});
        }
      }
      // Slow until the first cut, so that it comes for sure.
      link.link().direct(Desired.RUN, new LimitSpec(0, 3_000));
      link.behind(SOURCE, commands);
      for (int cut = 0; cut < 6; cut++) {
        long retries = link.status().retries();
        long applied = link.status().appliedOffset();
        Awaitility.await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> link.status().appliedOffset() > applied || isThrough(link));
        cut(cut % 3);
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> link.status().retries() > retries || isThrough(link));
        link.link().direct(Desired.RUN, LimitSpec.none());
      }
      link.awaitCaughtUp();
      assertThat(link.status().retries()).isPositive();
      finish(link);
    }
  }

  /** What a promoted replica never got was sent without a checkpoint in its slot. */
  @Test
  void whatAMasterTookWithItIsSentAgain() {
    try (RunningLink link = setup().start()) {
      link.awaitCaughtUp();
      TARGET.takeOverWithout(
          TARGET.masters().get(0),
          () -> {
            link.behind(SOURCE, sets(MANY));
            link.awaitCaughtUp();
          });
      finish(link);
      assertThat(link.status().retries()).isPositive();
    }
  }

  /** Replies that are not those of a slot are not lost among the others. */
  @Test
  void listsAFunctionThatEveryMasterRefuses() {
    try (RunningLink link = setup().start();
        RespClient source = SOURCE.client()) {
      link.awaitCaughtUp();
      TARGET.masters().forEach(master -> call(master, "FUNCTION", "LOAD", library("there")));
      source.call("FUNCTION", "LOAD", library("comes"));
      source.call("SET", "behind", "1");
      link.awaitCaughtUp();
      assertThat(link.status().deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.toString()).contains("already exists"));
      source.call("FUNCTION", "DELETE", "comes");
      TARGET.masters().forEach(master -> call(master, "FUNCTION", "DELETE", "there"));
    }
  }

  /** Each library has the same function. */
  private static String library(String name) {
    return "#!lua name=%s\nredis.register_function('f', function() return 1 end)".formatted(name);
  }

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }

  /** What went without a checkpoint has one before the link stands still for long. */
  @Test
  void aPauseLeavesACheckpointOfAllThatWasSent() {
    RunningLink link = setup().start();
    link.awaitCaughtUp();
    link.behind(SOURCE, sets(MANY));
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> link.status().appliedOffset() > link.status().receivedOffset() / 4);
    link.direct(Desired.PAUSE);
    link.awaitPhase(Phase.PAUSED);
    long applied = link.status().appliedOffset();
    link.crash();
    try (RunningLink next = setup().start()) {
      next.awaitCaughtUp();
      assertThat(next.said().toString()).contains("from offset " + applied + ",");
      finish(next);
    }
  }

  private static boolean isThrough(RunningLink link) {
    return link.status().lagBytes() == 0;
  }

  private static void cut(int master) {
    try (RespClient client = TARGET.masters().get(master).client()) {
      client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }
  }

  private static long transactions() {
    long all = 0;
    for (RedisServer master : TARGET.masters()) {
      try (RespClient client = master.client()) {
        all += client.calls("exec");
      }
    }
    return all;
  }

  private static List<String[]> sets(int number) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      String value = Integer.toString(i);
      String key = "key:" + i % 4_999;
      commands.add(
          switch (i % 50) {
            case 49 -> new String[] {"DEL", "key:" + (i - 7) % 4_999, "none", "key:" + i % 977};
            case 24 -> new String[] {"MSET", key, value, "key:" + i % 977, value};
            default -> new String[] {"SET", key, value};
          });
    }
    return commands;
  }

  private static void finish(RunningLink link) {
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    try (RespClient source = SOURCE.client()) {
      assertThat(TARGET.keys()).as("keys of ours").isEqualTo(source.number("DBSIZE"));
    }
  }

  private static RunningLink.Setup setup() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(0), false);
    return setup;
  }
}
