package io.cachesync.agent.source;

/**
 * How long to let bytes come together before they are read. A source hands a snapshot on in pieces
 * of 16 KB; a reader that is woken by each of them costs itself, the source and who waits behind it
 * more than what it brings.
 *
 * <p>The pause grows while reads bring little, and shrinks where they are full: there the socket's
 * buffer may have been full as well, and the source have waited for it.
 */
final class Breath {
  static final long MOST_NANOS = 2_000_000;
  static final long LEAST_NANOS = 62_500;

  /** What a read should bring. */
  static final int ENOUGH_BYTES = 96 * 1024;

  /** The JDK hands on no more than this in one read of a socket (NioSocketImpl). */
  static final int FULL_BYTES = 128 * 1024;

  private long nanos = LEAST_NANOS;

  /**
   * How long to pause before the next read, in nanoseconds.
   *
   * @param read bytes that the last read has brought
   */
  long nanosAfter(int read) {
    if (read >= FULL_BYTES) {
      nanos = Math.max(LEAST_NANOS, nanos / 2);
      return 0;
    }
    if (read < ENOUGH_BYTES) {
      nanos = Math.min(MOST_NANOS, nanos * 2);
    }
    return nanos;
  }
}
