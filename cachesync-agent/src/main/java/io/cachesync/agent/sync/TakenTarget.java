package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.redis.RedisException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a task has at a target, taken from whoever wrote there.
 *
 * @param connection or connections that hold it
 * @param removal removes everything of the task and tells how many keys there were
 */
record TakenTarget(TargetState state, Closeable connection, Removing removal)
    implements AutoCloseable {
  /** Talks to the target. */
  @FunctionalInterface
  interface Removing {
    int remove() throws RedisException;
  }

  int remove() throws RedisException {
    return removal.remove();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return connection.toString();
  }
}
