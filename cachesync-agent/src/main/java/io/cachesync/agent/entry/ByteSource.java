package io.cachesync.agent.entry;

import java.io.IOException;

/** Bytes that are pulled, such as a snapshot out of a relay log or out of a file. */
@FunctionalInterface
public interface ByteSource {
  /**
   * Waits until at least one byte is there.
   *
   * @param length at least 1
   * @return number of bytes put into the buffer, or -1 at the end
   */
  int read(byte[] buffer, int offset, int length) throws IOException;
}
