package io.cachesync.contract;

import java.util.List;
import java.util.Map;

/**
 * How far a check has come, and what it found.
 *
 * @param fault why it failed, otherwise null
 * @param round the round that is on or was last, from 1; 0 before the first
 * @param percent of this round, -1 where that is not known
 * @param differentKeys keys that are unlike; before the end, as the last round saw it
 * @param settlingKeys keys that were unlike in each round, but never twice in the same way, or that
 *     are just expiring
 * @param differencesByKind different keys by what is unlike; a key may stand at several
 * @param differencesByType different keys by their type
 * @param settled rounds that are over
 * @param resumes how often it went on where a former process had ended
 * @param moreSources further sources, in their order
 */
public record CheckReport(
    long startedMillis,
    long atMillis,
    CheckPhase phase,
    Fault fault,
    CheckMode mode,
    int round,
    int rounds,
    int percent,
    long differentKeys,
    long settlingKeys,
    Map<DifferenceKind, Long> differencesByKind,
    Map<String, Long> differencesByType,
    List<Round> settled,
    Side source,
    Side target,
    int resumes,
    List<Side> moreSources) {
  public CheckReport {
    differencesByKind = differencesByKind == null ? Map.of() : Map.copyOf(differencesByKind);
    differencesByType = differencesByType == null ? Map.of() : Map.copyOf(differencesByType);
    settled = settled == null ? List.of() : List.copyOf(settled);
    moreSources = moreSources == null ? List.of() : List.copyOf(moreSources);
  }

  /** That nobody had to go on with. */
  public CheckReport(
      long startedMillis,
      long atMillis,
      CheckPhase phase,
      Fault fault,
      CheckMode mode,
      int round,
      int rounds,
      int percent,
      long differentKeys,
      long settlingKeys,
      Map<DifferenceKind, Long> differencesByKind,
      Map<String, Long> differencesByType,
      List<Round> settled,
      Side source,
      Side target) {
    this(
        startedMillis,
        atMillis,
        phase,
        fault,
        mode,
        round,
        rounds,
        percent,
        differentKeys,
        settlingKeys,
        differencesByKind,
        differencesByType,
        settled,
        source,
        target,
        0,
        List.of());
  }

  /**
   * A round that is over.
   *
   * @param keysCompared looked at on both sides
   * @param keysDiffering unlike at that time
   * @param byKind those, by what is unlike
   */
  public record Round(
      int round,
      long millis,
      long keysCompared,
      long keysDiffering,
      Map<DifferenceKind, Long> byKind,
      Map<String, Long> byType) {
    public Round {
      byKind = byKind == null ? Map.of() : Map.copyOf(byKind);
      byType = byType == null ? Map.of() : Map.copyOf(byType);
    }
  }

  /**
   * What one side was asked.
   *
   * @param address of the node that is asked first
   * @param version lowest version of its nodes
   * @param keys in the databases that are compared, when the check began
   * @param keysScanned of these so far
   * @param commands sent so far
   * @param bytes of keys and values read so far
   * @param commandsPerSecond in the last seconds, and once it is over on average of its rounds
   * @param bytesPerSecond the same of the bytes
   */
  public record Side(
      String address,
      String version,
      long keys,
      long keysScanned,
      long commands,
      long bytes,
      long commandsPerSecond,
      long bytesPerSecond) {}
}
