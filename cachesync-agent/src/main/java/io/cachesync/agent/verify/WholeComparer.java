package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.DifferenceKind;
import java.io.IOException;

/** Compares values of modules: as a whole, by what DUMP gives of them. */
final class WholeComparer implements ValueComparer {
  /** A value that is larger would stop the server for too long. */
  private static final long MOST_BYTES = 64L << 20;

  @Override
  public void compare(Pair pair, long sourceLength, long targetLength, Findings findings)
      throws IOException {
    if (!canDump(pair.source()) || !canDump(pair.target()) || isHuge(pair)) {
      findings.add(DifferenceKind.NOT_COMPARABLE, (String) null, "cannot be dumped", null);
      return;
    }
    Pair.Both dumps = pair.ask("DUMP");
    byte[] source = dumps.source().bytes();
    byte[] target = dumps.target().bytes();
    if (!Payload.sameValue(source, 0, source.length, target, 0, target.length)) {
      findings.add(DifferenceKind.NOT_COMPARABLE, null, source, target);
    }
  }

  private static boolean canDump(Wire of) {
    return of.side().features().dump();
  }

  private static boolean isHuge(Pair pair) throws IOException {
    if (!pair.source().side().features().memoryUsage()) {
      return false;
    }
    RespValue bytes = pair.ask(pair.source(), "MEMORY USAGE");
    return !bytes.isNull() && bytes.integer() > MOST_BYTES;
  }
}
