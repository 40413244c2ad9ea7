package io.cachesync.agent.relay;

import java.io.Closeable;
import java.io.IOException;

/** Reads a relay log's stream in order, from memory while it keeps up, otherwise from disk. */
public final class RelayReader implements Closeable {
  RelayReader() {}

  /**
   * Waits for the next record.
   *
   * @param timeoutMillis 0 = do not wait
   * @return false when there was none in time
   * @throws io.cachesync.contract.FaultException what {@link RelayLog#fail} was given, once every
   *     record before it was read; STREAM_CORRUPT for a damaged file
   */
  public boolean next(RelayRecord into, long timeoutMillis)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
