package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.HealReason;
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
  @ValueSource(strings = {"task.properties", "task_zh_CN.properties"})
  void eachReasonOfHealingHasItsWords(String file) throws IOException {
    Properties texts = texts(file);
    for (HealReason reason : HealReason.values()) {
      assertThat(texts.getProperty("task.healed." + reason)).as("%s", reason).isNotBlank();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sync.properties", "sync_zh_CN.properties"})
  void eachCodeHasItsSentences(String file) throws IOException {
    Properties texts = texts(file);
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

  private static Properties texts(String file) throws IOException {
    Properties texts = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/messages", file))) {
      texts.load(reader);
    }
    return texts;
  }
}
