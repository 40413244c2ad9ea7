package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/task-states.md says what the code does. */
class TaskStatesDocTest {
  private static final Path DOC = Path.of("..", "docs", "task-states.md");

  @Test
  void theTableOfTransitionsIsTheOneInTheCode() throws IOException {
    List<String> rows = new ArrayList<>();
    for (TaskState state : TaskState.values()) {
      TaskRun.from(state)
          .forEach(
              (trigger, next) -> rows.add("| " + state + " | " + trigger + " | " + next + " |"));
    }
    assertThat(section("transitions")).containsExactlyElementsOf(rows);
  }

  @Test
  void theTableOfTimeLimitsIsTheOneInTheCode() throws IOException {
    List<String> rows = new ArrayList<>();
    for (TaskState state : TaskState.values()) {
      state.limit().ifPresent(limit -> rows.add("| " + state + " | " + inWords(limit) + " |"));
    }
    assertThat(section("limits")).containsExactlyElementsOf(rows);
  }

  private static List<String> section(String name) throws IOException {
    String text = Files.readString(DOC);
    int begin = text.indexOf("<!-- " + name + " -->");
    int end = text.indexOf("<!-- end of " + name + " -->");
    assertThat(begin).as("the mark of %s in %s", name, DOC).isNotNegative();
    return text.substring(begin, end)
        .lines()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| State"))
        .toList();
  }

  private static String inWords(Duration limit) {
    return limit.toSeconds() < 60 ? limit.toSeconds() + " s" : limit.toMinutes() + " min";
  }
}
