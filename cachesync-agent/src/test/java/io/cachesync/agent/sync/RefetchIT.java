package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in doubt is fetched again from the source, and nothing is applied over it twice. */
class RefetchIT {
  @RegisterExtension
  static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0).withoutPings();

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  /** A batch is sent at 500 commands, so these are more than one. */
  private static final int SOME_BATCHES = 1700;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_4"})
  void fetchesAKeyAgainWhoseCommandIsRefused(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        RespClient toSource = source.client();
        RespClient toTarget = target.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      toSource.call("SELECT", "3");
      toTarget.call("SELECT", "3");
      toSource.call("RPUSH", "list", "a");
      toSource.call("SET", "text", "x");
      toSource.call("SADD", "set", "a");
      // Before the rest: what is late is fetched for that reason, where it may have expired.
      toSource.call("PEXPIRE", "list", "600000");
      link.awaitCaughtUp();
      toTarget.call("DEL", "list", "set");
      toTarget.call("SET", "list", "another type");
      toTarget.call("SET", "set", "another type");
      toSource.call("RPUSH", "list", "b");
      toSource.call("SUNIONSTORE", "union", "set");
      toSource.call("APPEND", "text", "y");
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.healed(HealReason.REFUSED))
          .as("list, set and union, of %s", link.status().healed())
          .isEqualTo(3);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(link.status().ledger().healed()).isEqualTo(2);
      assertThat(link.status().deadLetters()).isEmpty();
      DatasetComparer.assertEqual(source, target);
    }
  }

  @Test
  void commandsUpToTheFetchedOffsetSkipTheKey() {
    assertThat(countedAfterAHeal(Exactness.ALL)).isEqualTo(Integer.toString(SOME_BATCHES));
  }

  @Test
  void withoutKnowingWhatIsAheadTheyWouldCountTwice() {
    Exactness without =
        new Exactness() {
          @Override
          public boolean skipsWhatIsAhead() {
            return false;
          }
        };
    assertThat(countedAfterAHeal(without)).isNotEqualTo(Integer.toString(SOME_BATCHES));
  }

  private static String countedAfterAHeal(Exactness exactness) {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.exactness = exactness;
    try (RespClient target = TARGET.client();
        RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      target.call("SET", "counter", "no number");
      link.behind(SOURCE, count("counter"));
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      return target.text("GET", "counter");
    }
  }

  @Test
  void remembersWhatIsAheadBeyondItsEnd() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient target = TARGET.client()) {
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        target.call("SET", "counter", "no number");
        link.direct(Desired.PAUSE);
        link.awaitPhase(Phase.PAUSED);
        SOURCE.pipeline(count("counter"));
        // Slow enough that the link crashes between the healing and the last command.
        link.link().direct(Desired.RUN, new LimitSpec(0, 300));
        Awaitility.await()
            .atMost(PATIENCE)
            .until(
                () -> !link.status().healed().isEmpty() && link.status().ledger().applied() >= 0);
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> target.text("GET", "counter").equals(Integer.toString(SOME_BATCHES)));
        link.crash();
        assertThat(target.list("HKEYS", "cachesync:heal:{0}:task:0.0")).contains("a:0:counter");
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(target.text("GET", "counter")).isEqualTo(Integer.toString(SOME_BATCHES));
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
        assertThat(link.healed(HealReason.REFUSED)).isEqualTo(1);
      }
      assertThat(target.list("KEYS", "cachesync:*")).isEmpty();
    }
  }

  /** Commands with several keys, of which one is ahead while they are applied. */
  @Test
  void keepsOtherKeysRightThatMeetOneAhead() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      source.call("MSET", "x", "1", "y", "1", "z", "1");
      source.call("SADD", "other", "o");
      source.call("SADD", "gone", "g");
      link.awaitCaughtUp();
      target.call("SET", "ahead", "another type");
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        commands.add(words("SADD ahead m" + i));
      }
      commands.add(words("SUNIONSTORE union ahead other"));
      commands.add(words("SADD union later"));
      commands.add(words("SUNIONSTORE union2 union other"));
      commands.add(words("SMOVE ahead other m1"));
      commands.add(words("SADD other after"));
      commands.add(words("COPY ahead copy"));
      commands.add(words("SREM copy m3"));
      commands.add(words("RENAME gone ahead"));
      commands.add(words("SADD ahead again"));
      commands.add(words("MSET x 2 ahead 5 y 2"));
      commands.add(words("INCR ahead"));
      commands.add(words("DEL z ahead"));
      commands.add(words("SADD ahead last"));
      commands.add(words("SORT ahead BY weight_* STORE sorted"));
      commands.add(words("MOVE ahead 5"));
      commands.add(words("SADD ahead anew"));
      commands.add(words("RENAME copy renamed"));
      link.behind(SOURCE, commands);
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.KEY_AHEAD)).isPositive();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(link.status().deadLetters()).isEmpty();
    }
    DatasetComparer.assertEqual(SOURCE, TARGET);
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void flushesAndSwapsOverKeysThatAreAhead() {
    try (RespClient target = TARGET.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      link.awaitCaughtUp();
      List<String[]> commands = new ArrayList<>();
      for (int database : new int[] {0, 1, 2}) {
        target.call("SELECT", Integer.toString(database));
        target.call("SET", "ahead", "another type");
        commands.add(words("SELECT " + database));
        for (int i = 0; i < 200; i++) {
          commands.add(words("RPUSH ahead m" + i));
        }
      }
      commands.add(words("SELECT 1"));
      commands.add(words("RPUSH ahead more"));
      commands.add(words("SWAPDB 1 4"));
      commands.add(words("RPUSH ahead afterwards"));
      commands.add(words("SELECT 2"));
      commands.add(words("FLUSHDB"));
      commands.add(words("RPUSH ahead afterwards"));
      commands.add(words("SELECT 0"));
      commands.add(words("RPUSH ahead afterwards"));
      link.behind(SOURCE, commands);
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
    }
    DatasetComparer.assertEqual(SOURCE, TARGET);
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  /**
   * A session is refreshed at the source in time; at the target the transaction is executed when
   * the key has expired there. Nobody reads the answer.
   */
  @Test
  void fetchesWhatAnUnansweredTransactionHasWritten() {
    assertThat(sessionAfterAnUnansweredTransaction(Exactness.ALL)).isEqualTo(2L);
  }

  @Test
  void withoutTheStartOfItsBatchItWouldNotBeKnown() {
    Exactness without =
        new Exactness() {
          @Override
          public boolean keepsStartOfDoubt() {
            return false;
          }
        };
    assertThat(sessionAfterAnUnansweredTransaction(without)).isEqualTo(1L);
  }

  private static Object sessionAfterAnUnansweredTransaction(Exactness exactness) {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        FaultProxy way = new FaultProxy(TARGET.port())) {
      RunningLink.Setup setup = new RunningLink.Setup(SOURCE.address(), "127.0.0.1:" + way.port());
      setup.exactness = exactness;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("HSET", "session", "a", "1");
        source.call("PEXPIRE", "session", "500000");
        link.awaitCaughtUp();
        awaitSettled(target);
        target.call("PEXPIRE", "session", "1");
        Awaitility.await().until(() -> target.call("EXISTS", "session").equals(0L));
        way.holdRepliesFrom("session");
        // In one, so that they go to the target together.
        source.call("MULTI");
        source.call("PEXPIRE", "session", "600000");
        source.call("HSET", "session", "b", "2");
        source.call("EXEC");
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> target.call("HEXISTS", "session", "b").equals(1L));
        assertThat(way.repliesHeld()).isTrue();
        link.crash();
        way.resume();
      }
      assertThat(target.call("HEXISTS", "session", "a")).as("it had expired").isEqualTo(0L);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      return target.call("HLEN", "session");
    }
  }

  @Test
  void aCleanStopLeavesNothingInDoubt() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client()) {
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("INCR", "counter");
        link.awaitCaughtUp();
        assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().healed()).isEmpty();
        LinkStatus before = link.status();
        source.call("INCR", "counter");
        link.awaitCaughtUp();
        assertThat(link.status().ledger().applied()).isGreaterThan(before.ledger().applied());
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().applied()).as("both starts'").isEqualTo(2);
      }
    }
  }

  @Test
  void listsWhatCannotBeHealed() {
    try (RedisServer older = new RedisServer(ServerVersion.V2_8).start();
        RespClient source = SOURCE.client();
        RespClient target = older.client()) {
      RunningLink.Setup setup = RunningLink.between(SOURCE, older);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      List<DeadLetter> letters;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("SET", "moved", "before");
        source.call("XADD", "events", "1-1", "f", "v");
        source.call("RENAME", "events", "moved");
        source.call("SET", "text", "v");
        link.awaitCaughtUp();
        letters = link.status().deadLetters();
        assertThat(letters).hasSize(2).allMatch(each -> each.error().contains("has no streams"));
        assertThat(letters.get(0).command()).isEqualTo("XADD");
        assertThat(letters.get(1).command()).isEqualTo("RENAME");
        assertThat(letters.get(1).key()).isEqualTo("moved");
        assertThat(letters.get(1).database()).isZero();
        assertThat(target.text("GET", "text")).isEqualTo("v");
        assertThat(target.call("EXISTS", "moved")).isEqualTo(0L);
        assertThat(link.status().ledger().deadLetters()).isEqualTo(2);
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters()).containsExactlyInAnyOrderElementsOf(letters);
        assertThat(link.status().ledger().deadLetters()).isEqualTo(2);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
    }
  }

  /** As where a provider has taken DUMP away: another start would meet the same. */
  @Test
  void listsWhatTheSourceWouldNotTell() {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0).option("rename-command", "DUMP hidden").start();
        RespClient toSource = source.client();
        RespClient toTarget = TARGET.client();
        RunningLink link = RunningLink.between(source, TARGET).start()) {
      link.awaitCaughtUp();
      toTarget.call("SET", "list", "another type");
      toSource.call("RPUSH", "list", "a");
      toSource.call("SET", "text", "x");
      link.awaitCaughtUp();
      assertThat(link.status().deadLetters()).extracting(DeadLetter::key).containsExactly("list");
      assertThat(toTarget.text("GET", "text")).isEqualTo("x");
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.said()).anyMatch(line -> line.contains("dead letters: 1"));
    }
  }

  /** Nothing is under way: the checkpoint tells of nothing in doubt and stays as it is. */
  private static void awaitSettled(RespClient target) {
    Awaitility.await()
        .atMost(PATIENCE)
        .during(Duration.ofMillis(500))
        .until(() -> target.text("GET", "cachesync:ckpt:{0}:task:0.0"), settled());
  }

  private static Predicate<String> settled() {
    return new Predicate<>() {
      private String last = "";

      @Override
      public boolean test(String checkpoint) {
        boolean same = checkpoint.equals(last);
        last = checkpoint;
        String[] words = checkpoint.split(" ");
        return same && words[3].equals(words[7]);
      }
    };
  }

  private static List<String[]> count(String key) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < SOME_BATCHES; i++) {
      commands.add(new String[] {"INCR", key});
    }
    return commands;
  }

  private static String[] words(String line) {
    return line.split(" ");
  }
}
