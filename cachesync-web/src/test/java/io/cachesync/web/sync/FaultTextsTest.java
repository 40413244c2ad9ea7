package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault code has its row in the documents and its sentences, in both languages. */
class FaultTextsTest {
  private static final Path DOCS = Path.of("..", "docs");

  @ParameterizedTest
  @ValueSource(strings = {"sync.properties", "sync_zh_CN.properties"})
  void eachCodeHasItsSentences(String file) throws IOException {
    Properties texts = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/messages", file))) {
      texts.load(reader);
    }
    for (FaultCode code : FaultCode.values()) {
      for (String part : List.of("title", "meaning", "advice")) {
        assertThat(texts.getProperty("fault." + code + "." + part))
            .as("%s of %s", part, code)
            .isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"faults.md", "zh/faults.md"})
  void theDocumentHasARowForEachCodeAndNoOther(String page) throws IOException {
    List<String> rows =
        Files.readAllLines(DOCS.resolve(page)).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows).hasSize(FaultCode.values().length);
    for (FaultCode code : FaultCode.values()) {
      assertThat(rows).anyMatch(row -> row.startsWith("| `" + code + "` | "));
    }
  }
}
