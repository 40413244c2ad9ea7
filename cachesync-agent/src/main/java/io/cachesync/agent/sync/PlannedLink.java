package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.contract.StartMode;

/**
 * A link that a job is to have.
 *
 * @param number inside the job; the same for the same part of the same source at every start
 * @param source number of its source inside the job
 * @param part what it has of that source
 * @param start what the link may take a target for that does not hold its checkpoint
 */
record PlannedLink(int number, int source, SourcePart part, StartMode start) {
  PlannedLink numbered(int newNumber) {
    return new PlannedLink(newNumber, source, part, start);
  }

  /**
   * The target holds what it has copied; where that is gone a moment later, it is being removed.
   */
  PlannedLink standing(NodeState node) {
    return cut(new ShardCut(node.moved(), null, -1));
  }

  /** The same, with what was found of it before. */
  PlannedLink cut(ShardCut found) {
    return new PlannedLink(number, source, part.with(found, part.functions()), start);
  }

  /** The same, one of so many links of its source. */
  PlannedLink ofAll(int links) {
    return new PlannedLink(number, source, part.amongLinks(links), start);
  }

  /** The target is known to hold nothing of it. */
  PlannedLink fresh() {
    return new PlannedLink(number, source, part, StartMode.FRESH_ALLOWED);
  }
}
