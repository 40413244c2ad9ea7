package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checker is checked: damage of every kind, planted in a target, is found and named. */
class CheckIT {
  @RegisterExtension static final RedisServer NEW = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer OTHER = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer MIDDLE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer OLD = new RedisServer(ServerVersion.V6_2);

  private static final Map<String, RedisServer> SERVERS =
      Map.of("new", NEW, "other", OTHER, "middle", MIDDLE, "old", OLD);

  /** Follows from what was done to a stream. */
  private static final Set<DifferenceKind> CONSEQUENCES =
      EnumSet.of(DifferenceKind.STREAM_COUNTER, DifferenceKind.GROUP_COUNTER);

  @BeforeEach
  void empty() {
    SERVERS.values().forEach(RedisServer::flush);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({"new,other", "middle,new", "middle,old"})
  void findsAndNamesEveryDamage(String from, String to) {
    RedisServer source = SERVERS.get(from);
    RedisServer target = SERVERS.get(to);
    ServerVersion lower =
        source.version().atLeast(target.version()) ? target.version() : source.version();
    List<Damage> damages =
        Damages.all().stream().filter(damage -> lower.atLeast(damage.since())).toList();
    Damages.plant(damages, source, target);

    Checked checked = Checked.between(source, target).run();

    assertThat(checked.isDone()).as("%s", checked.report()).isTrue();
    SoftAssertions softly = new SoftAssertions();
    for (Damage damage : damages) {
      verify(damage, checked, softly);
    }
    softly.assertAll();
    long spoilt = damages.stream().filter(damage -> !damage.kinds().isEmpty()).count();
    assertThat(checked.report().differentKeys()).isEqualTo(spoilt).isGreaterThan(40);
    assertThat(checked.report().settlingKeys()).isZero();
  }

  @Test
  void eachModeFindsWhatItLooksAt() {
    List<Damage> damages = Damages.all();
    Damages.plant(damages, NEW, OTHER);
    Set<DifferenceKind> outline =
        EnumSet.of(
            DifferenceKind.MISSING, DifferenceKind.EXTRA, DifferenceKind.TYPE, DifferenceKind.TTL);
    assertThat(keys(Checked.between(NEW, OTHER).mode(CheckMode.OUTLINE).rounds(1, 0).run()))
        .isEqualTo(named(damages, outline));

    Checked lengths = Checked.between(NEW, OTHER).mode(CheckMode.LENGTH).rounds(1, 0).run();
    assertThat(keys(lengths))
        .contains("shorter", "tail gone", "member extra", "field gone", "entry gone", "ttl gone")
        .doesNotContain("one letter", "element", "last bit of a score", "field", "entry value")
        .noneMatch(key -> key.startsWith("equal"));

    Checked smart = Checked.between(NEW, OTHER).mode(CheckMode.SMART).big(1000).run();
    assertThat(keys(smart))
        .contains("one letter", "element", "field", "tail of a long list", "pending gone")
        .doesNotContain("element of a long list", "field of a large hash");
  }

  @Test
  void keepsDatabasesKeysAndOurOwnApart() {
    for (RedisServer server : List.of(NEW, OTHER)) {
      try (RespClient client = server.client()) {
        client.call("SELECT", "3");
        client.call("SET", "moved", "v");
        client.call("SET", "stays", "v");
      }
    }
    try (RespClient client = OTHER.client()) {
      client.call("SELECT", "3");
      client.call("MOVE", "moved", "4");
      client.call("SET", "cachesync:ckpt:{0}:task:0.0", "ours");
    }
    Checked checked = Checked.between(NEW, OTHER).run();
    assertThat(checked.kinds())
        .isEqualTo(
            Map.of(
                "3 moved", Set.of(DifferenceKind.MISSING),
                "4 moved", Set.of(DifferenceKind.EXTRA)));
    Checked oneWay = Checked.between(NEW, OTHER).oneDirection().run();
    assertThat(oneWay.kinds()).containsOnlyKeys("3 moved");
  }

  @Test
  void namesTheKeysOfSwappedDatabases() {
    for (RedisServer server : List.of(NEW, OTHER)) {
      send(server, "SELECT 3", "SET three v", "SET both 3", "SELECT 4", "SET four v", "SET both 4");
    }
    send(OTHER, "SWAPDB 3 4");
    assertThat(Checked.between(NEW, OTHER).run().kinds())
        .isEqualTo(
            Map.of(
                "3 three", Set.of(DifferenceKind.MISSING),
                "3 four", Set.of(DifferenceKind.EXTRA),
                "3 both", Set.of(DifferenceKind.VALUE),
                "4 three", Set.of(DifferenceKind.EXTRA),
                "4 four", Set.of(DifferenceKind.MISSING),
                "4 both", Set.of(DifferenceKind.VALUE)));
  }

  /** A replica of a 7.0 does not learn how many entries a group has read since: nor can we. */
  @Test
  void whatReplicasAreNotToldIsNoDifference() {
    try (RedisServer replica = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = replica.client()) {
      send(MIDDLE, "XADD s 1-1 f v", "XADD s 1-2 f v", "XGROUP CREATE s g 0");
      send(MIDDLE, "XREADGROUP GROUP g c COUNT 1 STREAMS s >");
      client.call("REPLICAOF", "127.0.0.1", Integer.toString(MIDDLE.port()));
      await().until(() -> "up".equals(client.info("replication").get("master_link_status")));
      send(MIDDLE, "XREADGROUP GROUP g c COUNT 1 STREAMS s >");
      await().until(() -> client.list("XPENDING", "s", "g").get(0).equals(2L));
      client.call("REPLICAOF", "NO", "ONE");
      assertThat(Checked.between(MIDDLE, replica).run().kinds()).isEmpty();
      assertThat(Checked.between(replica, MIDDLE).run().kinds())
          .isEqualTo(Map.of("0 s", Set.of(DifferenceKind.GROUP_COUNTER)));
    }
  }

  @Test
  void tellsBinaryKeysByTheirBytes() {
    byte[] name = {'k', 0, (byte) 0xff, '\n', '\\'};
    try (RespClient client = NEW.client()) {
      client.call("SET", new String(name, StandardCharsets.ISO_8859_1), "v");
      client.call("SET", latin("键"), "v");
    }
    Checked checked = Checked.between(NEW, OTHER).run();
    assertThat(checked.differences())
        .extracting(CheckDifference::key, CheckDifference::keyBase64)
        .containsExactlyInAnyOrder(
            tuple("k\\x00\\xff\\x0a\\\\", Base64.getEncoder().encodeToString(name)),
            tuple("键", ""));
  }

  @Test
  void aSampleIsTheSameShareEachTime() {
    try (RespClient client = NEW.client()) {
      for (int i = 0; i < 2000; i++) {
        client.send("SET", "key:" + i, "v");
      }
      for (int i = 0; i < 2000; i++) {
        client.read();
      }
    }
    Set<String> first = keys(Checked.between(NEW, OTHER).sample(10).rounds(1, 0).run());
    Set<String> second = keys(Checked.between(NEW, OTHER).sample(10).rounds(1, 0).run());
    assertThat(first).isEqualTo(second).hasSizeBetween(100, 300);
  }

  @Test
  void whatExpiresOnOneSideFirstIsSettling() {
    try (RespClient client = OTHER.client()) {
      client.call("SET", "going", "v", "PX", "60000");
    }
    Checked checked =
        Checked.between(NEW, OTHER).ttlTolerance(Duration.ofSeconds(60)).rounds(1, 0).run();
    assertThat(checked.differences()).isEmpty();
    assertThat(checked.report().settlingKeys()).isEqualTo(1);
  }

  @Test
  void comparesWhatATaskWithTheSameFilterMovesUnderItsNames() {
    send(NEW, "SET user:1 a", "SET user:2 a", "SADD user:3 a", "SET user:4 a", "SET tmp a");
    send(OTHER, "SET u:1 a", "SET u:2 damaged", "SET u:5 a", "SET user:6 a", "SET theirs a");
    send(NEW, "SELECT 3", "SET user:1 a", "SET user:2 a");
    send(OTHER, "SELECT 5", "SET u:1 a");
    FilterSpec filter =
        new FilterSpec(
            List.of(0, 3),
            List.of(),
            Map.of(3, 5),
            List.of("user:*"),
            List.of("user:4"),
            List.of(),
            List.of("set"),
            List.of(),
            List.of(new KeyRename("user:", "u:")),
            false);
    Checked checked = Checked.between(NEW, OTHER).filter(filter).run();
    assertThat(checked.kinds())
        .isEqualTo(
            Map.of(
                "0 user:2", Set.of(DifferenceKind.VALUE),
                "0 user:5", Set.of(DifferenceKind.EXTRA),
                "3 user:2", Set.of(DifferenceKind.MISSING)));
  }

  @Test
  void fieldsThatHaveExpiredAndStillCountHideNoOther() {
    send(NEW, "DEBUG SET-ACTIVE-EXPIRE 0", "HSET h a 1 b 2", "HPEXPIRE h 1 FIELDS 1 b");
    send(OTHER, "HSET h a 1 x 2");
    try {
      Checked checked = Checked.between(NEW, OTHER).run();
      assertThat(checked.differences())
          .extracting(CheckDifference::kind, CheckDifference::field)
          .containsExactly(tuple(DifferenceKind.FIELD_EXTRA, "x"));
    } finally {
      send(NEW, "DEBUG SET-ACTIVE-EXPIRE 1");
    }
  }

  @Test
  void refusesTheSameServerOnBothSides() {
    Checked checked = Checked.between(NEW, NEW).run();
    assertThat(checked.report().phase()).isEqualTo(CheckPhase.FAILED);
    assertThat(checked.report().fault().code()).isEqualTo(FaultCode.SOURCE_IS_TARGET);
  }

  @Test
  void refusesADatabaseThatASideDoesNotHave() {
    FilterSpec filter = new FilterSpec(List.of(9999), false);
    Checked checked = Checked.between(NEW, OTHER).filter(filter).run();
    assertThat(checked.report().fault().code()).isEqualTo(FaultCode.FILTER_INVALID);
    assertThat(checked.report().fault().message())
        .isEqualTo(
            "the source, %s, has no database 9999: choose databases that it has"
                .formatted(NEW.address()));
  }

  private static void send(RedisServer server, String... commands) {
    try (RespClient client = server.client()) {
      Damages.send(client, Stream.of(commands).map(command -> command.split(" ", -1)).toList());
    }
  }

  private static void verify(Damage damage, Checked checked, SoftAssertions softly) {
    String name = Excerpt.text(damage.key().getBytes(StandardCharsets.ISO_8859_1));
    List<CheckDifference> told =
        checked.differences().stream().filter(each -> each.key().equals(name)).toList();
    Set<DifferenceKind> kinds =
        told.stream().map(CheckDifference::kind).collect(Collectors.toCollection(TreeSet::new));
    softly.assertThat(kinds).as(name).containsAll(damage.kinds());
    kinds.removeAll(damage.kinds());
    if (!damage.kinds().isEmpty()) {
      kinds.removeAll(CONSEQUENCES);
    }
    softly.assertThat(kinds).as("told of %s besides: %s", name, told).isEmpty();
    if (!damage.field().isEmpty()) {
      softly.assertThat(told).as(name).extracting(CheckDifference::field).contains(damage.field());
    }
    softly.assertThat(told).as(name).allMatch(each -> each.database() == 0 && each.round() == 2);
  }

  private static Set<String> named(List<Damage> damages, Set<DifferenceKind> kinds) {
    return damages.stream()
        .filter(damage -> damage.kinds().stream().anyMatch(kinds::contains))
        .map(damage -> Excerpt.text(damage.key().getBytes(StandardCharsets.ISO_8859_1)))
        .collect(Collectors.toSet());
  }

  private static Set<String> keys(Checked checked) {
    assertThat(checked.isDone()).as("%s", checked.report()).isTrue();
    return checked.differences().stream().map(CheckDifference::key).collect(Collectors.toSet());
  }

  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
