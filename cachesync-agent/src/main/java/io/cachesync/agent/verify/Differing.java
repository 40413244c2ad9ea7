package io.cachesync.agent.verify;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DifferenceKind;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Keys that are known to differ, until they are found equal. Thread-safe. */
final class Differing {
  /** More are known by a hash only, and not looked at again before they are touched. */
  private static final int MOST = 1000;

  /** More than that are not counted. */
  private static final int MOST_FURTHER = 100_000;

  private static final int MOST_NAMED = 100;
  private static final int LONGEST_NAME = 200;

  private final Consumer<ContinuousReport.Key> told;
  private final LinkedHashMap<TouchedKey, ContinuousReport.Key> keys = new LinkedHashMap<>();
  private final Set<Long> further = new HashSet<>();

  Differing(Consumer<ContinuousReport.Key> told) {
    this.told = told;
  }

  /**
   * @param offset of the source at which it was read
   */
  void add(TouchedKey key, Findings findings, long offset) {
    ContinuousReport.Key named = named(key, findings, offset);
    if (note(key, named)) {
      told.accept(named);
    }
  }

  /** Whether it was not known to differ. */
  private synchronized boolean note(TouchedKey key, ContinuousReport.Key named) {
    if (keys.containsKey(key) || (keys.size() < MOST && !further.contains(hash(key)))) {
      return keys.put(key, named) == null;
    }
    return further.size() < MOST_FURTHER && further.add(hash(key));
  }

  synchronized void equal(TouchedKey key) {
    if (keys.remove(key) == null) {
      further.remove(hash(key));
    }
  }

  synchronized boolean contains(TouchedKey key) {
    return keys.containsKey(key) || further.contains(hash(key));
  }

  synchronized long size() {
    return keys.size() + further.size();
  }

  synchronized List<TouchedKey> keys() {
    return List.copyOf(keys.keySet());
  }

  /** The first ones. */
  synchronized List<ContinuousReport.Key> named() {
    return keys.values().stream().limit(MOST_NAMED).toList();
  }

  private static long hash(TouchedKey key) {
    return Hash64.mix(key.database() + 1L, Hash64.of(key.bytes()));
  }

  private static ContinuousReport.Key named(TouchedKey key, Findings findings, long offset) {
    Set<DifferenceKind> kinds = new TreeSet<>(findings.kinds());
    String name = Excerpt.text(key.bytes());
    String cut =
        name.codePointCount(0, name.length()) <= LONGEST_NAME
            ? name
            : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME)) + "…";
    return new ContinuousReport.Key(
        key.database(),
        cut,
        findings.type(),
        List.copyOf(kinds),
        System.currentTimeMillis(),
        offset);
  }
}
