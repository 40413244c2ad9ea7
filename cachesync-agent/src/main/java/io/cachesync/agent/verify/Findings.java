package io.cachesync.agent.verify;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.DifferenceKind;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * What one look at a key found unlike. Of very many things a few are kept: those with the smallest
 * identities, so that two looks at the same differences keep the same ones.
 */
final class Findings {
  /** Things of one key that are told. */
  static final int KEPT = 16;

  private static final AtomicLong FLEETING = new AtomicLong();

  private final TreeMap<Long, Finding> kept = new TreeMap<>();
  private final Set<DifferenceKind> kinds = EnumSet.noneOf(DifferenceKind.class);
  private String type = "";
  private long count;
  private int source;

  boolean isEmpty() {
    return count == 0;
  }

  long count() {
    return count;
  }

  Collection<Finding> kept() {
    return kept.values();
  }

  Set<DifferenceKind> kinds() {
    return kinds;
  }

  /** As TYPE tells it, the source's where it has the key. */
  String type() {
    return type;
  }

  void type(String newType) {
    type = newType;
  }

  /** Which source it was compared with, {@link CheckDifference#NO_SOURCE} for none of several. */
  int source() {
    return source;
  }

  /** Sets the source that it was compared with. */
  Findings of(int newSource) {
    source = newSource;
    return this;
  }

  /** Whether the target has the key and the source has not. */
  boolean isExtra() {
    return kinds.contains(DifferenceKind.EXTRA);
  }

  /** The identities of what is kept, ascending. */
  long[] identities() {
    return kept.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  /** Something is unlike, whatever both sides hold. */
  void add(DifferenceKind kind, byte[] field, byte[] source, byte[] target) {
    long values = Hash64.mix(Hash64.of(source), Hash64.of(target));
    addAs(kind, Hash64.mix(Hash64.of(field), values), false, field, source, target);
  }

  void add(DifferenceKind kind, String field, String source, String target) {
    add(kind, Excerpt.bytes(field), Excerpt.bytes(source), Excerpt.bytes(target));
  }

  /** Something is unlike, and is the same thing though the figures that are shown may differ. */
  void addWhateverItShows(DifferenceKind kind, byte[] field, byte[] source, byte[] target) {
    addAs(kind, Hash64.of(field), false, field, source, target);
  }

  /** Something that is about to pass, and is never the same as before. */
  void addFleeting(DifferenceKind kind, byte[] field, byte[] source, byte[] target) {
    addAs(kind, FLEETING.incrementAndGet(), true, field, source, target);
  }

  /** Only what was seen before too. */
  Findings seenIn(long[] before) {
    return only(finding -> Arrays.binarySearch(before, finding.identity()) >= 0);
  }

  /** Only what is not about to pass. */
  Findings lasting() {
    return only(finding -> !finding.isFleeting());
  }

  /** Of what is not kept nothing can be said but that it was unlike now. */
  private Findings only(Predicate<Finding> condition) {
    Findings some = new Findings();
    some.type = type;
    some.source = source;
    kept.values().stream().filter(condition).forEach(some::keep);
    some.count += some.count == 0 ? 0 : count - kept.size();
    return some;
  }

  private void addAs(
      DifferenceKind kind,
      long identity,
      boolean isFleeting,
      byte[] field,
      byte[] source,
      byte[] target) {
    long whole = Hash64.mix(kind.ordinal() + 1L, identity);
    count++;
    kinds.add(kind);
    if (kept.size() < KEPT || whole < kept.lastKey()) {
      kept.put(
          whole,
          new Finding(
              kind,
              whole,
              isFleeting,
              Excerpt.cut(field),
              Excerpt.cut(source),
              Excerpt.cut(target)));
      if (kept.size() > KEPT) {
        kept.pollLastEntry();
      }
    }
  }

  private void keep(Finding finding) {
    count++;
    kinds.add(finding.kind());
    kept.put(finding.identity(), finding);
  }
}
