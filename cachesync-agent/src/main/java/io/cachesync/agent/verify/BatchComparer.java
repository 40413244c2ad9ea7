package io.cachesync.agent.verify;

import java.io.IOException;
import java.util.BitSet;

/**
 * Looks at many keys at once and says which of them need a closer look; of all others both sides
 * are equal. For one thread.
 */
interface BatchComparer {
  /** The indexes of keys that need a closer look. */
  BitSet suspects(KeyBatch batch) throws IOException;
}
