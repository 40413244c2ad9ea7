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

  private static final int REFERENCES_SINCE = 802;
  private static final int PRODUCERS_SINCE = 806;

  private final TargetFeatures target;

  OptionRewrite(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    registry.put("XADD", this::trimming);
    registry.put("XTRIM", this::trimming);
    if (!target.atLeast(PRODUCERS_SINCE)) {
      // What a stream remembers of its producers has no place there, and is none of its entries.
      registry.put("XCFGSET", (in, out) -> false);
      registry.put("XIDMPRECORD", (in, out) -> false);
    }
    if (!target.atLeast(602)) {
      registry.put("LMOVE", this::move);
      registry.put("BLMOVE", this::move);
      registry.put("ZADD", this::add);
    }
  }

  /**
   * {@code XADD key [NOMKSTREAM] [KEEPREF|DELREF|ACKED] [IDMP producer message|IDMPAUTO producer]
   * [MAXLEN|MINID [=|~] n [LIMIT n]] id field value…}, XTRIM as far as it has these. A source says
   * exactly how far it has trimmed, and leaves the limit beside it, which is refused from anybody
   * but a master. A message that was there already still has a star in place of its ID: it has
   * added nothing.
   */
  private boolean trimming(StreamCommand in, Batch out) throws FaultException {
    if (!target.atLeast(500)) {
      throw noPlace(in, target, "no streams");
    }
    require(in, 3);
    boolean adds = in.is(0, "XADD");
    int references = 0;
    int producer = 0;
    int producerWords = 0;
    int trim = 0;
    int trimWords = 0;
    int at = 2;
    for (int words = 1; at < in.count(); at += words) {
      words = 1;
      if (in.is(at, "MAXLEN") || in.is(at, "MINID")) {
        require(in, at + 2);
        words = in.is(at + 1, "=") || in.is(at + 1, "~") ? 3 : 2;
        trim = at;
        trimWords = words;
      } else if (in.is(at, "DELREF") || in.is(at, "ACKED")) {
        references = at;
      } else if (in.is(at, "LIMIT")) {
        words = 2;
      } else if (adds && (in.is(at, "IDMP") || in.is(at, "IDMPAUTO"))) {
        words = in.is(at, "IDMP") ? 3 : 2;
        producer = at;
        producerWords = words;
      } else if (!in.is(at, "NOMKSTREAM") && !in.is(at, "KEEPREF")) {
        break;
      }
    }
    require(in, at);
    if (producer > 0 && at < in.count() && in.is(at, "*")) {
      return false;
    }
    if (trim > 0 && in.is(trim, "MINID") && !target.atLeast(602)) {
      throw tooOld(in, target);
    }
    if (references > 0 && !target.atLeast(REFERENCES_SINCE)) {
      throw StreamRewrite.noWords(
          in, "the target (%s) cannot trim by what groups have read".formatted(target.version()));
    }
    if (!target.atLeast(PRODUCERS_SINCE)) {
      producerWords = 0;
    }
    int kept = 2 + (references > 0 ? 1 : 0) + producerWords + trimWords + in.count() - at;
    if (kept == in.count()) {
      out.verbatim(in);
      return true;
    }
    RespWriter writer = out.begin(kept);
    arguments(in, 0, 2, writer);
    if (references > 0) {
      arguments(in, references, references + 1, writer);
    }
    arguments(in, producer, producer + producerWords, writer);
    arguments(in, trim, trim + trimWords, writer);
    arguments(in, at, in.count(), writer);
    return true;
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
