package io.cachesync.web.check;

import static io.cachesync.web.check.CheckCase.NOW;
import static io.cachesync.web.check.CheckCase.asked;
import static io.cachesync.web.check.CheckCase.difference;
import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.web.testkit.Mappers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What the mappers of checks do, whatever database they are on. */
abstract class CheckMapperCases {
  private Mappers mappers;
  private CheckMapper checks;
  private DifferenceMapper differences;

  abstract Mappers open();

  @BeforeEach
  void fresh() {
    mappers = open();
    checks = mappers.get(CheckMapper.class);
    differences = mappers.get(DifferenceMapper.class);
  }

  @AfterEach
  void finish() {
    mappers.close();
  }

  @Test
  void storesWhatIsAskedAndMovesItOnOnce() {
    long id = insert(asked("cache-a", "cache-b"));
    Check check = checks.find(id).orElseThrow();
    assertThat(check.name()).isEqualTo("cache-a → cache-b");
    assertThat(check.state()).isEqualTo(CheckState.QUEUED);
    assertThat(checks.move(id, CheckState.QUEUED, CheckState.RUNNING, NOW)).isOne();
    assertThat(checks.move(id, CheckState.QUEUED, CheckState.RUNNING, NOW)).isZero();
    assertThat(checks.inStates(CheckState.OPEN)).extracting(Check::id).containsExactly(id);
    assertThat(checks.lease(id, "one", NOW, NOW.plusSeconds(60))).isOne();
    assertThat(checks.lease(id, "two", NOW, NOW.plusSeconds(60))).isZero();
    checks.release(id, "one");
    assertThat(checks.lease(id, "two", NOW, NOW.plus(Duration.ofSeconds(60)))).isOne();
  }

  @Test
  void findsByWordOutcomeAndEndpoint() {
    long first = insert(asked("cache-a", "cache_b"));
    long second = insert(asked("orders", "elsewhere"));
    checks.report(second, "{}", 50, 3, 0);
    for (long id : List.of(first, second)) {
      checks.move(id, CheckState.QUEUED, CheckState.DONE, NOW);
    }
    assertThat(found(new CheckFilter("CACHE_b", null, null, null))).containsExactly(first);
    assertThat(found(new CheckFilter(null, "equal", null, null))).containsExactly(first);
    assertThat(found(new CheckFilter(null, "different", null, null))).containsExactly(second);
    assertThat(found(new CheckFilter(null, "running", null, null))).isEmpty();
    assertThat(found(new CheckFilter(null, null, null, 12L))).containsExactly(second, first);
    assertThat(found(new CheckFilter(null, null, null, 13L))).isEmpty();
    assertThat(checks.ofEnds("e".repeat(64), second)).extracting(Check::id).containsExactly(first);
  }

  @Test
  void listsKeysByWhatDiffers() {
    long id = insert(asked("cache-a", "cache-b"));
    differences.insert(
        List.of(
            DifferenceRow.of(id, difference("user:1", DifferenceKind.FIELD_VALUE, "name")),
            DifferenceRow.of(id, difference("user:2", DifferenceKind.TTL, "")),
            DifferenceRow.of(id, difference("user:1", DifferenceKind.FIELD_MISSING, "age")),
            DifferenceRow.of(id, difference("k".repeat(5000), DifferenceKind.MISSING, "🐘🐘"))));
    DifferenceFilter all = new DifferenceFilter(null, null, null, null);
    List<String> keys = differences.keys(id, all.where(), 2, 0);
    assertThat(keys).hasSize(2);
    assertThat(differences.countKeys(id, all.where())).isEqualTo(3);
    assertThat(differences.ofKeys(id, keys))
        .extracting(DifferenceRow::keyText, DifferenceRow::fieldText)
        .containsExactly(tuple("user:1", "name"), tuple("user:2", ""), tuple("user:1", "age"));
    assertThat(
            differences.countKeys(
                id, new DifferenceFilter("USER", DifferenceKind.TTL, "hash", 0).where()))
        .isOne();
    assertThat(differences.kinds(id)).hasSize(4);
    assertThat(differences.types(id)).containsExactly(new DifferenceMapper.Count("hash", 3));
    assertThat(differences.databases(id)).containsExactly(0);
    List<DifferenceRow> rows = differences.after(id, 0, 10);
    assertThat(rows).hasSize(4);
    assertThat(rows.get(3).keyText()).hasSize(1200).endsWith("…");
    assertThat(differences.after(id, rows.get(3).id(), 10)).isEmpty();
    checks.delete(id);
    assertThat(differences.after(id, 0, 10)).isEmpty();
  }

