package io.cachesync.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What to measure.
 *
 * @param tables names of {@link BenchmarkMain}
 * @param named what is copied, where it was said
 * @param runs of each copier
 * @param scale a share of the keys and commands, 1 for all
 * @param millions of keys that the growth is measured with; none of 0
 * @param shards that the growth is measured with
 * @param javaOptions of the agent
 */
record Options(
    List<String> tables,
    List<Dataset> named,
    int runs,
    double scale,
    List<Integer> millions,
    List<Integer> shards,
    List<String> javaOptions) {

  private static final List<String> TABLES =
      List.of("full", "stream", "latency", "distance", "slow", "cluster", "growth", "check");

  /** As the console starts agents. */
  private static final List<String> AGENTS =
      List.of("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** Words as {@code full stream A D runs=3 scale=0.1 millions=1,10 shards=1,2,4 java=-Xmx256m}. */
  static Options of(String... words) {
    List<String> tables = new ArrayList<>();
    List<Dataset> datasets = new ArrayList<>();
    int runs = 3;
    double scale = 1;
    List<Integer> millions = List.of(1, 10);
    List<Integer> shards = List.of(1, 2, 4);
    List<String> java = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("runs=")) {
        runs = Integer.parseInt(word.substring(5));
      } else if (word.startsWith("scale=")) {
        scale = Double.parseDouble(word.substring(6));
      } else if (word.startsWith("millions=")) {
        millions = numbers(word.substring(9));
      } else if (word.startsWith("shards=")) {
        shards = numbers(word.substring(7));
      } else if (word.startsWith("java=")) {
        java.add(word.substring(5));
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
        datasets,
        runs,
        scale,
        millions,
        shards,
        java.isEmpty() ? AGENTS : java);
  }

  private static List<Integer> numbers(String text) {
    return Arrays.stream(text.split(",")).map(Integer::valueOf).filter(n -> n > 0).toList();
  }

  /** What was said to be copied, or these. */
  List<Dataset> datasets(Dataset... otherwise) {
    return named.isEmpty() ? List.of(otherwise) : named;
  }

  int keys(Dataset dataset) {
    return (int) (dataset.keys() * scale);
  }
}
