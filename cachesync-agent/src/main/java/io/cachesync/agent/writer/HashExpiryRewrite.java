package io.cachesync.agent.writer;

import static io.cachesync.agent.writer.StreamRewrite.ascii;
import static io.cachesync.agent.writer.StreamRewrite.noPlace;
import static io.cachesync.agent.writer.StreamRewrite.number;
import static io.cachesync.agent.writer.StreamRewrite.require;
import static io.cachesync.agent.writer.StreamRewrite.tooOld;
import static io.cachesync.agent.writer.StreamRewrite.unknownForm;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;

/** Commands that set when a field of a hash expires (7.4 and later). */
final class HashExpiryRewrite {
  private static final byte[] HPEXPIREAT = ascii("HPEXPIREAT");
  private static final byte[] HPERSIST = ascii("HPERSIST");
  private static final byte[] HSETEX = ascii("HSETEX");
  private static final byte[] HSET = ascii("HSET");
  private static final byte[] HDEL = ascii("HDEL");
  private static final byte[] PXAT = ascii("PXAT");
  private static final byte[] KEEPTTL = ascii("KEEPTTL");

  private static final String NO_FIELD_TIMES = "no times of expiry for fields of hashes";

  private final TargetFeatures target;

  HashExpiryRewrite(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    registry.put("HEXPIRE", (in, out) -> expire(in, "EX", out));
    registry.put("HPEXPIRE", (in, out) -> expire(in, "PX", out));
    registry.put("HEXPIREAT", (in, out) -> expire(in, "EXAT", out));
    registry.put("HPEXPIREAT", (in, out) -> expire(in, "PXAT", out));
    registry.put("HPERSIST", this::persist);
    registry.put("HSETEX", this::setEx);
    registry.put("HGETEX", this::getEx);
    registry.put("HGETDEL", this::getDel);
  }

  /**
   * {@code HPEXPIREAT key time [condition] FIELDS n field…}; a condition on one field is decided.
   * Redis leaves the others out that did not meet it, Valkey 9 names them too.
   */
  private boolean expire(StreamCommand in, String unit, Batch out) throws FaultException {
    if (!hasFieldTimes()) {
      throw noPlace(in, target, NO_FIELD_TIMES);
    }
    int fields = fieldsAt(in, 3);
    if (fields > 3 && in.count() - fields > 3) {
      throw StreamRewrite.noWords(
          in,
          "which of several fields a condition of %s was met for is not told"
              .formatted(in.text(0)));
    }
    long at = ExpiryRewrite.time(target, in, unit, number(in, 2));
    RespWriter writer = out.beginOnFields(3 + in.count() - fields).arg(HPEXPIREAT);
    StreamRewrite.arguments(in, 1, 2, writer);
    writer.arg(at);
    StreamRewrite.arguments(in, fields, in.count(), writer);
    return true;
  }

  private boolean persist(StreamCommand in, Batch out) {
    if (!hasFieldTimes()) {
      return false;
    }
    StreamRewrite.arguments(in, 0, in.count(), out.beginOnFields(in.count()));
    return true;
  }

  /** {@code HSETEX key [FNX|FXX] [PXAT time|KEEPTTL] FIELDS n field value…} */
  private boolean setEx(StreamCommand in, Batch out) throws FaultException {
    int fields = fieldsAt(in, 2);
    long at = ExpiryRewrite.NONE;
    boolean keepTtl = false;
    for (int i = 2; i < fields; i++) {
      String unit = ExpiryRewrite.unit(in, i);
      if (!unit.isEmpty()) {
        i++;
        at = ExpiryRewrite.time(target, in, unit, number(in, i));
      } else if (in.is(i, "KEEPTTL")) {
        keepTtl = true;
      } else if (!isCondition(in, i)) {
        throw unknownForm(in);
      }
    }
    if (target.atLeast(800)) {
      int options = at != ExpiryRewrite.NONE ? 2 : keepTtl ? 1 : 0;
      RespWriter writer = out.begin(2 + options + in.count() - fields).arg(HSETEX);
      StreamRewrite.arguments(in, 1, 2, writer);
      if (at != ExpiryRewrite.NONE) {
        writer.arg(PXAT).arg(at);
      } else if (keepTtl) {
        writer.arg(KEEPTTL);
      }
      StreamRewrite.arguments(in, fields, in.count(), writer);
    } else if (!hasFieldTimes()) {
      // Its fields stay until the source removes them.
      setThenExpire(in, fields, ExpiryRewrite.NONE, out);
      if (at != ExpiryRewrite.NONE) {
        throw noPlace(in, target, NO_FIELD_TIMES);
      }
    } else if (keepTtl) {
      throw tooOld(in, target);
    } else {
      setThenExpire(in, fields, at, out);
    }
    return true;
  }

  /** On fields, or on the key: what is in the stream has met it. */
  private static boolean isCondition(StreamCommand in, int argument) {
    return in.is(argument, "FNX")
        || in.is(argument, "FXX")
        || in.is(argument, "NX")
        || in.is(argument, "XX");
  }

  private static void setThenExpire(StreamCommand in, int fields, long at, Batch out) {
    int pairs = fields + 2;
    RespWriter writer = out.begin(2 + in.count() - pairs).arg(HSET);
    StreamRewrite.arguments(in, 1, 2, writer);
    StreamRewrite.arguments(in, pairs, in.count(), writer);
    if (at == ExpiryRewrite.NONE) {
      return;
    }
    int count = (in.count() - pairs) / 2;
    writer = out.begin(5 + count).arg(HPEXPIREAT);
    StreamRewrite.arguments(in, 1, 2, writer);
    writer.arg(at);
    StreamRewrite.arguments(in, fields, fields + 2, writer);
    for (int i = pairs; i < in.count(); i += 2) {
      StreamRewrite.arguments(in, i, i + 1, writer);
    }
  }

  private boolean getEx(StreamCommand in, Batch out) throws FaultException {
    int fields = fieldsAt(in, 2);
    boolean persist = in.is(2, "PERSIST");
    if (fields == 2 || (persist && !hasFieldTimes())) {
      return false;
    }
    if (!hasFieldTimes()) {
      throw noPlace(in, target, NO_FIELD_TIMES);
    }
    String unit = ExpiryRewrite.unit(in, 2);
    if (!persist && unit.isEmpty()) {
      throw unknownForm(in);
    }
    RespWriter writer =
        out.beginOnFields((persist ? 2 : 3) + in.count() - fields)
            .arg(persist ? HPERSIST : HPEXPIREAT);
    StreamRewrite.arguments(in, 1, 2, writer);
    if (!persist) {
      writer.arg(ExpiryRewrite.time(target, in, unit, number(in, 3)));
    }
    StreamRewrite.arguments(in, fields, in.count(), writer);
    return true;
  }

  /** {@code HGETDEL key FIELDS n field…} */
  private boolean getDel(StreamCommand in, Batch out) throws FaultException {
    int fields = fieldsAt(in, 2);
    RespWriter writer = out.begin(2 + in.count() - fields - 2).arg(HDEL);
    StreamRewrite.arguments(in, 1, 2, writer);
    StreamRewrite.arguments(in, fields + 2, in.count(), writer);
    return true;
  }

  private boolean hasFieldTimes() {
    return target.atLeast(704);
  }

  private static int fieldsAt(StreamCommand in, int from) throws FaultException {
    require(in, from + 3);
    for (int i = from; i < in.count() - 2; i++) {
      if (in.is(i, "FIELDS")) {
        return i;
      }
    }
    throw unknownForm(in);
  }
}
