package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespReader;
import java.util.Arrays;

/**
 * Elements of one side in no order, of which each of the other side takes one that is equal, byte
 * by byte. An element is one reply or several that belong together. Nothing is allocated once it
 * has grown. For one thread.
 */
final class Bag {
  /** Before each reply, so that those of an element are told apart. */
  private static final int LENGTH_BYTES = 4;

  private static final int FREE = -1;

  private byte[] bytes = new byte[16 * 1024];
  private int[] starts = new int[1024];

  /** Where an element ends; before its start once it was taken. */
  private int[] ends = new int[1024];

  /** By their hash, the place behind the last one where another one stands there. */
  private int[] table = new int[0];

  private int count;
  private int length;

  /**
   * @param elements that will be put in
   */
  void clear(int elements) {
    int places = Integer.highestOneBit(Math.max(8, elements)) * 4;
    if (table.length < places) {
      table = new int[places];
    }
    Arrays.fill(table, FREE);
    if (starts.length < elements) {
      starts = new int[elements];
      ends = new int[elements];
    }
    count = 0;
    length = 0;
  }

  /** Bytes that are held. */
  int length() {
    return length;
  }

  /** Adds a reply to the element that is being made. */
  void append(RespReader in) {
    int more = in.length() + LENGTH_BYTES;
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
    for (int i = 0; i < LENGTH_BYTES; i++) {
      bytes[length + i] = (byte) (in.length() >>> (8 * i));
    }
    System.arraycopy(in.buffer(), in.offset(), bytes, length + LENGTH_BYTES, in.length());
    length += more;
  }

  /** Puts the element that was made in. */
  void put() {
    starts[count] = count == 0 ? 0 : Math.abs(ends[count - 1]);
    ends[count] = length;
    int place = place(starts[count], length);
    while (table[place] != FREE) {
      place = next(place);
    }
    table[place] = count++;
  }

  /** Takes one out that is equal to the element that was made, which is gone then. */
  boolean take() {
    int start = count == 0 ? 0 : Math.abs(ends[count - 1]);
    int end = length;
    length = start;
    for (int place = place(start, end); table[place] != FREE; place = next(place)) {
      int element = table[place];
      if (ends[element] > 0
          && Arrays.equals(bytes, starts[element], ends[element], bytes, start, end)) {
        ends[element] = -ends[element];
        return true;
      }
    }
    return false;
  }

  private int place(int from, int to) {
    return (int) Hash64.of(bytes, from, to - from) & (table.length - 1);
  }

  private int next(int place) {
    return (place + 1) & (table.length - 1);
  }
}
