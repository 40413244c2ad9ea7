package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class NarrowTextTest {
  @ParameterizedTest
  @ValueSource(ints = {60, 72, 80})
  void theHelpOfEachVerbFitsTheWindow(int columns) {
    CommandLine all = AgentCommand.commandLine();
    Set<String> wider = new TreeSet<>();
    wider.addAll(tooWide(all, columns));
    all.getSubcommands().values().forEach(verb -> wider.addAll(tooWide(verb, columns)));
    // What is typed stays in one piece.
    assertThat(wider).allMatch(line -> line.matches(" *\\S+| +--\\S+ \\S+"));
  }

  private static List<String> tooWide(CommandLine verb, int columns) {
    StringWriter help = new StringWriter();
    verb.setUsageHelpAutoWidth(false).setUsageHelpWidth(columns);
    verb.usage(new PrintWriter(help, true));
    return help.toString().lines().filter(line -> line.length() > columns).toList();
  }

  @Test
  void aCommandGoesOnBehindABackslash() {
    assertThat(
            NarrowText.fit(
                "  cachesync-agent finish --source redis://A:1 --target redis://B:1", 40))
        .containsExactly(
            "  cachesync-agent finish \\",
            "      --source redis://A:1 \\",
            "      --target redis://B:1");
  }

  @Test
  void whatAWordMeansGoesOnInItsColumn() {
    String line = "  FULL_SYNC   the snapshot is copied from one to the other";
    assertThat(NarrowText.fit(line, 58)).containsExactly(line);
    assertThat(NarrowText.fit(line, 40))
        .containsExactly(
            "  FULL_SYNC   the snapshot is copied", "              from one to the other");
    assertThat(NarrowText.fit(line, 30))
        .containsExactly(
            "  FULL_SYNC", "      the snapshot is copied", "      from one to the other");
  }
}
