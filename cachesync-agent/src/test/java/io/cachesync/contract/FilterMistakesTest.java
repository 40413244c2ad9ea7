package io.cachesync.contract;

import static io.cachesync.contract.FilterMistake.Kind.BROKEN_ESCAPE;
import static io.cachesync.contract.FilterMistake.Kind.DATABASES_COLLIDE;
import static io.cachesync.contract.FilterMistake.Kind.EMPTY_COMMAND;
import static io.cachesync.contract.FilterMistake.Kind.EMPTY_PATTERN;
import static io.cachesync.contract.FilterMistake.Kind.EMPTY_TYPE;
import static io.cachesync.contract.FilterMistake.Kind.MAPPED_NOT_MOVED;
import static io.cachesync.contract.FilterMistake.Kind.NEGATIVE_DATABASE;
import static io.cachesync.contract.FilterMistake.Kind.NO_DATABASE_LEFT;
import static io.cachesync.contract.FilterMistake.Kind.OPEN_BRACKET;
import static io.cachesync.contract.FilterMistake.Kind.RENAMES_COLLIDE;
import static io.cachesync.contract.FilterMistake.Kind.RENAMES_NOTHING;
import static io.cachesync.contract.FilterMistake.Kind.RENAME_NEVER_USED;
import static io.cachesync.contract.FilterMistake.Kind.UNKNOWN_TYPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.FilterMistake.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterMistakesTest {
  @Test
  void tellsWhichDatabasesOfTheTargetItLeavesOut() {
    FilterSpec spec =
        new FilterSpec(
            null, List.of(2, 5), Map.of(0, 5, 7, 0), null, null, null, null, null, null, false);
    assertThat(spec.mistakes()).isEmpty();
    assertThat(spec.targetDatabasesLeftOut()).containsExactly(2, 7);
    assertThat(spec.movesInto(5)).isTrue();
    assertThat(spec.movesInto(7)).isFalse();
    assertThat(new FilterSpec(List.of(3), false).movesInto(4)).isFalse();
  }

  @Test
  void findsNothingInWhatCanBeMeant() {
    assertThat(FilterSpec.everything().mistakes()).isEmpty();
    assertThat(kinds(List.of(3, 5), List.of(), Map.of(3, 5, 5, 3))).isEmpty();
    assertThat(kinds(List.of(), List.of(3), Map.of(0, 3))).isEmpty();
    assertThat(patterns("a*", "[a-z]?", "\\[", "\\x00\\xfF", "[\\]]", "[^a]x", "]")).isEmpty();
    assertThat(renames("a:", "b:", "b:", "a:", "", "c:")).isEmpty();
  }

  @Test
  void findsDatabasesThatCannotBe() {
    assertThat(kinds(List.of(-1), List.of(), Map.of())).containsExactly(NEGATIVE_DATABASE);
    assertThat(kinds(List.of(1), List.of(1), Map.of())).containsExactly(NO_DATABASE_LEFT);
    assertThat(kinds(List.of(1), List.of(), Map.of(2, 0))).containsExactly(MAPPED_NOT_MOVED);
    assertThat(kinds(List.of(1, 2), List.of(), Map.of(1, 0, 2, 0)))
        .containsExactly(DATABASES_COLLIDE);
    assertThat(kinds(List.of(1, 2), List.of(), Map.of(1, 2))).containsExactly(DATABASES_COLLIDE);
    assertThat(kinds(List.of(), List.of(), Map.of(1, 2))).containsExactly(DATABASES_COLLIDE);
  }

  /** Of a cluster; what was taken before stays what it was. */
  @Test
  void findsNothingInAMapOfTheOnlyDatabase() {
    FilterSpec mapped = databases(List.of(), List.of(), Map.of(0, 3));
    assertThat(mapped.mistakes()).isNotEmpty();
    assertThat(mapped.ofOneDatabase())
        .isEqualTo(databases(List.of(0), List.of(), Map.of(0, 3)))
        .returns(List.of(), FilterSpec::mistakes);
    for (FilterSpec other :
        List.of(
            FilterSpec.everything(),
            databases(List.of(), List.of(), Map.of(0, 0)),
            databases(List.of(), List.of(3), Map.of(0, 3)),
            databases(List.of(), List.of(), Map.of(3, 0)),
            databases(List.of(), List.of(), Map.of(0, 3, 3, 0)),
            databases(List.of(1), List.of(), Map.of(0, 3)))) {
      assertThat(other.ofOneDatabase()).isSameAs(other);
    }
  }

  private static FilterSpec databases(
      List<Integer> moved, List<Integer> left, Map<Integer, Integer> map) {
    return new FilterSpec(moved, left, map, null, null, null, null, null, null, false);
  }

  @Test
  void findsPatternsThatAreNotWhole() {
    assertThat(patterns("")).containsExactly(EMPTY_PATTERN);
    assertThat(patterns("a\\")).containsExactly(BROKEN_ESCAPE);
    assertThat(patterns("\\x4")).containsExactly(BROKEN_ESCAPE);
    assertThat(patterns("\\xzz")).containsExactly(BROKEN_ESCAPE);
    assertThat(patterns("a[bc")).containsExactly(OPEN_BRACKET);
    assertThat(patterns("a[b\\]")).containsExactly(OPEN_BRACKET);
  }

  @Test
  void findsEmptyWords() {
    FilterSpec spec =
        new FilterSpec(null, null, null, null, null, List.of(""), null, List.of(" "), null, false);
    assertThat(spec.mistakes())
        .extracting(FilterMistake::kind)
        .containsExactly(EMPTY_TYPE, EMPTY_COMMAND);
  }

  @Test
  void findsWordsThatAreNoTypes() {
    List<String> types = List.of("hsh", "ReJSON-RL", "Module", "HASH", "strings");
    FilterSpec spec =
        new FilterSpec(null, null, null, null, null, types, List.of("sets"), null, null, false);
    assertThat(spec.mistakes())
        .extracting(FilterMistake::kind, FilterMistake::found)
        .containsExactly(
            tuple(UNKNOWN_TYPE, "hsh"),
            tuple(UNKNOWN_TYPE, "strings"),
            tuple(UNKNOWN_TYPE, "sets"));
  }

  /** A module's, or one that was renamed at the source, stays possible. */
  @Test
  void findsCommandsThatAreMisspeltOrHoldTheStreamTogether() {
    List<String> commands =
        List.of("flushal", "Exprie", "multi", "JSON.SET", "f3a9c1", "flushdb", "RPOSH");
    FilterSpec spec =
        new FilterSpec(null, null, null, null, null, null, null, commands, null, false);
    assertThat(spec.mistakes())
        .extracting(FilterMistake::kind, FilterMistake::found, FilterMistake::meant)
        .containsExactly(
            tuple(Kind.FRAME_COMMAND, "multi", ""),
            tuple(Kind.MISSPELT_COMMAND, "flushal", "FLUSHALL"),
            tuple(Kind.MISSPELT_COMMAND, "Exprie", "EXPIRE"),
            tuple(Kind.MISSPELT_COMMAND, "RPOSH", "RPUSH"));
  }

  /** Of other products, of servers whose commands were renamed, or of versions to come. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXSET", "EXHSET", "EXINCRBY", "PEXPIREMEMBERAT", "HRENAME", "FLUSHALL2", "XFLUSHALL",
        "FLUSHALL_X", "DEL2", "MYSET", "ARSET", "INCREX", "FT.SAFEADD", "BLPOP"
      })
  void takesNamesThatAreOnlyLikeOnesThatAreKnown(String name) {
    FilterSpec spec =
        new FilterSpec(null, null, null, null, null, null, null, List.of(name), null, false);
    assertThat(spec.mistakes()).isEmpty();
    assertThat(StreamCommands.isUnknown(name)).isTrue();
  }

  @Test
  void findsRulesThatAreOfNoUse() {
    assertThat(renames("a:", "a:")).containsExactly(RENAMES_NOTHING);
    assertThat(renames("a:", "x:", "a:b", "y:")).containsExactly(RENAME_NEVER_USED);
    assertThat(renames("a:", "x:", "b:", "x:")).containsExactly(RENAMES_COLLIDE);
    assertThat(renames("a:", "x:", "b:", "x:y")).containsExactly(RENAMES_COLLIDE);
    assertThat(renames("a:", "x:y", "b:", "x:")).containsExactly(RENAMES_COLLIDE);
    assertThat(renames("a\\x", "b")).containsExactly(BROKEN_ESCAPE);
  }

  private static List<Kind> kinds(
      List<Integer> databases, List<Integer> excluded, Map<Integer, Integer> map) {
    return kinds(
        new FilterSpec(databases, excluded, map, null, null, null, null, null, null, false));
  }

  private static List<Kind> patterns(String... patterns) {
    return kinds(
        new FilterSpec(null, null, null, List.of(patterns), null, null, null, null, null, false));
  }

  private static List<Kind> renames(String... fromAndTo) {
    List<KeyRename> rules = new ArrayList<>();
    for (int i = 0; i < fromAndTo.length; i += 2) {
      rules.add(new KeyRename(fromAndTo[i], fromAndTo[i + 1]));
    }
    return kinds(new FilterSpec(null, null, null, null, null, null, null, null, rules, false));
  }

  private static List<Kind> kinds(FilterSpec spec) {
    return spec.mistakes().stream().map(FilterMistake::kind).toList();
  }
}
