package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.DumpPayload;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.repair.DirectRepair;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.agent.repair.Undo;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.Topology;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ScriptedSource;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server below 6.2 ends itself where it is to load a value of a module that it does not have:
 * none gets there, and it lives on. The source is a stand-in where no scope is given, since a
 * server that has such a value is not in every profile.
 */
class ModulesAtOlderTargetsIT {
  /** Of type "vectorset": its id of nine characters, two numbers and the end. */
  private static final String MODULE_BODY =
      "81" + HexFormat.of().toHexDigits(typeId("vectorset")) + "0203" + "0204" + "00";

  private static final byte[] SNAPSHOT =
      HexFormat.of()
          .parseHex(
              hex("REDIS0011")
                  + "fe00"
                  + "00"
                  + string("plain")
                  + string("v")
                  + "07"
                  + string("vectors")
                  + MODULE_BODY
                  + "00"
                  + string("last")
                  + string("w")
                  + "ff"
                  + "00".repeat(8));

  private static long typeId(String name) {
    String characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    long id = 0;
    for (char character : name.toCharArray()) {
      id = id << 6 | characters.indexOf(character);
    }
    return id << 10 | 1;
  }

  private static String string(String text) {
    return HexFormat.of().toHexDigits((byte) text.length()) + hex(text);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static ScriptedSource standIn() {
    return ScriptedSource.of("8.6.3", SNAPSHOT, new byte[0]);
  }

  @Test
  void theFullSyncStopsBeforeIt() {
    try (ScriptedSource source = standIn();
        RedisServer target = new RedisServer(ServerVersion.V6_0).start();
        RespClient client = target.client()) {
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + source.port(), target.address());
      try (RunningLink link = setup.start()) {
        LinkOutcome end = link.end();
        assertThat(end.fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
        assertThat(end.fault().message())
            .contains("the target (redis 6.0.5)", "'vectorset' (it has no modules)", "'vectors'");
      }
      assertThat(client.text("PING")).isEqualTo("PONG");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"V3_2", "V6_0"})
  void theFullSyncLeavesItOutAndListsIt(ServerVersion to) {
    try (ScriptedSource source = standIn();
        RedisServer target = new RedisServer(to).start();
        RespClient client = target.client()) {
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + source.port(), target.address());
      copiesAllElse(setup);
      assertThat(client.text("GET", "plain")).isEqualTo("v");
      assertThat(client.text("GET", "last")).isEqualTo("w");
      assertThat(client.call("EXISTS", "vectors")).isEqualTo(0L);
    }
  }

