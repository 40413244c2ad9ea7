package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DifferenceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckDocumentTest {
  private static final Path DOCS = Path.of("../docs");

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
  void everyKindHasARow(DifferenceKind kind) throws IOException {
    for (String page : new String[] {"check.md", "zh/check.md"}) {
      assertThat(Files.readAllLines(DOCS.resolve(page)))
          .as(page)
          .anyMatch(line -> line.startsWith("| `") && line.contains("`" + kind + "`"));
    }
  }
}
