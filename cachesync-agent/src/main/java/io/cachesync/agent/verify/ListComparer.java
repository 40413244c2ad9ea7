package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.DifferenceKind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Compares lists element by element, to the last. */
final class ListComparer implements ValueComparer {
  @Override
  public void compare(Pair pair, long sourceLength, long targetLength, Findings findings)
      throws IOException {
    int step = pair.elementsAtOnce(sourceLength);
    long end = Math.max(sourceLength, targetLength);
    boolean sameLength = sourceLength == targetLength;
    for (long from = 0; from < end; from += step) {
      Pair.Both both = pair.ask("LRANGE", from, from + step - 1);
      List<RespValue> source = both.source().elements();
      List<RespValue> target = both.target().elements();
      int most = Math.max(source.size(), target.size());
      for (int i = 0; i < most; i++) {
        byte[] one = i < source.size() ? source.get(i).bytes() : null;
        byte[] other = i < target.size() ? target.get(i).bytes() : null;
        if (!Arrays.equals(one, other)) {
          findings.add(DifferenceKind.ELEMENT, Excerpt.bytes(Long.toString(from + i)), one, other);
          // Behind an element too many or too few, every place holds another one.
          if (!sameLength || findings.count() > Findings.KEPT) {
            return;
          }
        }
      }
    }
  }
}
