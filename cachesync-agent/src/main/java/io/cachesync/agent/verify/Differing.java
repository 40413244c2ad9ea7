package io.cachesync.agent.verify;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DifferenceKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Keys that are known to differ, until they are found equal. Thread-safe. */
final class Differing {
  /** More are counted, and not looked at again before they are touched. */
  private static final int MOST = 1000;

  private static final int MOST_NAMED = 100;
  private static final int LONGEST_NAME = 200;

  private final Consumer<ContinuousReport.Key> told;
  private final LinkedHashMap<TouchedKey, ContinuousReport.Key> keys = new LinkedHashMap<>();
  private long further;

  Differing(Consumer<ContinuousReport.Key> told) {
    this.told = told;
  }

  /**
   * @param offset of the source at which it was read
   */
  void add(TouchedKey key, Findings findings, long offset) {
    ContinuousReport.Key named = named(key, findings, offset);
    boolean isNew;
    synchronized (this) {
      isNew = !keys.containsKey(key);
      if (keys.size() < MOST || !isNew) {
        keys.put(key, named);
      } else {
        further++;
      }
    }
    if (isNew) {
      told.accept(named);
    }
  }

  synchronized void equal(TouchedKey key) {
    keys.remove(key);
  }

  synchronized boolean contains(TouchedKey key) {
    return keys.containsKey(key);
  }

  synchronized long size() {
    return keys.size() + further;
  }

  synchronized List<TouchedKey> keys() {
    return List.copyOf(keys.keySet());
  }

  /** The first ones. */
  synchronized List<ContinuousReport.Key> named() {
    return keys.values().stream().limit(MOST_NAMED).toList();
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
