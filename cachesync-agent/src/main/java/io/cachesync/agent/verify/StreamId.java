package io.cachesync.agent.verify;

import java.nio.charset.StandardCharsets;

/** The id of a stream's entry; both numbers are unsigned. */
record StreamId(long millis, long seq) implements Comparable<StreamId> {
  static final StreamId FIRST = new StreamId(0, 0);

  static StreamId parse(byte[] text) {
    String id = new String(text, StandardCharsets.US_ASCII);
    int dash = id.indexOf('-');
    return new StreamId(
        Long.parseUnsignedLong(id.substring(0, dash)),
        Long.parseUnsignedLong(id.substring(dash + 1)));
  }

  /** The next possible one, or null behind the last. */
  StreamId next() {
    if (seq != -1) {
      return new StreamId(millis, seq + 1);
    }
    return millis == -1 ? null : new StreamId(millis + 1, 0);
  }

  @Override
  public int compareTo(StreamId other) {
    int byMillis = Long.compareUnsigned(millis, other.millis);
    return byMillis != 0 ? byMillis : Long.compareUnsigned(seq, other.seq);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(millis) + "-" + Long.toUnsignedString(seq);
  }
}
