package io.cachesync.agent.fullcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.NamedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A database that SQLite has made, with keys that are no text. */
class FullCheckResultTest {
  private static final Path BYTES = Path.of("src/test/resources/fullcheck/bytes.db");

  private final List<CheckDifference> found = new ArrayList<>();

  @Test
  void tellsKeysThatAreNoTextByTheirBytes() throws IOException {
    FullCheckResult result = new FullCheckResult(CheckMode.FULL, 2, 7);
    result.read(BYTES, found::add);
    assertThat(found)
        .extracting(
            each ->
                new String(
                    new NamedKey(each.database(), each.key(), each.keyBase64()).bytes(),
                    StandardCharsets.ISO_8859_1))
        .containsExactly(
            "k\u00ff\u0001", "k\u00fe\u0001", "k\\xff\\x01", "\u00c3\u00a9", "\u00c3\u00a9");
    assertThat(found)
        .extracting(CheckDifference::key, CheckDifference::type, CheckDifference::field)
        .contains(
            tuple("k\\xff\\x01", "string", ""),
            tuple("é", "hash", "name"),
            tuple("é", "hash", "\\xff"));
    assertThat(found.get(4).fieldBase64()).isEqualTo("/w==");
    assertThat(result.keys()).isEqualTo(4);
    assertThat(result.byKind())
        .isEqualTo(
            Map.of(
                DifferenceKind.VALUE, 2L,
                DifferenceKind.MISSING, 1L,
                DifferenceKind.FIELD_VALUE, 1L,
                DifferenceKind.FIELD_MISSING, 1L));
    assertThat(result.byType()).isEqualTo(Map.of("string", 3L, "hash", 1L));
  }

  @Test
  void remembersNoMoreKeysThanItMay() throws IOException {
    FullCheckResult result = new FullCheckResult(CheckMode.FULL, 2, 7, 2);
    result.read(BYTES, found::add);
    assertThat(result.keys()).isEqualTo(4);
    assertThat(result.byType()).isEqualTo(Map.of("string", 2L, "?", 2L));
    // Whoever comes again after so many others is not known any more.
    result.read(BYTES, found::add);
    assertThat(result.keys()).isEqualTo(8);
  }
}
