package io.cachesync.web.check;

import io.cachesync.web.system.MetricsReader;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/**
 * How many checks there are, and what the newest of each two ends found, as gauges; read from the
 * database, so that each console tells the same.
 */
@Component
class CheckMetrics extends MetricsReader {
  private static final Duration EVERY = Duration.ofSeconds(15);
  private static final int ENDS_MAX = 500;

  private final CheckStore checks;
  private final MultiGauge counts;
  private final Map<MultiGauge, ToDoubleFunction<CheckMapper.Found>> newest = new LinkedHashMap<>();

  CheckMetrics(CheckStore checks, MeterRegistry registry) {
    super("check-metrics", EVERY);
    this.checks = checks;
    this.counts = gauge(registry, "count", "Checks that the console keeps, by outcome");
    newest.put(
        gauge(registry, "keys.compared", "Keys that the newest check of two ends compared"),
        CheckMapper.Found::comparedKeys);
    newest.put(
        gauge(registry, "keys.different", "Keys that differ by the newest check of two ends"),
        CheckMapper.Found::differentKeys);
    newest.put(
        gauge(registry, "keys.settling", "Keys that the newest check of two ends saw settling"),
        CheckMapper.Found::settlingKeys);
    newest.put(
        gauge(registry, "seconds", "How long the newest check of two ends took"),
        found -> Duration.between(found.startedAt(), found.endedAt()).toMillis() / 1000.0);
    newest.put(
        gauge(registry, "ended.time.seconds", "When the newest check of two ends ended"),
        found -> found.endedAt().toEpochMilli() / 1000.0);
  }

  @Override
  protected void read() {
    Map<String, Long> byOutcome = new LinkedHashMap<>();
    CheckFilter.OUTCOMES.forEach(outcome -> byOutcome.put(outcome, 0L));
    checks
        .tallies()
        .forEach(tally -> byOutcome.merge(outcome(tally), tally.checkCount(), Long::sum));
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    byOutcome.forEach(
        (outcome, count) -> rows.add(MultiGauge.Row.of(Tags.of("outcome", outcome), count)));
    counts.register(rows, true);
    List<CheckMapper.Found> found = checks.newestOfEnds(ENDS_MAX);
    newest.forEach(
        (gauge, number) ->
            gauge.register(
                found.stream()
                    .<MultiGauge.Row<?>>map(
                        each -> MultiGauge.Row.of(tags(each), number.applyAsDouble(each)))
                    .toList(),
                true));
  }

  /** One of {@link CheckFilter#OUTCOMES}. */
  private static String outcome(CheckMapper.Tally tally) {
    return switch (tally.state()) {
      case QUEUED, RUNNING, RECOVERING, STOPPING, COLLECTING -> "running";
      case DONE -> tally.differs() ? "different" : tally.repaired() ? "repaired" : "equal";
      case STOPPED -> "stopped";
      case FAILED -> "failed";
    };
  }

  private static Tags tags(CheckMapper.Found found) {
    return Tags.of(
        "source",
        found.sourceLabel(),
        "target",
        found.targetLabel(),
        "task",
        found.taskId() == null ? "" : String.valueOf(found.taskId()));
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder("cachesync.check." + name)
        .description(description)
        .register(registry);
  }
}
