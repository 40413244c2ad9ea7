package io.cachesync.agent.source;

import java.io.IOException;
import java.util.Arrays;

/**
 * A diskless snapshot, which ends with a mark: {@code $EOF:<40 bytes> CR LF}. The mark may be split
 * over any number of reads, and the stream may follow in the same one: the last 39 bytes are held
 * back until it is known that no mark begins in them.
 */
final class MarkedPayload implements Payload {
  static final int MARK_BYTES = 40;

  private final byte[] mark;

  /** How far a window may move on by the byte that stands at its end (Boyer, Moore, Horspool). */
  private final int[] shift = new int[256];

  /** What is held back, and behind it room for the beginning of the next bytes. */
  private final byte[] held = new byte[2 * MARK_BYTES];

  private int heldLength;
  private boolean ended;

  MarkedPayload(byte[] mark) {
    if (mark.length != MARK_BYTES) {
      throw new IllegalArgumentException("a mark of " + mark.length + " bytes");
    }
    this.mark = mark.clone();
    Arrays.fill(shift, MARK_BYTES);
    for (int i = 0; i < MARK_BYTES - 1; i++) {
      shift[mark[i] & 0xff] = MARK_BYTES - 1 - i;
    }
  }

  @Override
  public int take(byte[] bytes, int offset, int length, Output out)
      throws IOException, InterruptedException {
    if (ended || length == 0) {
      return 0;
    }
    int border = Math.min(length, MARK_BYTES - 1);
    System.arraycopy(bytes, offset, held, heldLength, border);
    int found = find(held, 0, heldLength + border);
    if (found >= 0) {
      return end(held, 0, found, found + MARK_BYTES - heldLength, out);
    }
    if (length < MARK_BYTES) {
      holdBack(heldLength + border, out);
      return length;
    }
    emit(held, 0, heldLength, out);
    heldLength = 0;
    found = find(bytes, offset, offset + length);
    if (found >= 0) {
      return end(bytes, offset, found - offset, found - offset + MARK_BYTES, out);
    }
    int kept = MARK_BYTES - 1;
    emit(bytes, offset, length - kept, out);
    System.arraycopy(bytes, offset + length - kept, held, 0, kept);
    heldLength = kept;
    return length;
  }

  @Override
  public boolean ended() {
    return ended;
  }

  private int end(byte[] bytes, int offset, int rdbLength, int taken, Output out)
      throws IOException, InterruptedException {
    emit(bytes, offset, rdbLength, out);
    ended = true;
    return taken;
  }

  /** Few bytes came: hands on what can no longer be part of a mark. */
  private void holdBack(int available, Output out) throws IOException, InterruptedException {
    int free = Math.max(0, available - (MARK_BYTES - 1));
    emit(held, 0, free, out);
    heldLength = available - free;
    System.arraycopy(held, free, held, 0, heldLength);
  }

  private static void emit(byte[] bytes, int offset, int length, Output out)
      throws IOException, InterruptedException {
    if (length > 0) {
      out.rdb(bytes, offset, length);
    }
  }

  private int find(byte[] bytes, int from, int to) {
    int at = from;
    while (at + MARK_BYTES <= to) {
      int last = MARK_BYTES - 1;
      while (last >= 0 && bytes[at + last] == mark[last]) {
        last--;
      }
      if (last < 0) {
        return at;
      }
      at += shift[bytes[at + MARK_BYTES - 1] & 0xff];
    }
    return -1;
  }
}
