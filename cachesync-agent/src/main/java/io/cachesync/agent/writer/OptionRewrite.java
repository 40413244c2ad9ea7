package io.cachesync.agent.writer;

import static io.cachesync.agent.writer.StreamRewrite.arguments;
import static io.cachesync.agent.writer.StreamRewrite.ascii;
import static io.cachesync.agent.writer.StreamRewrite.noPlace;
import static io.cachesync.agent.writer.StreamRewrite.require;
import static io.cachesync.agent.writer.StreamRewrite.tooOld;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;

/**
 * Options that an older target does not know, or that a server takes from its master alone. What is
 * in the stream took effect, so a condition on one element is decided; one on several is not, as
 * some of them may have met it and others not.
 */
final class OptionRewrite {
  private static final byte[] ZADD = ascii("ZADD");
  private static final byte[] ZINCRBY = ascii("ZINCRBY");
  private static final byte[] RPOPLPUSH = ascii("RPOPLPUSH");
  private static final byte[] EVAL = ascii("EVAL");
  private static final byte[] LPOP = ascii("LPOP");
  private static final byte[] RPOP = ascii("RPOP");
  private static final byte[] LPUSH = ascii("LPUSH");
  private static final byte[] RPUSH = ascii("RPUSH");
  private static final byte[] MOVE_SCRIPT =
      ascii(
          "local v = redis.call(ARGV[1], KEYS[1]) "
              + "if v then redis.call(ARGV[2], KEYS[2], v) end return 1");

  private final TargetFeatures target;

  OptionRewrite(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    registry.put("XADD", (in, out) -> trimming(in, 2, out));
    registry.put("XTRIM", (in, out) -> trimming(in, 2, out));
    if (!target.atLeast(602)) {
      registry.put("LMOVE", this::move);
      registry.put("BLMOVE", this::move);
      registry.put("ZADD", this::add);
    }
  }

  /**
   * {@code [NOMKSTREAM] [MAXLEN|MINID [=|~] n [LIMIT n]]}: a source says exactly how far it has
   * trimmed, and leaves the limit beside it, which is refused from anybody but a master.
   */
  private boolean trimming(StreamCommand in, int first, Batch out) throws FaultException {
    if (!target.atLeast(500)) {
      throw noPlace(in, target, "no streams");
    }
    require(in, 3);
    int trimAt = first;
    while (trimAt < in.count() && in.is(trimAt, "NOMKSTREAM")) {
      trimAt++;
    }
    boolean byId = in.is(trimAt, "MINID");
    if (!byId && !in.is(trimAt, "MAXLEN")) {
      sendWithout(in, first, trimAt, in.count(), in.count(), out);
      return true;
    }
    if (byId && !target.atLeast(602)) {
      throw tooOld(in, target);
    }
    require(in, trimAt + 2);
    int behind = trimAt + (in.is(trimAt + 1, "=") || in.is(trimAt + 1, "~") ? 3 : 2);
    require(in, behind);
    int rest = behind + 1 < in.count() && in.is(behind, "LIMIT") ? behind + 2 : behind;
    while (rest < in.count() && in.is(rest, "NOMKSTREAM")) {
      rest++;
    }
    sendWithout(in, first, trimAt, behind, rest, out);
    return true;
  }

  /** The command without two parts of it. */
  private static void sendWithout(
      StreamCommand in, int first, int firstEnd, int second, int secondEnd, Batch out) {
    int words = in.count() - (firstEnd - first) - (secondEnd - second);
    if (words == in.count()) {
      out.verbatim(in);
      return;
    }
    RespWriter writer = out.begin(words);
    arguments(in, 0, first, writer);
    arguments(in, firstEnd, second, writer);
    arguments(in, secondEnd, in.count(), writer);
  }

  /** Below 6.2 only one of the four directions has a command. */
  private boolean move(StreamCommand in, Batch out) throws FaultException {
    require(in, 5);
    boolean fromRight = in.is(3, "RIGHT");
    boolean toRight = in.is(4, "RIGHT");
    if (fromRight && !toRight) {
      return StreamRewrite.renamed(RPOPLPUSH, in, 3, out);
    }
    RespWriter writer = out.begin(7).arg(EVAL).arg(MOVE_SCRIPT).arg(2);
    arguments(in, 1, 3, writer);
    writer.arg(fromRight ? RPOP : LPOP).arg(toRight ? RPUSH : LPUSH);
    return true;
  }

  /** GT and LT came with 6.2, the other options with 3.0. */
  private boolean add(StreamCommand in, Batch out) throws FaultException {
    require(in, 4);
    boolean conditions = false;
    boolean compares = false;
    boolean increments = false;
    int pairs = 2;
    for (; pairs < in.count(); pairs++) {
      if (in.is(pairs, "GT") || in.is(pairs, "LT")) {
        compares = true;
      } else if (in.is(pairs, "NX") || in.is(pairs, "XX")) {
        conditions = true;
      } else if (in.is(pairs, "INCR")) {
        increments = true;
      } else if (!in.is(pairs, "CH")) {
        break;
      }
    }
    if (pairs == 2 || (!compares && target.atLeast(302))) {
      out.verbatim(in);
      return true;
    }
    boolean decided = in.count() - pairs == 2 || !(compares || conditions);
    if (!decided) {
      throw tooOld(in, target);
    }
    RespWriter writer = out.begin(2 + in.count() - pairs).arg(increments ? ZINCRBY : ZADD);
    arguments(in, 1, 2, writer);
    arguments(in, pairs, in.count(), writer);
    return true;
  }
}
