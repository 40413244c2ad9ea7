package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that the target has before they are copied. */
class ExistingKeysIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V6_2);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer OLDER = new RedisServer(ServerVersion.V6_2);

  private static final String[][] EVERY_TYPE = {
    {"SET", "text", "v"},
    {"SET", "short", "v", "PX", "600000"},
    {"RPUSH", "list", "a", "b"},
    {"SADD", "set", "a"},
    {"ZADD", "zset", "1", "a"},
    {"HSET", "hash", "f", "v"},
    {"XADD", "stream", "1-1", "f", "v"}
  };

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
    OLDER.flush();
  }

  /** What it has written would be skipped for good, or end the next one. */
  @ParameterizedTest
  @EnumSource(
      value = ConflictPolicy.class,
      names = {"SKIP", "FAIL"})
  void doesNotBeginAFullSyncAgainThatWasCut(ConflictPolicy policy) {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.onExists = policy;
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      source.call("SET", "key", "v");
      target.call("SET", "foreign", "stays");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        link.stop();
      }
      target.call("HSET", "cachesync:node:{0}:task:0", "done", "0");
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.FULL_SYNC_INTERRUPTED);
      }
      assertThat(target.call("EXISTS", "key", "foreign")).isEqualTo(2L);
    }
  }

  private enum Place {
    SAME,
    OLDER
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void leavesAKeyOfAnyTypeAsTheTargetHasIt(Place place) {
    RedisServer server = place == Place.SAME ? TARGET : OLDER;
    RunningLink.Setup setup = RunningLink.between(SOURCE, server);
    setup.onExists = ConflictPolicy.SKIP;
    try (RespClient source = SOURCE.client();
        RespClient target = server.client()) {
      for (String[] command : EVERY_TYPE) {
        source.call(command);
        target.call("SET", command[1], "there before");
        String[] other = command.clone();
        other[1] = "new:" + command[1];
        source.call(other);
      }
      target.call("SET", "foreign", "stays");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.said()).anyMatch(line -> line.contains("7 keys of the source are at"));
        source.call("RPUSH", "list", "c");
        source.call("SUNIONSTORE", "union", "set");
        source.call("MSET", "text", "w", "free", "w");
        source.call("DEL", "hash", "new:hash");
        link.awaitCaughtUp();
        assertThat(target.call("GET", "free")).isEqualTo("w");
        assertThat(target.call("SMEMBERS", "union")).isEqualTo(List.of("a"));
        assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
      }
      // What is skipped stays so, also for a start that does not ask for it.
      setup.onExists = ConflictPolicy.REPLACE;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("RENAME", "new:list", "list");
        source.call("SET", "text", "again");
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
        assertThat(link.status().deadLetters()).isEmpty();
      }
      for (String[] command : EVERY_TYPE) {
        assertThat(target.call("GET", command[1])).as(command[1]).isEqualTo("there before");
        assertThat(target.call("PTTL", command[1])).as(command[1]).isEqualTo(-1L);
      }
      assertThat(target.call("EXISTS", "new:text", "new:short", "new:set", "new:zset"))
          .isEqualTo(4L);
      assertThat(target.call("EXISTS", "new:hash", "new:list")).isEqualTo(0L);
      assertThat(target.call("GET", "foreign")).isEqualTo("stays");
      assertThat(target.list("KEYS", "cachesync:*")).isEmpty();
    }
  }

  /** None of them is written over, and a start with room for all of them is not fooled by it. */
  @Test
  void stopsWhereMoreKeysExistThanItRemembers() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.SKIP;
    setup.exactness =
        new Exactness() {
          @Override
          public int mostSkipped() {
            return 3;
          }
        };
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      for (int i = 0; i < 3; i++) {
        source.call("SET", "k" + i, "new");
        target.call("SET", "k" + i, "there before");
      }
      try (RunningLink link = setup.start()) {
        assertThat(link.awaitCaughtUp().finish().phase()).isEqualTo(Phase.DONE);
      }
      source.call("RPUSH", "k3", "new");
      target.call("SET", "k3", "there before");
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.SKIP_LIST_FULL);
        assertThat(link.end().fault().message()).contains("more than 3 keys");
      }
      for (int i = 0; i < 4; i++) {
        assertThat(target.call("GET", "k" + i)).isEqualTo("there before");
      }
    }
  }

  @Test
  void skipsByTheNameAtTheTarget() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.SKIP;
    setup.filter =
        new FilterSpec(
            List.of(0),
            null,
            Map.of(0, 4),
            null,
            null,
            null,
            null,
            null,
            List.of(new KeyRename("a:", "b:")),
            false);
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      target.call("SELECT", "4");
      target.call("SET", "b:1", "there before");
      source.call("MSET", "a:1", "1", "a:2", "2");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("MSET", "a:1", "3", "a:2", "4");
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.call("GET", "b:1")).isEqualTo("there before");
      assertThat(target.call("GET", "b:2")).isEqualTo("4");
      assertThat(target.call("DBSIZE")).isEqualTo(2L);
    }
  }

  @Test
  void stopsAtAFlushThatWouldHitWhatIsSkipped() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.SKIP;
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      source.call("SET", "a", "1");
      target.call("SET", "a", "there before");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("FLUSHALL");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
      }
      assertThat(target.call("GET", "a")).isEqualTo("there before");
    }
  }

  @Test
  void doesNotSkipWhatItWroteItselfWhenItBeginsAfresh() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.SKIP;
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      source.call("SET", "own", "1");
      target.call("SET", "foreign", "stays");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
      }
      source.call("SET", "own", "2");
      setup.afresh = true;
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_NOT_EMPTY);
      }
      setup.onExists = ConflictPolicy.REPLACE;
      try (RunningLink link = setup.start()) {
        assertThat(link.awaitCaughtUp().finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.call("GET", "own")).isEqualTo("2");
      assertThat(target.call("GET", "foreign")).isEqualTo("stays");
    }
  }

  @Test
  void failsAtTheFirstKeyThatExists() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.FAIL;
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      target.call("SET", "other", "stays");
      source.call("RPUSH", "list", "a");
      try (RunningLink link = setup.start()) {
        assertThat(link.awaitCaughtUp().finish().phase()).isEqualTo(Phase.DONE);
      }
      setup.task = "again";
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_NOT_EMPTY);
        assertThat(link.end().fault().message()).contains("'list'");
      }
      assertThat(target.call("LRANGE", "list", "0", "-1")).isEqualTo(List.of("a"));
      assertThat(target.call("GET", "other")).isEqualTo("stays");
    }
  }
}
