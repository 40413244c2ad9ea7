package io.cachesync.agent.writer;

import java.io.IOException;

/** Asked before each piece is sent: waits for limits and pauses, throws to go no further. */
@FunctionalInterface
public interface Pace {
  void await(long bytes, long commands) throws IOException, InterruptedException;
}
