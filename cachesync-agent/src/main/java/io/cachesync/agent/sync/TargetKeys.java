package io.cachesync.agent.sync;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** Tells which keys of some hash slots a target holds. */
@FunctionalInterface
interface TargetKeys {
  /** Takes some of them. */
  @FunctionalInterface
  interface Sink {
    void take(List<byte[]> keys) throws IOException, InterruptedException;
  }

  /** A key that is there all the while is told at least once. */
  void visit(BitSet slots, Sink sink) throws IOException, InterruptedException;
}
