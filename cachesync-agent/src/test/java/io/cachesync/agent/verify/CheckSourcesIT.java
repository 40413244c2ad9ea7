package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One check of a target that has the keys of several sources. */
class CheckSourcesIT {
  @RegisterExtension static final RedisServer FIRST = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer SECOND = new RedisServer(ServerVersion.V6_2);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  @BeforeEach
  void fill() {
    Stream.of(FIRST, SECOND, TARGET).forEach(RedisServer::flush);
    try (RespClient first = FIRST.client();
        RespClient second = SECOND.client();
        RespClient target = TARGET.client()) {
      for (RespClient side : List.of(first, target)) {
        set(side, "a:", 700);
        side.call("RPUSH", "a:list", "1", "2");
      }
      for (RespClient side : List.of(second, target)) {
        set(side, "b:", 700);
        side.call("HSET", "b:hash", "f", "v");
        side.call("SELECT", "3");
        side.call("SET", "b:other", "v");
      }
    }
  }

  @Test
  void findsThemEqualWhereEachHasItsShare() {
    Checked checked = Checked.between(FIRST, TARGET).and(SECOND).run();
    assertThat(checked.isDone()).isTrue();
    assertThat(checked.differences()).isEmpty();
    assertThat(checked.report().settled().get(0).keysCompared()).isEqualTo(1403);
    assertThat(checked.report().source().keys()).isEqualTo(701);
    assertThat(checked.report().moreSources())
        .extracting(CheckReport.Side::address, CheckReport.Side::keys)
        .containsExactly(tuple(SECOND.address(), 702L));
  }

  @Test
  void namesTheSourceOfWhatDiffers() {
    try (RespClient target = TARGET.client()) {
      target.call("DEL", "a:1");
      target.call("LSET", "a:list", "1", "3");
      target.call("DEL", "b:1");
      target.call("HSET", "b:hash", "f", "other");
      target.call("SET", "extra", "v");
      target.call("SELECT", "3");
      target.call("SET", "b:other", "more");
      target.call("SET", "extra", "v");
    }
    Checked checked = Checked.between(FIRST, TARGET).and(SECOND).run();
    assertThat(checked.differences())
        .extracting(
            CheckDifference::database,
            CheckDifference::key,
            CheckDifference::kind,
            CheckDifference::sourceNumber)
        .containsExactlyInAnyOrder(
            tuple(0, "a:1", DifferenceKind.MISSING, 0),
            tuple(0, "a:list", DifferenceKind.ELEMENT, 0),
            tuple(0, "b:1", DifferenceKind.MISSING, 1),
            tuple(0, "b:hash", DifferenceKind.FIELD_VALUE, 1),
            tuple(3, "b:other", DifferenceKind.VALUE, 1),
            tuple(0, "extra", DifferenceKind.EXTRA, CheckDifference.NO_SOURCE),
            tuple(3, "extra", DifferenceKind.EXTRA, CheckDifference.NO_SOURCE));
    assertThat(checked.report().differentKeys()).isEqualTo(7);
    assertThat(checked.differences())
        .allMatch(each -> each.sourceOffset() >= 0 == each.sourceNumber() >= 0);
  }

  @Test
  void tellsAKeyOfTwoSourcesOfTheOneThatItIsUnlike() {
    try (RespClient second = SECOND.client()) {
      second.call("SET", "a:1", "written there too");
    }
    Checked checked = Checked.between(FIRST, TARGET).and(SECOND).run();
    assertThat(checked.differences())
        .extracting(CheckDifference::key, CheckDifference::kind, CheckDifference::sourceNumber)
        .containsExactly(tuple("a:1", DifferenceKind.VALUE, 1));
  }

  /** Which source has them nobody says: the first does not have them, the second does. */
  @Test
  void findsTheSourceOfKeysThatAreNamed() {
    try (RespClient target = TARGET.client()) {
      target.call("DEL", "b:1");
      target.call("SET", "b:2", "other");
    }
    List<CheckDifference> told = Collections.synchronizedList(new ArrayList<>());
    List<NamedKey> named =
        Stream.of("a:1", "b:1", "b:2", "b:3", "nowhere")
            .map(key -> new NamedKey(0, key, ""))
            .toList();
    CheckReport report =
        new Check(
                Checked.between(FIRST, TARGET).and(SECOND).spec(),
                new JobSecrets("", "", ""),
                named,
                told::add,
                Clock.systemUTC())
            .run();
    assertThat(report.phase()).isEqualTo(CheckPhase.DONE);
    assertThat(told)
        .extracting(CheckDifference::key, CheckDifference::kind, CheckDifference::sourceNumber)
        .containsExactlyInAnyOrder(
            tuple("b:1", DifferenceKind.MISSING, 1), tuple("b:2", DifferenceKind.VALUE, 1));
  }

  @Test
  void refusesASourceThatIsGivenTwiceAndOneThatIsTheTarget() {
    Checked twice = Checked.between(FIRST, TARGET).and(SECOND, FIRST).run();
    assertThat(twice.report().fault().code()).isEqualTo(FaultCode.SOURCE_TWICE);
    assertThat(twice.report().fault().message()).contains("source 3");
    Checked same = Checked.between(FIRST, TARGET).and(TARGET).run();
    assertThat(same.report().fault().code()).isEqualTo(FaultCode.SOURCE_IS_TARGET);
  }

  private static void set(RespClient side, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      side.call("SET", prefix + i, "v" + i);
    }
  }
}
