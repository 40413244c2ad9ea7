package io.cachesync.agent.writer;

import static io.cachesync.agent.writer.StreamRewrite.ascii;
import static io.cachesync.agent.writer.StreamRewrite.number;
import static io.cachesync.agent.writer.StreamRewrite.require;
import static io.cachesync.agent.writer.StreamRewrite.unknownForm;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;

/**
 * Commands that set when a key expires. The source decides when it does: a time is sent later by
 * the grace, so that the source's DEL comes first, and a relative time counts from when the bytes
 * were received.
 */
final class ExpiryRewrite {
  /** No time in this command. */
  static final long NONE = Long.MIN_VALUE;

  private static final byte[] SET = ascii("SET");
  private static final byte[] DEL = ascii("DEL");
  private static final byte[] PXAT = ascii("PXAT");
  private static final byte[] KEEPTTL = ascii("KEEPTTL");
  private static final byte[] PEXPIREAT = ascii("PEXPIREAT");
  private static final byte[] PERSIST = ascii("PERSIST");
  private static final byte[] RESTORE = ascii("RESTORE");
  private static final byte[] REPLACE = ascii("REPLACE");
  private static final byte[] ABSTTL = ascii("ABSTTL");
  private static final byte[] EVAL = ascii("EVAL");

  /** SET … KEEPTTL for servers below 6.0. */
  private static final byte[] KEEP_TTL_SCRIPT =
      ascii(
          "if redis.replicate_commands then redis.replicate_commands() end "
              + "local t = redis.call('PTTL', KEYS[1]) "
              + "redis.call('SET', KEYS[1], ARGV[1]) "
              + "if t > 0 then redis.call('PEXPIRE', KEYS[1], t) end return 1");

  private final TargetFeatures target;

  ExpiryRewrite(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    registry.put("SET", this::set);
    registry.put("MSETEX", this::setMany);
    registry.put("SETEX", (in, out) -> setWithTime(in, "EX", out));
    registry.put("PSETEX", (in, out) -> setWithTime(in, "PX", out));
    registry.put("EXPIRE", (in, out) -> expire(in, "EX", out));
    registry.put("PEXPIRE", (in, out) -> expire(in, "PX", out));
    registry.put("EXPIREAT", (in, out) -> expire(in, "EXAT", out));
    registry.put("PEXPIREAT", (in, out) -> expire(in, "PXAT", out));
    registry.put("GETEX", this::getEx);
    registry.put("RESTORE", this::restore);
    registry.put("RESTORE-ASKING", this::restore);
  }

  /**
   * The time that a unit and a number mean, with its grace.
   *
   * @param unit argument with EX, PX, EXAT or PXAT
   */
  static long time(TargetFeatures target, StreamCommand in, String unit, long value)
      throws FaultException {
    try {
      return switch (unit) {
        case "EX" -> target.relative(in.receivedMillis(), Math.multiplyExact(value, 1000L));
        case "PX" -> target.relative(in.receivedMillis(), value);
        case "EXAT" -> target.absolute(Math.multiplyExact(value, 1000L));
        default -> target.absolute(value);
      };
    } catch (ArithmeticException e) {
      throw unknownForm(in);
    }
  }

  /** EX, PX, EXAT or PXAT where an argument is one of them, otherwise empty. */
  static String unit(StreamCommand in, int argument) {
    if (in.is(argument, "PXAT")) {
      return "PXAT";
    }
    if (in.is(argument, "PX")) {
      return "PX";
    }
    if (in.is(argument, "EX")) {
      return "EX";
    }
    return in.is(argument, "EXAT") ? "EXAT" : "";
  }

  private boolean set(StreamCommand in, Batch out) throws FaultException {
    require(in, 3);
    if (in.count() == 3) {
      out.verbatim(in);
      return true;
    }
    long at = NONE;
    boolean keepTtl = false;
    for (int i = 3; i < in.count(); i++) {
      String unit = unit(in, i);
      if (!unit.isEmpty()) {
        i++;
        at = time(target, in, unit, number(in, i));
      } else if (in.is(i, "KEEPTTL")) {
        keepTtl = true;
      } else if (isComparison(in, i)) {
        i++;
      } else if (!in.is(i, "NX") && !in.is(i, "XX") && !in.is(i, "GET")) {
        throw unknownForm(in);
      }
    }
    if (keepTtl) {
      setKeepingTtl(in, 1, out);
    } else {
      setWithTime(in, 1, 2, at, out);
    }
    return true;
  }

  /** Valkey 8.1 and Redis 8.4: a condition on what was there, or on its digest. */
  private static boolean isComparison(StreamCommand in, int argument) {
    return in.is(argument, "IFEQ")
        || in.is(argument, "IFNE")
        || in.is(argument, "IFDEQ")
        || in.is(argument, "IFDNE");
  }

