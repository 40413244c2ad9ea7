package io.cachesync.agent.verify;

import io.cachesync.contract.DifferenceKind;
import java.io.IOException;
import java.util.Arrays;

/** Compares strings; of a HyperLogLog what it has counted, and not its form or what it cached. */
final class StringComparer implements ValueComparer {
  /** Bytes before the first that differs that are shown. */
  private static final int BEFORE = 16;

  @Override
  public void compare(Pair pair, long sourceLength, long targetLength, Findings findings)
      throws IOException {
    long end = Math.max(sourceLength, targetLength);
    for (long from = 0; from < end || from == 0; from += Pair.PIECE_BYTES) {
      Pair.Both both = pair.ask("GETRANGE", from, from + Pair.PIECE_BYTES - 1);
      byte[] source = both.source().bytes();
      byte[] target = both.target().bytes();
      int at = Arrays.mismatch(source, target);
      if (at >= 0) {
        if (from > 0 || !HyperLogLog.sameCounts(source, target)) {
          tell(from, at, source, target, findings);
        }
        return;
      }
    }
  }

  private static void tell(long from, int at, byte[] source, byte[] target, Findings findings) {
    byte[] field = Excerpt.bytes("byte " + (from + at));
    findings.add(DifferenceKind.VALUE, field, part(source, at), part(target, at));
  }

  private static byte[] part(byte[] bytes, int at) {
    return Excerpt.from(bytes, Math.max(0, at - BEFORE));
  }
}
