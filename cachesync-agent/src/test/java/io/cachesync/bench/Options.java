package io.cachesync.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What to measure.
 *
 * @param tables {@code full}, {@code stream}, {@code latency}
 * @param datasets what is copied by {@code full}
 * @param runs of each copier
 * @param scale a share of the keys and commands, 1 for all
 * @param cluster whether the target is one of three masters
 * @param javaOptions of the agent
 */
record Options(
    List<String> tables,
    List<Dataset> datasets,
    int runs,
    double scale,
    boolean cluster,
    List<String> javaOptions) {

  private static final List<String> TABLES =
      List.of("full", "stream", "latency", "distance", "slow");

  /** As the console starts agents. */
  private static final List<String> AGENTS =
      List.of("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /**
   * Words as {@code full stream A D runs=3 scale=0.1 cluster java=-Xmx256m java=-XX:+UseSerialGC}.
   */
  static Options of(String... words) {
    List<String> tables = new ArrayList<>();
    List<Dataset> datasets = new ArrayList<>();
    int runs = 3;
    double scale = 1;
    boolean cluster = false;
    List<String> java = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("runs=")) {
        runs = Integer.parseInt(word.substring(5));
      } else if (word.startsWith("scale=")) {
        scale = Double.parseDouble(word.substring(6));
      } else if (word.startsWith("java=")) {
        java.add(word.substring(5));
      } else if (word.equals("cluster")) {
        cluster = true;
      } else if (word.length() == 1) {
        datasets.add(Dataset.valueOf(word));
      } else if (TABLES.contains(word)) {
        tables.add(word);
      } else {
        throw new IllegalArgumentException("not known: " + word);
      }
    }
    return new Options(
        tables.isEmpty() ? TABLES : tables,
        datasets.isEmpty() ? List.of(Dataset.values()) : datasets,
        runs,
        scale,
        cluster,
        java.isEmpty() ? AGENTS : java);
  }
}
