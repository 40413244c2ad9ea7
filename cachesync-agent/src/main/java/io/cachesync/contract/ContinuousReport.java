package io.cachesync.contract;

import java.util.ArrayList;
import java.util.List;

/**
 * How far the continuous check of a job has come: keys that the source's stream touches are
 * compared once the target has what touched them. Counted since the agent started.
 *
 * @param compared keys looked at so far; one that is touched again counts again
 * @param open touched, and not looked at yet
 * @param settling unlike when they were looked at, and not proved to differ yet: most are just
 *     being written
 * @param different proved to differ, and not found equal since
 * @param sharePercent share of the touched keys that is compared, chosen by a hash of the key; less
 *     than 100 where they come faster than they may be compared
 * @param lost touched keys of the share that were not compared, for want of room
 * @param fault why a side cannot be asked just now, otherwise null
 * @param keys that differ, the first hundred of each link
 */
public record ContinuousReport(
    long compared,
    long open,
    long settling,
    long different,
    double sharePercent,
    long lost,
    Fault fault,
    List<Key> keys) {
  public ContinuousReport {
    keys = keys == null ? List.of() : List.copyOf(keys);
  }

  /** Of two links of a job; the smaller share is told. */
  public ContinuousReport plus(ContinuousReport other) {
    List<Key> all = new ArrayList<>(keys);
    all.addAll(other.keys);
    return new ContinuousReport(
        compared + other.compared,
        open + other.open,
        settling + other.settling,
        different + other.different,
        Math.min(sharePercent, other.sharePercent),
        lost + other.lost,
        fault == null ? other.fault : fault,
        all);
  }

  /**
   * A key that differs.
   *
   * @param database of the source
   * @param name as text, with bytes that cannot be printed as <code>\xNN</code>; a long one cut
   * @param type as TYPE tells it, the source's where it has the key
   * @param kinds what is unlike
   * @param atMillis when it was read
   * @param sourceOffset where the source's stream stood then
   */
  public record Key(
      int database,
      String name,
      String type,
      List<DifferenceKind> kinds,
      long atMillis,
      long sourceOffset) {
    public Key {
      kinds = kinds == null ? List.of() : List.copyOf(kinds);
    }
  }
}