  @Test
  void keepsARepairWithItsCheckAndWithoutTheOneThatFoundTheKeys() {
    long former = insert(asked("cache-a", "cache-b"));
    long id = insert(asked("cache-a", "cache-b"));
    differences.insert(
        List.of(
            DifferenceRow.of(former, difference("user:1", DifferenceKind.TTL, "")),
            DifferenceRow.of(former, difference("user:1", DifferenceKind.FIELD_VALUE, "name")),
            DifferenceRow.of(former, difference("user:2", DifferenceKind.TTL, ""))));
    DifferenceFilter all = new DifferenceFilter(null, null, null, null);
    assertThat(differences.firstOfKeys(former, differences.keys(former, all.where(), 9, 0)))
        .extracting(DifferenceRow::keyText, DifferenceRow::kind)
        .containsExactly(tuple("user:1", DifferenceKind.TTL), tuple("user:2", DifferenceKind.TTL));
    RepairMapper repairs = mappers.get(RepairMapper.class);
    repairs.insert(
        new Repair(id, former, "{}", 2, 0, true, "/jobs/5", "orders", "/undo", null, null));
    repairs.report(id, "{\"keys\": 2}");
    repairs.results(id, "[]");
    checks.delete(former);
    assertThat(repairs.find(id))
        .contains(
            new Repair(
                id, null, "{}", 2, 0, true, "/jobs/5", "orders", "/undo", "{\"keys\": 2}", "[]"));
    checks.delete(id);
    assertThat(repairs.find(id)).isEmpty();
  }

  @Test
  void tellsWhatIsNewGoneAndStillThere() {
    long earlier = insert(asked("cache-a", "cache-b"));
    long later = insert(asked("cache-a", "cache-b"));
    differences.insert(
        List.of(
            DifferenceRow.of(earlier, difference("gone", DifferenceKind.TTL, "")),
            DifferenceRow.of(earlier, difference("still", DifferenceKind.TTL, "")),
            DifferenceRow.of(later, difference("still", DifferenceKind.MISSING, "")),
            DifferenceRow.of(later, difference("new", DifferenceKind.TTL, "")),
            DifferenceRow.of(later, difference("new", DifferenceKind.FIELD_VALUE, "name"))));
    assertThat(keysOf(later, differences.keysBeside(later, earlier, false, 10, 0)))
        .containsExactly("new");
    assertThat(keysOf(later, differences.keysBeside(later, earlier, true, 10, 0)))
        .containsExactly("still");
    assertThat(keysOf(earlier, differences.keysBeside(earlier, later, false, 10, 0)))
        .containsExactly("gone");
    assertThat(differences.countBeside(later, earlier, false)).isOne();
    assertThat(differences.countBeside(later, earlier, true)).isOne();
  }

  @Test
  void countsOutcomesAndKnowsTheNewestOfEachTwoEnds() {
    long equal = insert(asked("cache-a", "cache-b"));
    long newest = insert(asked("cache-a", "cache-b"));
    checks.report(equal, "{}", 50, 0, 0);
    checks.report(newest, "{}", 60, 3, 1);
    for (long id : List.of(equal, newest)) {
      checks.started(id, NOW);
      checks.ended(id, NOW.plusSeconds(9));
      checks.move(id, CheckState.QUEUED, CheckState.DONE, NOW);
    }
    long running = insert(asked("cache-a", "cache-b"));
    assertThat(checks.tallies())
        .containsExactlyInAnyOrder(
            new CheckMapper.Tally(CheckState.DONE, false, false, 1),
            new CheckMapper.Tally(CheckState.DONE, true, false, 1),
            new CheckMapper.Tally(CheckState.QUEUED, false, false, 1));
    assertThat(checks.newestOfEnds(9))
        .containsExactly(
            new CheckMapper.Found("cache-a", "cache-b", null, 60, 3, 1, NOW, NOW.plusSeconds(9)));
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    CheckStore store =
        new CheckStore(checks, differences, JsonMapper.builder().build(), Clock.systemUTC());
    CheckMetrics metrics = new CheckMetrics(store, registry);
    metrics.read();
    checks.move(running, CheckState.QUEUED, CheckState.FAILED, NOW);
    metrics.read();
    assertThat(gauge(registry, "count", "outcome", "running")).isZero();
    assertThat(gauge(registry, "count", "outcome", "failed")).isOne();
    assertThat(gauge(registry, "count", "outcome", "different")).isOne();
    assertThat(gauge(registry, "keys.different", "target", "cache-b")).isEqualTo(3);
    assertThat(gauge(registry, "seconds", "source", "cache-a")).isEqualTo(9);
  }

