package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.agent.writer.Doubt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The part of the stream that a lane sends at once, and what is known of it. */
final class Filling {
  /** Where it begins. */
  final ReplicationPosition start;

  final Tally.Counts counts = new Tally.Counts();

  /** By the offset of a flush: keys that are no longer ahead because of it. */
  final Map<Long, List<DatabaseKey>> flushed = new HashMap<>();

  /** Whether something is left out whose keys must be fetched. */
  boolean doubtful;

  /** Commands that the target cannot take. */
  final List<Doubt> leftOut = new ArrayList<>();

  /** What was ahead where this began. */
  Map<DatabaseKey, Long> ahead;

  /** Whether each of its commands only replaces. */
  boolean replacing = true;

  long bytes;
  long endOffset;

  /** Whether a command has no check before it although its key may expire. */
  boolean unchecked;

  Filling(ReplicationPosition start) {
    this.start = start;
  }
}
