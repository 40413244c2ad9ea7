package io.cachesync.agent.verify;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Numbers that were seen, up to a bound; beyond it nothing more is remembered. Thread-safe. */
final class LongSet {
  private static final int MOST = 1 << 22;

  private long[] slots = new long[1 << 10];
  private int size;
  private boolean hasZero;

  /** Whether it was not there; always where no more can be remembered. */
  synchronized boolean add(long value) {
    if (value == 0) {
      boolean added = !hasZero;
      hasZero = true;
      return added;
    }
    int at = place(slots, value);
    if (slots[at] == value) {
      return false;
    }
    if (size < MOST / 2) {
      slots[at] = value;
      size++;
      if (size > slots.length / 2) {
        grow();
      }
    }
    return true;
  }

  synchronized void write(DataOutputStream out) throws IOException {
    out.writeBoolean(hasZero);
    out.writeInt(size);
    for (long value : slots) {
      if (value != 0) {
        out.writeLong(value);
      }
    }
  }

  synchronized void read(DataInputStream in) throws IOException {
    hasZero = in.readBoolean();
    for (int i = in.readInt(); i > 0; i--) {
      add(in.readLong());
    }
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (long value : slots) {
      if (value != 0) {
        larger[place(larger, value)] = value;
      }
    }
    slots = larger;
  }

  private static int place(long[] in, long value) {
    int at = (int) (value ^ (value >>> 32)) & (in.length - 1);
    while (in[at] != 0 && in[at] != value) {
      at = (at + 1) & (in.length - 1);
    }
    return at;
  }
}