  /** From 6.2 on it answers, but only that the data are bad. */
  @ParameterizedTest
  @ValueSource(strings = {"V6_2", "V7_0", "V7_4"})
  void aTargetThatAnswersIsToldWhatItLacks(ServerVersion to) {
    try (ScriptedSource source = standIn();
        RedisServer target = new RedisServer(to).start()) {
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + source.port(), target.address());
      try (RunningLink link = setup.start()) {
        LinkOutcome end = link.end();
        assertThat(end.fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
        assertThat(end.fault().message()).contains("'vectorset'", "load the module", "'vectors'");
      }
    }
    try (ScriptedSource source = standIn();
        RedisServer target = new RedisServer(to).start()) {
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + source.port(), target.address());
      copiesAllElse(setup);
    }
  }

  @Test
  void noMasterOfAClusterGetsIt() {
    try (ScriptedSource source = standIn();
        ClusterServers target = new ClusterServers(ServerVersion.V6_0, 2).start()) {
      RedisEndpoint cluster = new RedisEndpoint(Topology.CLUSTER, target.addresses(), "", null);
      RunningLink.Setup setup = new RunningLink.Setup("127.0.0.1:" + source.port(), cluster);
      copiesAllElse(setup);
      for (RedisServer master : target.masters()) {
        try (RespClient client = master.client()) {
          assertThat(client.text("PING")).isEqualTo("PONG");
        }
      }
    }
  }

  private static void copiesAllElse(RunningLink.Setup setup) {
    setup.onUnsupported = UnsupportedPolicy.SKIP;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      List<DeadLetter> letters = link.status().deadLetters();
      assertThat(letters).extracting(DeadLetter::key).containsExactly("vectors");
      assertThat(letters.get(0).error()).contains("'vectorset'");
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
    }
  }

  @Test
  void noneIsPutBackThere() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V6_0).start();
        RespClient client = target.client();
        Undo undo = new Undo(RunningLink.endpoint(target.address()), EndpointSecrets.of(""))) {
      client.call("SET", "vectors", "of the repair");
      byte[] body = HexFormat.of().parseHex(MODULE_BODY);
      KeyValue value = new KeyValue();
      value.reset(0, RdbType.MODULE_2, KeyValue.NO_EXPIRY);
      value.body(body, 0, body.length);
      String dump = Base64.getEncoder().encodeToString(DumpPayload.of(value, 8));
      NamedKey key = named("vectors");
      FormerValue former = new FormerValue(0, key.key(), key.keyBase64(), true, -1, dump);
      FormerValue gone = new FormerValue(0, "x", "", false, -1, "");
      List<RepairedKey> results = new ArrayList<>();
      undo.run(List.of(former, gone), results::add);
      assertThat(results)
          .extracting(RepairedKey::course)
          .containsExactly(RepairCourse.FAIL, RepairCourse.DELETE);
      assertThat(results.get(0).error()).contains("below 6.2");
      assertThat(client.text("GET", "vectors")).isEqualTo("of the repair");
    }
  }

  private static NamedKey named(String key) {
    return NamedKey.of(0, key.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void whatIsFetchedAndWhatIsRestoredAtTheSourceIsListed() {
    try (RedisServer source = new RedisServer(ServerVersion.V8_6).start();
        RedisServer target = new RedisServer(ServerVersion.V6_0).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      client.call("VADD", "before", "VALUES", "3", "1", "2", "3", "a");
      client.call("SET", "restored", "v");
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("VADD", "behind", "VALUES", "3", "1", "2", "3", "a");
        client.call("RESTORE", "restored", "0", client.text("DUMP", "before"), "REPLACE");
        client.call("SET", "plain", "w");
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .extracting(DeadLetter::key)
            .containsExactlyInAnyOrder("before", "behind", "restored");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(there.text("GET", "plain")).isEqualTo("w");
      assertThat(there.call("EXISTS", "restored")).isEqualTo(0L);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void theStreamStopsBeforeIt() {
    try (RedisServer source = new RedisServer(ServerVersion.V8_6).start();
        RedisServer target = new RedisServer(ServerVersion.V6_0).start();
        RespClient client = source.client();
        RespClient there = target.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      client.call("SET", "plain", "before");
      client.call("VADD", "behind", "VALUES", "3", "1", "2", "3", "a");
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
      assertThat(there.text("GET", "plain")).isEqualTo("before");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"V6_2", "V7_4"})
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void whatATargetThatAnswersDoesNotTakeOfTheStreamIsListedWithItsModule(ServerVersion to) {
    try (RedisServer source = new RedisServer(ServerVersion.V8_6).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("VADD", "behind", "VALUES", "3", "1", "2", "3", "a");
        client.call("RESTORE", "restored", "0", client.text("DUMP", "behind"));
        client.call("SET", "plain", "w");
        link.awaitCaughtUp();
        List<DeadLetter> letters = link.status().deadLetters();
        assertThat(letters)
            .extracting(DeadLetter::key)
            .containsExactlyInAnyOrder("behind", "restored");
        assertThat(letters)
            .extracting(DeadLetter::error)
            .allSatisfy(
                error ->
                    assertThat(error)
                        .contains("(redis " + to.name().replace('_', '.').substring(1))
                        .contains("'vectorset'", "load the module there"));
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(there.text("GET", "plain")).isEqualTo("w");
    }
  }

  /** As {@link #theStreamStopsBeforeIt}; the next start asks once more. */
  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void theStreamStopsAtItWhereTheTargetAnswers() {
    try (RedisServer source = new RedisServer(ServerVersion.V8_6).start();
        RedisServer target = new RedisServer(ServerVersion.V7_4).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("SET", "plain", "before");
        client.call("VADD", "behind", "VALUES", "3", "1", "2", "3", "a");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
        assertThat(link.end().fault().message())
            .contains("'vectorset'", "load the module there", "'behind' of database 0");
        assertThat(there.text("GET", "plain")).isEqualTo("before");
      }
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .extracting(DeadLetter::key)
            .containsExactly("behind");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void aRepairWritesNone() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V8_6).start();
        RedisServer target = new RedisServer(ServerVersion.V6_0).start();
        RespClient client = source.client();
        RespClient there = target.client();
        DirectRepair repair =
            new DirectRepair(
                CheckSpec.between(
                        RunningLink.endpoint(source.address()),
                        RunningLink.endpoint(target.address()))
                    .build(),
                new JobSecrets("", "", ""),
                Clock.systemUTC())) {
      client.call("VADD", "vectors", "VALUES", "3", "1", "2", "3", "a");
      client.call("SET", "plain", "v");
      List<RepairedKey> results = new ArrayList<>();
      repair.run(
          new RepairPiece(
              List.of(),
              List.of(named("vectors"), named("plain")),
              false,
              values -> {},
              results::add));
      assertThat(results)
          .extracting(RepairedKey::course)
          .containsExactlyInAnyOrder(RepairCourse.FAIL, RepairCourse.WRITE);
      assertThat(there.text("GET", "plain")).isEqualTo("v");
    }
  }
}
