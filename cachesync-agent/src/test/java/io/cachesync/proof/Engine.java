package io.cachesync.proof;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One start of the engine. */
interface Engine extends AutoCloseable {
  void direct(Desired desired);

  Phase phase();

  /**
   * Whether the links have applied everything up to here, and wait for no slot that moves.
   *
   * @param offsets by where each link reads
   */
  boolean hasApplied(Map<String, Long> offsets);

  /** The same of what links tell. */
  static boolean haveApplied(List<LinkStatus> links, Map<String, Long> offsets) {
    boolean one = links.size() == 1;
    return links.size() == offsets.size()
        && links.stream()
            .allMatch(
                link ->
                    link.appliedOffset() >= offsets.getOrDefault(link.source(), Long.MAX_VALUE)
                        // Below 4.0 a source that counts anew stands before what was applied.
                        && link.lagBytes() >= 0
                        && (one || link.inSync()));
  }

  /**
   * Whether the links are in these histories by now: one that has not yet heard that its source has
   * lost something stands further on than there is anything.
   *
   * @param replIds by where each link reads
   */
  boolean follows(Map<String, String> replIds);

  /** The same of what links tell. */
  static boolean follow(List<LinkStatus> links, Map<String, String> replIds) {
    return replIds.isEmpty()
        || (!links.isEmpty()
            && links.stream().allMatch(link -> link.replId().equals(replIds.get(link.source()))));
  }

  /** Whether every command that was read had one fate; to be asked after the end. */
  boolean balanced();

  /** What it could not heal, of all starts; to be asked after the end. */
  List<DeadLetter> deadLetters();

  Optional<End> end();

  /** Is gone at once: what it has sent may still arrive, nothing more is sent. */
  void kill();

  /** Stands still, with its connections open, until {@link #thaw}. */
  void freeze();

  void thaw();

  /** What it said, for whoever has to explain. */
  String said();

  @Override
  void close();

  /**
   * @param fault null where it ended as it was told
   */
  record End(Phase phase, Fault fault) {}
}