  @Test
  void takesNoRepairForTheNewestCheckNorForAnEqualOne() {
    long whole = insert(asked("cache-a", "cache-b"));
    long repair = insert(asked("cache-a", "cache-b"));
    RepairMapper repairs = mappers.get(RepairMapper.class);
    repairs.insert(new Repair(repair, whole, "{}", 2, 0, true, "", "", "/undo", null, null));
    checks.report(whole, "{}", 60, 3, 1);
    checks.report(repair, "{}", 2, 0, 0);
    for (long id : List.of(whole, repair)) {
      checks.started(id, NOW);
      checks.ended(id, NOW.plusSeconds(9));
      checks.move(id, CheckState.QUEUED, CheckState.DONE, NOW);
    }
    assertThat(repairs.scope(repair)).contains(new RepairMapper.Scope(2, whole));
    assertThat(repairs.scope(whole)).isEmpty();
    assertThat(checks.newestOfEnds(9))
        .extracting(CheckMapper.Found::comparedKeys)
        .containsExactly(60L);
    assertThat(checks.tallies())
        .containsExactlyInAnyOrder(
            new CheckMapper.Tally(CheckState.DONE, true, false, 1),
            new CheckMapper.Tally(CheckState.DONE, false, true, 1));
    assertThat(checks.count(new CheckFilter("", "repaired", null, null).where())).isOne();
    assertThat(found(new CheckFilter(null, "equal", null, null))).isEmpty();
    assertThat(found(new CheckFilter(null, null, null, null))).containsExactly(repair, whole);
    checks.delete(whole);
    assertThat(repairs.scope(repair)).contains(new RepairMapper.Scope(2, null));
  }

  @Test
  void keepsTheNewestLinesOfALog() {
    long id = insert(asked("cache-a", "cache-b"));
    long other = insert(asked("cache-a", "cache-b"));
    CheckLogMapper mapper = mappers.get(CheckLogMapper.class);
    CheckLogs logs = new CheckLogs(mapper);
    logs.add(other, List.of(new LogLine(NOW.toEpochMilli(), LogLevel.WARN, -1, "another's")));
    logs.add(id, IntStream.range(0, 9).mapToObj(i -> line("line " + i)).toList());
    logs.add(id, List.of());
    mapper.keepNewest(id, 4);
    assertThat(logs.newest(id, 3))
        .extracting(CheckLogMapper.Line::line)
        .containsExactly("line 6", "line 7", "line 8");
    assertThat(mapper.newest(id, 99)).hasSize(4);
    assertThat(mapper.newest(other, 99))
        .containsExactly(new CheckLogMapper.Line(NOW, LogLevel.WARN, "another's"));
    logs.add(id, List.of(line("🐘".repeat(1200))));
    assertThat(logs.newest(id, 1).get(0).line()).endsWith("🐘…");
    checks.delete(id);
    assertThat(mapper.newest(id, 99)).isEmpty();
  }

  private static LogLine line(String text) {
    return new LogLine(NOW.toEpochMilli(), LogLevel.INFO, -1, text);
  }

  private static double gauge(SimpleMeterRegistry registry, String name, String... tags) {
    return registry.get("cachesync.check." + name).tags(tags).gauge().value();
  }

  private List<String> keysOf(long id, List<String> keys) {
    return differences.ofKeys(id, keys).stream().map(DifferenceRow::keyText).distinct().toList();
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.api.Assertions.tuple(values);
  }

  private List<Long> found(CheckFilter filter) {
    return checks.search(filter.where(), "id desc", 10, 0).stream().map(Check::id).toList();
  }

  private long insert(Check check) {
    CheckMapper.NewId made = new CheckMapper.NewId();
    checks.insert(check, made);
    return made.getId();
  }
}
