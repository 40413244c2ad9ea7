package io.cachesync.web.endpoint;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.Fault;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * What an endpoint said of itself, as pages show it; unknown figures are a dash.
 *
 * @param fault why it could not be asked, or null
 * @param databases one line per database, {@code 0: 1,000}
 * @param maxMemory the limit, or null where there is none
 * @param replica whether it is a replica
 * @param standalone whether it is what this version can move
 */
public record EndpointFactsView(
    Fault fault,
    String address,
    String server,
    String mode,
    String runId,
    boolean standalone,
    boolean replica,
    String replicas,
    String keys,
    List<String> databases,
    String memory,
    String maxMemory,
    String policy,
    String backlog,
    List<String> modules,
    String commandsPerSecond,
    String clockSkew,
    String connectMillis) {
  private static final String UNKNOWN = "–";
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

  public static EndpointFactsView of(EndpointFacts facts, Locale locale) {
    NumberFormat numbers = NumberFormat.getIntegerInstance(locale);
    long keys = facts.keysPerDatabase().values().stream().mapToLong(Long::longValue).sum();
    return new EndpointFactsView(
        facts.fault(),
        facts.address(),
        facts.fault() == null ? name(facts.product()) + " " + facts.version() : UNKNOWN,
        facts.mode(),
        facts.runId(),
        "standalone".equals(facts.mode()),
        "slave".equals(facts.role()),
        count(facts.connectedReplicas(), numbers),
        numbers.format(keys),
        new TreeMap<>(facts.keysPerDatabase())
            .entrySet().stream()
                .map(entry -> entry.getKey() + ": " + numbers.format(entry.getValue()))
                .toList(),
        bytes(facts.usedMemoryBytes()),
        facts.maxMemoryBytes() == 0 ? null : bytes(facts.maxMemoryBytes()),
        facts.maxMemoryPolicy().isEmpty() ? UNKNOWN : facts.maxMemoryPolicy(),
        bytes(facts.backlogBytes()),
        facts.modules(),
        count(facts.commandsPerSecond(), numbers),
        numbers.format(facts.clockSkewMillis()) + " ms",
        count(facts.connectMillis(), numbers) + " ms");
  }

  private static String name(String product) {
    return product.equals("valkey") ? "Valkey" : "Redis";
  }

  private static String count(long number, NumberFormat numbers) {
    return number < 0 ? UNKNOWN : numbers.format(number);
  }

  private static String bytes(long bytes) {
    if (bytes < 0) {
      return UNKNOWN;
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String form = unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, form, value, UNITS[unit]);
  }
}
