package io.cachesync.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** That the program still measures; what it measures is of no interest here. */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class BenchmarkIT {
  private static final String SMALL = "scale=0.002";

  @Test
  void copiesEachDatasetByBothCopiers() {
    String printed = print("full", "runs=1", SMALL);
    assertThat(printed.lines().filter(line -> line.contains("| native |"))).hasSize(5);
    assertThat(printed.lines().filter(line -> line.contains("| agent |"))).hasSize(5);
  }

  @Test
  void copiesToAClusterBesideAClient() {
    String printed = print("cluster", "runs=1", SMALL);
    assertThat(printed.lines().filter(line -> line.startsWith("| A,"))).hasSize(3);
    assertThat(printed).contains("| SET |", "| a quarter not replacing |");
  }

  @Test
  void growsWithShardsAndKeys() {
    String printed = print("growth", "runs=1", SMALL);
    assertThat(printed.lines().filter(line -> line.contains("| agent |"))).hasSize(3 + 2 + 1);
  }

  @Test
  void checksBesideABareReader() {
    String printed = print("check", "B", "D", "runs=1", SMALL);
    assertThat(printed.lines().filter(line -> line.contains("| bare reader |"))).hasSize(2);
    assertThat(printed.lines().filter(line -> line.contains("| smart |"))).hasSize(2);
  }

  @Test
  void drainsOverALongWayAndPastASlowTarget() {
    String printed = print("distance", "slow", "runs=1", "scale=0.02");
    assertThat(printed.lines().filter(line -> line.startsWith("| SET |"))).hasSize(4);
    assertThat(printed).contains("| equal |");
  }

  private static String print(String... words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BenchmarkMain.measure(Options.of(words), new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
