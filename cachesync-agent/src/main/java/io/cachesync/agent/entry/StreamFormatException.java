package io.cachesync.agent.entry;

import java.io.IOException;

/**
 * A replication stream that is not one: the position was lost. Nothing behind it can be trusted.
 */
public final class StreamFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public StreamFormatException(String message) {
    super(message);
  }
}
