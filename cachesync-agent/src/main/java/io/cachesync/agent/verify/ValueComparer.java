package io.cachesync.agent.verify;

import java.io.IOException;

/** Compares values of one type, piece by piece. */
interface ValueComparer {
  /**
   * @param sourceLength elements or bytes at the source, as it was asked a moment ago
   * @param targetLength the same of the target
   */
  void compare(Pair pair, long sourceLength, long targetLength, Findings findings)
      throws IOException;
}
