package io.cachesync.agent.source;

import java.io.IOException;

/** Tells the bytes of a snapshot from what follows them. Pure: fed in any pieces. */
interface Payload {
  /** Takes the snapshot's bytes as they are found. */
  @FunctionalInterface
  interface Output {
    void rdb(byte[] buffer, int offset, int length) throws IOException, InterruptedException;
  }

  /**
   * Takes bytes up to the end of the snapshot.
   *
   * @return how many were taken; fewer than {@code length} only at the end
   */
  int take(byte[] bytes, int offset, int length, Output out)
      throws IOException, InterruptedException;

  /** Whether the last byte has been handed on. */
  boolean ended();
}
