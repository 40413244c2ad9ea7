package io.cachesync.agent.writer;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells what of a former full sync stays at a target over which another one is to be written. */
public interface FormerKeys {
  /**
   * Which of these keys stay.
   *
   * @param database of the target
   * @param keys by their names there
   * @return their places in the list
   */
  BitSet staying(int database, List<byte[]> keys) throws IOException, InterruptedException;

  /** The names of the function libraries that stay; empty where all of them do. */
  Optional<Set<String>> libraries() throws IOException;
}
