package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small strings cross many at a time, where the target lets us. */
class SmallStringsIT {
  private static final int KEYS = 4_000;

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void setsManyByOneCommand(ServerVersion version) throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target = new RedisServer(version).start()) {
      fill(source);
      assertThat(copy(source, target)).isEqualTo(Phase.DONE);
      assertThat(target.digest()).isEqualTo(source.digest());
      assertThat(calls(target, "mset")).isBetween(10L, KEYS / 50L);
      // What has a time to live or is large goes by itself.
      assertThat(calls(target, "set") + calls(target, "psetex")).isLessThan(KEYS / 3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void setsManyOfTheStreamByOneCommand(ServerVersion version) throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target = new RedisServer(version).start()) {
      assertThat(stream(source, target)).isEqualTo(Phase.DONE);
      assertThat(target.digest()).isEqualTo(source.digest());
      assertThat(calls(target, "mset")).isBetween(100L, KEYS / 5L);
      // A time to live, an option and a large value keep it from going with others.
      assertThat(calls(target, "set")).isLessThan(KEYS / 3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V7_0"})
  void setsThoseOfTheStreamOneByOneWhereTheUserMayNotSetMany(ServerVersion version)
      throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target =
            new RedisServer(version).user("default", "on nopass ~* &* +@all -mset").start()) {
      assertThat(stream(source, target)).isEqualTo(Phase.DONE);
      assertThat(target.digest()).isEqualTo(source.digest());
      assertThat(calls(target, "mset")).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V7_0"})
  void setsOneByOneWhereTheUserMayNotSetMany(ServerVersion version) throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target =
            new RedisServer(version).user("default", "on nopass ~* &* +@all -mset").start()) {
      fill(source);
      assertThat(copy(source, target)).isEqualTo(Phase.DONE);
      assertThat(target.digest()).isEqualTo(source.digest());
      assertThat(calls(target, "mset")).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V7_0"})
  void namesAKeyOfThoseThatAFullTargetRefuses(ServerVersion version) throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target = new RedisServer(version).start()) {
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < 30_000; i++) {
        commands.add(new String[] {"SET", "key:" + i, noise(new Random(i), 100)});
      }
      source.pipeline(commands);
      // Room for our own keys and the buffers of connections, not for all of these.
      target.config("maxmemory", Long.toString(usedMemory(target) + 2_000_000));
      try (RunningLink link = RunningLink.between(source, target).start()) {
        Fault fault = link.end().fault();
        assertThat(fault.code()).isEqualTo(FaultCode.TARGET_OUT_OF_MEMORY);
        assertThat(fault.message())
            .matches("(?s).* for the key '.*' of database \\d or one of the \\d+ sent with it");
      }
    }
  }

  private static Phase copy(RedisServer source, RedisServer target) throws Exception {
    try (RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      assertThat(link.status().keysApplied()).isEqualTo(KEYS);
      return link.finish().phase();
    }
  }

  /** Every fifth command needs what was there; some keys are set more than once in a row. */
  private static Phase stream(RedisServer source, RedisServer target) throws Exception {
    try (RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      Random random = new Random(12);
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        String key = "key:" + random.nextInt(KEYS / 4);
        String value = noise(random, i % 50 == 0 ? 3_000 : i % 30);
        commands.add(
            switch (i % 40) {
              case 5 -> new String[] {"SET", key, value, "PX", "90000000"};
              case 15 -> new String[] {"SELECT", Integer.toString(i / 40 % 3)};
              case 1, 8, 16, 24, 32, 39 -> new String[] {"APPEND", key, "more"};
              default -> new String[] {"SET", key, value};
            });
      }
      source.pipeline(commands);
      return link.finish().phase();
    }
  }

  /** In three databases, of every length and byte, numbers, some with a time to live. */
  private static void fill(RedisServer source) {
    Random random = new Random(11);
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      if (i % (KEYS / 3) == 0) {
        commands.add(new String[] {"SELECT", Integer.toString(i * 3 / KEYS)});
      }
      String value =
          i % 7 == 0 ? Integer.toString(i) : noise(random, i % 50 == 0 ? 3_000 : i % 200);
      commands.add(
          i % 11 == 0
              ? new String[] {"PSETEX", "key:" + i, "90000000", value}
              : new String[] {"SET", noise(random, 1 + i % 20) + i, value});
    }
    source.pipeline(commands);
  }

  private static String noise(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) random.nextInt(256));
    }
    return text.toString();
  }

  private static long usedMemory(RedisServer server) {
    try (RespClient client = server.client()) {
      return Long.parseLong(client.info("memory").get("used_memory"));
    }
  }

  private static long calls(RedisServer server, String command) {
    try (RespClient client = server.client()) {
      return client.calls(command);
    }
  }
}
