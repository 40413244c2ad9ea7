package io.cachesync.agent.relay;

import java.io.IOException;

/**
 * The newest bytes of a log in memory, by their position in it. It knows only where bytes go; what
 * may be overwritten is its owner's matter, and its owner's lock guards it.
 */
final class Ring {
  private final byte[] bytes;

  Ring(int length) {
    bytes = new byte[length];
  }

  int length() {
    return bytes.length;
  }

  void put(long position, byte[] from, int offset, int length) {
    int at = at(position);
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(from, offset, bytes, at, first);
    System.arraycopy(from, offset + first, bytes, 0, length - first);
  }

  void get(long position, byte[] into, int offset, int length) {
    int at = at(position);
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(bytes, at, into, offset, first);
    System.arraycopy(bytes, 0, into, offset + first, length - first);
  }

  /** How many of these bytes stand in one piece. */
  int inOnePiece(long position, long most) {
    return (int) Math.min(most, bytes.length - at(position));
  }

  /** Writes bytes that stand in one piece; they must not be overwritten meanwhile. */
  void write(long position, int length, Segment segment) throws IOException {
    segment.write(position - segment.position, bytes, at(position), length);
  }

  private int at(long position) {
    return (int) (position % bytes.length);
  }
}
