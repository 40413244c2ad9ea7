package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespReader;
import java.util.Arrays;

/** Replies of the source, by the index of their key, while those of the target come. */
final class Arena {
  private byte[] bytes = new byte[64 * 1024];
  private int[] offsets = new int[0];
  private int[] sizes = new int[0];
  private int length;

  void clear(int count) {
    length = 0;
    if (offsets.length < count) {
      offsets = new int[count];
      sizes = new int[count];
    }
  }

  void put(int i, RespReader in) {
    if (bytes.length - length < in.length()) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + in.length()));
    }
    System.arraycopy(in.buffer(), in.offset(), bytes, length, in.length());
    offsets[i] = length;
    sizes[i] = in.length();
    length += in.length();
  }

  /** Bytes of all that is held. */
  int length() {
    return length;
  }

  /** Bytes of one reply. */
  int length(int i) {
    return sizes[i];
  }

  boolean isEqual(int i, RespReader in) {
    int from = offsets[i];
    return Arrays.equals(
        bytes, from, from + sizes[i], in.buffer(), in.offset(), in.offset() + in.length());
  }
}
