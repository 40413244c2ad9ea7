package io.cachesync.agent.rdb;

/**
 * The decoder of the LZF form that Redis uses (lzf_d.c).
 *
 * <pre>
 * 000LLLLL                            L + 1 literal bytes follow
 * LLLooooo oooooooo                   copy L + 2 bytes from o + 1 bytes back, L from 1 to 6
 * 111ooooo LLLLLLLL oooooooo          the same with L + 7
 * </pre>
 */
final class Lzf {
  private Lzf() {}

  /** Returns false where the input is damaged or does not make exactly {@code length} bytes. */
  static boolean decompress(byte[] in, int offset, int inLength, byte[] out, int length) {
    int at = offset;
    int end = offset + inLength;
    int to = 0;
    while (at < end) {
      int control = in[at++] & 0xff;
      if (control < 32) {
        int literal = control + 1;
        if (at + literal > end || to + literal > length) {
          return false;
        }
        System.arraycopy(in, at, out, to, literal);
        at += literal;
        to += literal;
        continue;
      }
      int copied = control >>> 5;
      if (at + (copied == 7 ? 2 : 1) > end) {
        return false;
      }
      if (copied == 7) {
        copied += in[at++] & 0xff;
      }
      copied += 2;
      int from = to - (((control & 0x1f) << 8) | (in[at++] & 0xff)) - 1;
      if (from < 0 || to + copied > length) {
        return false;
      }
      // Byte by byte: the copy may overlap what it makes.
      for (int i = 0; i < copied; i++) {
        out[to++] = out[from++];
      }
    }
    return to == length;
  }
}
