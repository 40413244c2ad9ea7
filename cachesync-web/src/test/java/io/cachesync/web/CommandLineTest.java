package io.cachesync.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "reset-admin-password --a=1 --b",
        "--a=1 reset-admin-password --b",
        "--a=1 --b reset-admin-password"
      })
  void findsTheCommandAnywhere(String line) {
    assertThat(CommandLine.of(line.split(" ")))
        .isEqualTo(new CommandLine(true, List.of("--a=1", "--b"), null));
  }

  @Test
  void needsNoCommand() {
    assertThat(CommandLine.of("--a=1")).isEqualTo(new CommandLine(false, List.of("--a=1"), null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"reset-admin-pasword", "--reset-admin-password", "-a=hunter2", "a=hunter2", "--"})
  void refusesWhatIsNeither(String word) {
    CommandLine line = CommandLine.of("--b=2", word, "reset-admin-password");
    assertThat(line.refusal())
        .startsWith('"' + word.replace("=hunter2", "") + "\" is neither a setting")
        .contains("reset-admin-password")
        .doesNotContain("hunter2");
    assertThat(line.resetsPassword()).isFalse();
  }
}
