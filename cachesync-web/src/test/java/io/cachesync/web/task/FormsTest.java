package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LimitSpec;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people type into the wizard, and what it says to them. */
class FormsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''|''", "0|0", "0, 2-4|0,2,3,4", "3,1 1|1,3", "2 - 3，5|2,3,5"})
  void readsDatabases(String typed, String stored) {
    WhatForm form = new WhatForm("SYNC", typed, "REFUSE", "STOP", null);
    assertThat(form.problems()).isEmpty();
    assertThat(form.databaseList()).isEqualTo(stored);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "-1", "1-", "3-1", "0,9-2", "99999", "0;drop table task"})
  void saysWhatIsNoDatabase(String typed) {
    assertThat(new WhatForm("SYNC", typed, "REFUSE", "STOP", null).problems())
        .extracting(Problem::field)
        .containsExactly("databases");
  }

  @Test
  void refusesModesAndPoliciesThatItDoesNotOffer() {
    assertThat(new WhatForm("UNKNOWN", "", "UNKNOWN", "STOP", null).problems())
        .extracting(Problem::field)
        .containsExactly("mode", "onExists");
  }

  @Test
  void refusesATargetThatIsTheSource() {
    assertThat(ends("10.0.0.1:6379", "redis://10.0.0.1").problems())
        .extracting(Problem::key)
        .containsExactly("task.form.target.isSource");
    assertThat(ends("10.0.0.1:6379", "10.0.0.2:6379").problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host:0", "host:99999", "two words", "http://host:1", "a,b"})
  void saysWhichAddressIsNone(String typed) {
    assertThat(ends(typed, "10.0.0.2:6379").problems())
        .extracting(Problem::field)
        .containsExactly("source.address");
  }

  @Test
  void saysWhatIsWrongWithACluster() {
    assertThat(target("CLUSTER", "b:1\nc:99999", "").problems())
        .containsExactly(Problem.of("target.address", "endpoint.invalid.port", 2, "c:99999"));
    assertThat(target("CLUSTER", "b:1", "x").problems())
        .containsExactly(Problem.of("target.addressMap", "endpoint.invalid.mapLine", 0, "x"));
    assertThat(target("PROXY", "b:1", "").problems())
        .containsExactly(Problem.of("target.topology", "endpoint.invalid.topology"));
    assertThat(target("CLUSTER", "b:1, a:1", "").problems())
        .extracting(Problem::key)
        .containsExactly("task.form.target.isSource");
    assertThat(target("CLUSTER", "b:1, c:1", "d:1=e:1").problems()).isEmpty();
  }

  private static EndsForm target(String topology, String addresses, String map) {
    return new EndsForm(
        "1", TypedEnds.server("a:1"), TypedEnds.of(topology, addresses, map, ""), null);
  }

  @Test
  void theSameSentinelsMayWatchSourceAndTarget() {
    assertThat(sentinels("orders", "sessions").problems()).isEmpty();
    assertThat(sentinels("orders", "orders").problems())
        .extracting(Problem::key)
        .containsExactly("task.form.target.isSource");
    assertThat(sentinels("orders", "").problems())
        .containsExactly(Problem.of("target.masterName", "endpoint.invalid.masterName"));
  }

  @Test
  void eachSourceIsNamedOnceAndIsNotTheTarget() {
    assertThat(more(registered("3"), registered("4")).problems()).isEmpty();
    assertThat(more(registered("3"), registered("3")).problems())
        .containsExactly(Problem.of("moreSources[1].endpoint", "task.form.moreSources.twice"));
    assertThat(more(registered("1")).problems())
        .containsExactly(Problem.of("moreSources[0].endpoint", "task.form.moreSources.twice"));
    assertThat(more(registered("2")).problems())
        .containsExactly(Problem.of("moreSources[0].endpoint", "task.form.moreSources.isTarget"));
    assertThat(more(registered("x' or 1")).problems())
        .containsExactly(Problem.of("moreSources[0].endpoint", "task.form.endpoint.unknown"));
    assertThat(more(registered("3"), TypedEnds.server("a:1"), TypedEnds.server("a:1")).problems())
        .containsExactly(Problem.of("moreSources[2].address", "task.form.moreSources.twice"));
    EndForm masters = TypedEnds.of("SENTINEL", "s1, s2", "", "orders");
    assertThat(more(masters, TypedEnds.of("SENTINEL", "s2", "", "users")).problems()).isEmpty();
    assertThat(more(masters, TypedEnds.of("SENTINEL", "s2", "", "orders")).problems())
        .containsExactly(Problem.of("moreSources[1].address", "task.form.moreSources.twice"));
  }

  @Test
  void aTypedSourceIsToldWhatIsWrongAtItsOwnFields() {
    EndForm wrong =
        new EndForm(
            "",
            "b:99999",
            "u".repeat(101),
            "",
            false,
            true,
            "no pem",
            "CLUSTER",
            "x",
            "",
            "",
            "",
            false);
    assertThat(more(TypedEnds.server("b:1"), EndForm.empty(), wrong).problems())
        .extracting(Problem::field)
        .containsExactly(
            "moreSources[1].address",
            "moreSources[2].address",
            "moreSources[2].user",
            "moreSources[2].ca");
    EndForm[] many = Collections.nCopies(51, EndForm.empty()).toArray(EndForm[]::new);
    assertThat(more(many).problems())
        .containsExactly(Problem.of("moreSources", "task.form.moreSources.many", 50));
  }

  /** Who takes one away moves the passwords of those behind it, and not to another. */
  @Test
  void passwordsGoWithTheirSourceWhereOneIsTakenAway() {
    EndsForm form = more(TypedEnds.server("b:1", "of b"), TypedEnds.server("c:1", "of c"));
    assertThat(form.secrets())
        .containsOnlyKeys(
            "moreSources[0].password",
            "moreSources[0].sentinelPassword",
            "moreSources[1].password",
            "moreSources[1].sentinelPassword");
    EndsForm without = form.without(0);
    assertThat(without.secrets().get("moreSources[0].password").secret()).isEqualTo("of c");
    assertThat(without.secrets().get("moreSources[0].password").goesTo()).contains("c:1");
    assertThat(form.without(7)).isEqualTo(form);
    assertThat(
            EndsForm.renamed(
                Set.of("source.password", "moreSources[0].password", "moreSources[12].password"),
                0))
        .containsExactlyInAnyOrder("source.password", "moreSources[11].password");
    assertThat(EndsForm.renamed(Set.of("moreSources[0].password"), -1))
        .containsExactly("moreSources[0].password");
    assertThat(form.withMore().moreSources()).hasSize(3);
    assertThat(form.toString()).doesNotContain("of b");
  }

  private static EndForm registered(String id) {
    return EndForm.registered(id);
  }

  private static EndsForm more(EndForm... more) {
    return new EndsForm("1", registered("1"), registered("2"), List.of(more));
  }

  private static EndsForm sentinels(String source, String target) {
    return new EndsForm(
        "1",
        TypedEnds.of("SENTINEL", "s1, s2", "", source),
        TypedEnds.of("SENTINEL", "s2, s1", "", target),
        null);
  }

  @Test
  void neverPrintsAPassword() {
    EndsForm form =
        new EndsForm(
            "1",
            TypedEnds.server("h:1", "geheim"),
            TypedEnds.sentinels("i:1", "orders", "watch", "geheim"),
            null);
    assertThat(form + " " + form.source() + form.target()).doesNotContain("geheim");
  }

  @Test
  void readsLimitsTagsAndTimes() {
    HowForm form =
        new HowForm(
            "name",
            "1.5",
            "2000",
            "at",
            "2026-01-02T12:00",
            "Asia/Shanghai",
            "3",
            "0.5",
            "a, b，a",
            "",
            true,
            "8");
    assertThat(form.problems(NOW)).isEmpty();
    assertThat(form.bytesPerSecond()).isEqualTo(1_572_864);
    assertThat(form.commands()).isEqualTo(2000);
    assertThat(form.startInstant()).isEqualTo(Instant.parse("2026-01-02T04:00:00Z"));
    assertThat(form.lagBoundMillis()).isEqualTo(500);
    assertThat(form.stayOnMachine()).isTrue();
    assertThat(form.fullSyncs()).isEqualTo(8);
    assertThat(LimitForm.of(LimitSpec.none()).problems()).as("left empty").isEmpty();
    assertThat(form.tagColumn()).isEqualTo(",a,b,");
  }

  @Test
  void refusesAStartThatIsYearsAway() {
    for (String at : new String[] {"9999-01-01T00:00", "2999-01-01T00:00"}) {
      HowForm form = new HowForm("n", "", "", "at", at, "", "3", "2", "", "", false, "");
      assertThat(form.problems(NOW))
          .extracting(Problem::key)
          .containsExactly("task.form.startAt.far");
    }
  }

  @Test
  void refusesAUserWithBytesThatNobodyTypes() {
    EndForm form =
        new EndForm(
            "", "a:1", "mi\0g", "p\0w", false, false, "", "STANDALONE", "", "", "", "", false);
    assertThat(form.problems()).containsExactly(Problem.of("user", "task.form.control"));
  }

  @Test
  void saysEachFieldThatIsWrong() {
    HowForm form =
        new HowForm(
            "", "-1", "x", "at", "2025-01-01T00:00", "", "-3", "0", "t".repeat(41), "", false, "0");
    assertThat(form.problems(NOW))
        .extracting(Problem::field)
        .containsExactlyInAnyOrder(
            "name",
            "megabytesPerSecond",
            "commandsPerSecond",
            "restartLimit",
            "parallelFullSyncs",
            "lagBoundSeconds",
            "startAt",
            "tags");
  }

  @Test
  void escapesWhatLikeWouldTakeForAPattern() {
    assertThat(TaskFilter.like(" 50%_A! ")).isEqualTo("%50!%!_a!!%");
    assertThat(TaskFilter.like(" ")).isNull();
  }

  @Test
  void showsNumbersAsPeopleReadThem() {
    Figures figures = new Figures(Locale.ENGLISH);
    assertThat(figures.bytesPerSecond(1_572_864L)).isEqualTo("1.5 MB/s");
    assertThat(figures.count(1_234_567L)).isEqualTo("1,234,567");
    assertThat(figures.count(-1L)).isEqualTo(Figures.UNKNOWN);
    assertThat(figures.lag(950L)).isEqualTo("950 ms");
    assertThat(figures.duration(3_725_000L)).isEqualTo("1 h 2 min");
  }

  private static EndsForm ends(String source, String target) {
    return new EndsForm("1", TypedEnds.server(source), TypedEnds.server(target), null);
  }
}
