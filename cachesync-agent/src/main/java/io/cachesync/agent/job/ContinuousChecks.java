package io.cachesync.agent.job;

import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.agent.sync.LinkSpec;
import io.cachesync.agent.verify.ContinuousCheck;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.SyncSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The continuous check of each link of a job, while one is wanted. */
final class ContinuousChecks {
  private static final int MOST_LOGGED = 200;

  /** Of each side and link: a stream may touch large values without end. */
  private static final long BYTES_PER_SECOND = 16L << 20;

  private final JobLog log;
  private final Map<Integer, LinkSpec> links = new TreeMap<>();
  private final Map<Integer, KeyTouches> touches = new TreeMap<>();
  private final Map<Integer, ContinuousCheck> checks = new TreeMap<>();
  private final AtomicInteger logged = new AtomicInteger();
  private long wanted;
  private boolean ended;

  /**
   * @param keysPerSecond compared at most by all links together, 0 for none
   */
  ContinuousChecks(JobLog log, long keysPerSecond) {
    this.log = log;
    this.wanted = keysPerSecond;
  }

  /** Where a link is to tell its keys; one that begins again goes on. */
  synchronized KeyTouches touches(LinkSpec link) {
    KeyTouches own = touches.computeIfAbsent(link.number(), number -> new KeyTouches());
    links.put(link.number(), link);
    adapt();
    return own;
  }

  /** The job has these links now: those of others are over. */
  synchronized void linksAre(Set<Integer> numbers) {
    links.keySet().retainAll(numbers);
    touches.keySet().retainAll(numbers);
    checks.entrySet().removeIf(entry -> !numbers.contains(entry.getKey()) && end(entry.getValue()));
    adapt();
  }

  private static boolean end(ContinuousCheck check) {
    check.stop();
    return true;
  }

  /** From now on so many keys a second, 0 for none; what was found by then is forgotten. */
  synchronized void want(long keysPerSecond) {
    if (keysPerSecond == wanted) {
      return;
    }
    wanted = keysPerSecond;
    log.log(
        LogLevel.INFO,
        -1,
        wanted == 0
            ? "The continuous check ends."
            : "Continuous check: at most %d keys a second.".formatted(wanted));
    adapt();
  }

  /** What all of them found, or null where there are none. */
  synchronized ContinuousReport report() {
    return checks.values().stream()
        .map(ContinuousCheck::report)
        .reduce(ContinuousReport::plus)
        .orElse(null);
  }

  /** The job ends. */
  synchronized void end() {
    ended = true;
    checks.values().forEach(ContinuousCheck::stop);
  }

  private void adapt() {
    if (ended) {
      return;
    }
    if (wanted == 0) {
      checks.values().forEach(ContinuousCheck::stop);
      checks.clear();
      return;
    }
    links.forEach(
        (number, link) -> {
          if (!checks.containsKey(number)) {
            ContinuousCheck check =
                new ContinuousCheck(
                    spec(link.sync()),
                    link.secrets(),
                    touches.get(number),
                    key -> tell(number, key));
            checks.put(number, check);
            check.start();
          }
          checks.get(number).pace(Math.max(1, wanted / links.size()));
        });
  }

  /** Small values as a whole, of big ones the length: a hot one is looked at again and again. */
  private static CheckSpec spec(SyncSpec sync) {
    long tolerance = Math.max(CheckSpec.DEFAULT_TTL_TOLERANCE_MILLIS, 2 * sync.expiryGraceMillis());
    LimitSpec limits = new LimitSpec(BYTES_PER_SECOND, 0);
    return CheckSpec.between(sync.source(), sync.target())
        .mode(CheckMode.SMART)
        .filter(sync.filter())
        .rounds(1)
        .samplePercent(100)
        .ttlToleranceMillis(tolerance)
        .bothDirections(false)
        .parallel(1)
        .sourceLimits(limits)
        .targetLimits(limits)
        .keyPrefix(sync.keyPrefix())
        .build();
  }

  private void tell(int link, ContinuousReport.Key key) {
    int number = logged.incrementAndGet();
    if (number <= MOST_LOGGED) {
      log.log(
          LogLevel.WARN,
          link,
          "continuous check: key %s of database %d differs (%s), as of offset %d%s"
              .formatted(
                  key.name(),
                  key.database(),
                  String.join(", ", key.kinds().stream().map(Enum::name).toList()),
                  key.sourceOffset(),
                  number == MOST_LOGGED ? "; no more keys are told here" : ""));
    }
  }
}
