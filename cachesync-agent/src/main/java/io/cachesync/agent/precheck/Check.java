package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;

/** One question about two servers that both answer. Reads only, and leaves nothing behind. */
interface Check {
  PrecheckCode code();

  /** Whether it is asked once of all sources together, and not of each. */
  default boolean isOfAllSources() {
    return false;
  }

  /**
   * What was found; empty where there is nothing to ask.
   *
   * @throws IOException when a server failed to answer
   */
  List<PrecheckFinding> run(Ends ends) throws IOException;
}