  private void setKeepingTtl(StreamCommand in, int key, Batch out) {
    if (target.atLeast(600)) {
      RespWriter writer = out.begin(4).arg(SET);
      StreamRewrite.arguments(in, key, key + 2, writer);
      writer.arg(KEEPTTL);
    } else {
      RespWriter writer = out.begin(5).arg(EVAL).arg(KEEP_TTL_SCRIPT).arg(1);
      StreamRewrite.arguments(in, key, key + 2, writer);
    }
  }

  /** {@code MSETEX n key value… [NX|XX] [PXAT time|KEEPTTL]}: few targets have it. */
  private boolean setMany(StreamCommand in, Batch out) throws FaultException {
    long count = number(in, 1);
    if (count < 1 || 2 + 2 * count > in.count()) {
      throw unknownForm(in);
    }
    int behind = (int) (2 + 2 * count);
    long at = NONE;
    boolean keepTtl = false;
    for (int i = behind; i < in.count(); i++) {
      String unit = unit(in, i);
      if (!unit.isEmpty()) {
        i++;
        at = time(target, in, unit, number(in, i));
      } else if (in.is(i, "KEEPTTL")) {
        keepTtl = true;
      } else if (!in.is(i, "NX") && !in.is(i, "XX")) {
        throw unknownForm(in);
      }
    }
    for (int key = 2; key < behind; key += 2) {
      if (keepTtl) {
        setKeepingTtl(in, key, out);
      } else {
        setWithTime(in, key, key + 1, at, out);
      }
    }
    return true;
  }

  private boolean setWithTime(StreamCommand in, String unit, Batch out) throws FaultException {
    require(in, 4);
    setWithTime(in, 1, 3, time(target, in, unit, number(in, 2)), out);
    return true;
  }

  private void setWithTime(StreamCommand in, int key, int value, long at, Batch out) {
    boolean inOne = at != NONE && target.atLeast(602);
    RespWriter writer = out.begin(inOne ? 5 : 3).arg(SET);
    StreamRewrite.arguments(in, key, key + 1, writer);
    StreamRewrite.arguments(in, value, value + 1, writer);
    if (inOne) {
      writer.arg(PXAT).arg(at);
    } else if (at != NONE) {
      expireAt(in, key, at, out);
    }
  }

  /** Flags (NX, XX, GT, LT) are dropped: what is in the stream took effect. */
  private boolean expire(StreamCommand in, String unit, Batch out) throws FaultException {
    require(in, 3);
    expireAt(in, time(target, in, unit, number(in, 2)), out);
    return true;
  }

  private boolean getEx(StreamCommand in, Batch out) throws FaultException {
    require(in, 2);
    if (in.count() == 2) {
      return false;
    }
    if (in.is(2, "PERSIST")) {
      StreamRewrite.arguments(in, 1, 2, out.begin(2).arg(PERSIST));
      return true;
    }
    String unit = unit(in, 2);
    if (unit.isEmpty()) {
      throw unknownForm(in);
    }
    expireAt(in, time(target, in, unit, number(in, 3)), out);
    return true;
  }

  /** Idle time and frequency are not data and are left out. */
  private boolean restore(StreamCommand in, Batch out) throws FaultException {
    require(in, 4);
    refuseModule(in);
    boolean absolute = false;
    for (int i = 4; i < in.count(); i++) {
      absolute |= in.is(i, "ABSTTL");
    }
    long ttl = number(in, 2);
    long at = ttl == 0 ? 0 : time(target, in, absolute ? "PXAT" : "PX", ttl);
    boolean inOne = target.atLeast(500);
    boolean replace = target.atLeast(300);
    if (!replace) {
      StreamRewrite.arguments(in, 1, 2, out.begin(2).arg(DEL));
    }
    RespWriter writer = out.begin(4 + (replace ? 1 : 0) + (inOne && at != 0 ? 1 : 0)).arg(RESTORE);
    StreamRewrite.arguments(in, 1, 2, writer);
    writer.arg(inOne ? at : 0);
    StreamRewrite.arguments(in, 3, 4, writer);
    if (replace) {
      writer.arg(REPLACE);
    }
    if (inOne && at != 0) {
      writer.arg(ABSTTL);
    } else if (at != 0) {
      expireAt(in, at, out);
    }
    return true;
  }

  /** What is fetched in its place tells why it does not cross. */
  private void refuseModule(StreamCommand in) throws FaultException {
    int length = in.length(3);
    if (length == 0 || !RdbType.isModule(in.buffer()[in.offset(3)] & 0xff)) {
      return;
    }
    String type = RdbType.moduleName(in.buffer(), in.offset(3) + 1, length - 1);
    String refusal = target.modules().refusal(type);
    if (!refusal.isEmpty()) {
      throw StreamRewrite.noWords(in, "the target (%s) %s".formatted(target.version(), refusal));
    }
  }

  private static void expireAt(StreamCommand in, long at, Batch out) {
    expireAt(in, 1, at, out);
  }

  private static void expireAt(StreamCommand in, int key, long at, Batch out) {
    RespWriter writer = out.begin(3).arg(PEXPIREAT);
    StreamRewrite.arguments(in, key, key + 1, writer);
    writer.arg(at);
  }
}
