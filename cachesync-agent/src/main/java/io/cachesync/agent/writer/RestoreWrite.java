package io.cachesync.agent.writer;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.DumpPayload;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;

/**
 * The commands that put one value of a snapshot at the target: SET for plain strings, which costs
 * the target less, RESTORE with the source's own bytes for everything else.
 */
final class RestoreWrite {
  private static final byte[] SET = StreamRewrite.ascii("SET");
  private static final byte[] NX = StreamRewrite.ascii("NX");
  private static final byte[] PXAT = StreamRewrite.ascii("PXAT");
  private static final byte[] PEXPIREAT = StreamRewrite.ascii("PEXPIREAT");
  private static final byte[] RESTORE = StreamRewrite.ascii("RESTORE");
  private static final byte[] REPLACE = StreamRewrite.ascii("REPLACE");
  private static final byte[] ABSTTL = StreamRewrite.ascii("ABSTTL");
  private static final byte[] DEL = StreamRewrite.ascii("DEL");
  private static final byte[] EXISTS = StreamRewrite.ascii("EXISTS");
  private static final byte[] SCRIPT = StreamRewrite.ascii("SCRIPT");
  private static final byte[] FUNCTION = StreamRewrite.ascii("FUNCTION");
  private static final byte[] LOAD = StreamRewrite.ascii("LOAD");

  /** To copy less costs less than to send it by itself. */
  private static final int SLICE_BYTES = 256 * 1024;

  private final TargetFeatures target;
  private final boolean replaces;
  private final byte[] footer = new byte[DumpPayload.FOOTER_BYTES];
  private final byte[] type = new byte[1];
  private boolean slices;

  RestoreWrite(TargetFeatures target) {
    this(target, true);
  }

  /**
   * @param replaces whether a value takes the place of another; otherwise the target refuses it
   *     with an error or a null
   */
  RestoreWrite(TargetFeatures target, boolean replaces) {
    this.target = target;
    this.replaces = replaces;
  }

  /**
   * Writes one key.
   *
   * @return number of commands
   * @throws FaultException VERSION_TOO_OLD where the target cannot load the value
   */
  int key(KeyValue value, RespWriter out) throws FaultException {
    boolean expires = value.expireAtMillis() != KeyValue.NO_EXPIRY;
    long at = expires ? target.absolute(value.expireAtMillis()) : 0;
    // What is there already must not get the time of what is not put there.
    boolean inOne = replaces || !expires || target.atLeast(602) || !target.atLeast(500);
    boolean sets = value.isPlainString() && inOne;
    target
        .bounds()
        .check(sets ? value.textLength() : DumpPayload.length(value), () -> named(value));
    return sets ? set(value, expires, at, out) : restore(value, expires, at, out);
  }

  /** A value for a message. */
  static String named(KeyValue value) {
    return "the value of the key '%s' of database %d"
        .formatted(
            Batch.shown(value.keyBuffer(), value.keyOffset(), value.keyLength()), value.database());
  }

  /** Removes one key; where nothing is replaced it is asked for only. */
  int absent(KeyValue value, RespWriter out) {
    out.begin(2).arg(replaces ? DEL : EXISTS);
    key(out, value);
    return 1;
  }

  /** Whether the target has function libraries. */
  boolean takesFunctions() {
    return target.atLeast(700);
  }

  /** Writes one function library; its code stands in the text. */
  int function(KeyValue library, RespWriter out) {
    out.begin(4).arg(FUNCTION).arg(LOAD).arg(REPLACE);
    text(library, out);
    return 1;
  }

  /** Writes one cached script; its code stands in the text. */
  int script(KeyValue script, RespWriter out) {
    out.begin(3).arg(SCRIPT).arg(LOAD);
    text(script, out);
    return 1;
  }

  private int set(KeyValue value, boolean expires, long at, RespWriter out) {
    boolean inOne = expires && target.atLeast(602);
    out.begin((inOne ? 5 : 3) + (replaces ? 0 : 1)).arg(SET);
    key(out, value);
    text(value, out);
    if (inOne) {
      out.arg(PXAT).arg(at);
    }
    if (!replaces) {
      out.arg(NX);
    }
    return expires && !inOne ? 1 + expireAt(value, at, out) : 1;
  }

  /** Below 5.0 RESTORE takes relative times only, below 3.0 it does not replace. */
  private int restore(KeyValue value, boolean expires, long at, RespWriter out)
      throws FaultException {
    int rdbVersion = RdbType.minVersion(value.type());
    if (!RdbType.isLoaded(value.type(), target.rdbVersion())) {
      throw tooOld(value);
    }
    int commands = 1;
    // One of a module may be refused, and then nothing is to be left of what was there.
    boolean replace = replaces && target.atLeast(300) && !RdbType.isModule(value.type());
    boolean absolute = expires && target.atLeast(500);
    if (replaces && !replace) {
      commands += absent(value, out);
    }
    out.begin(4 + (replace ? 1 : 0) + (absolute ? 1 : 0)).arg(RESTORE);
    key(out, value);
    out.arg(absolute ? at : 0);
    payload(value, rdbVersion, out);
    if (replace) {
      out.arg(REPLACE);
    }
    if (absolute) {
      out.arg(ABSTTL);
    }
    return expires && !absolute ? commands + expireAt(value, at, out) : commands;
  }

  /** Large bodies are left where they are: what is written must be sent before the value goes. */
  RestoreWrite inSlices() {
    slices = true;
    return this;
  }

  private void payload(KeyValue value, int rdbVersion, RespWriter out) {
    DumpPayload.footer(value, rdbVersion, footer, 0);
    out.beginArg(DumpPayload.length(value));
    type[0] = (byte) value.type();
    out.raw(type, 0, 1);
    bytes(value.bodyBuffer(), value.bodyOffset(), value.bodyLength(), out);
    out.raw(footer, 0, footer.length);
    out.endArg();
  }

  private static int expireAt(KeyValue value, long at, RespWriter out) {
    out.begin(3).arg(PEXPIREAT);
    key(out, value);
    out.arg(at);
    return 1;
  }

  private static void key(RespWriter out, KeyValue value) {
    out.arg(value.keyBuffer(), value.keyOffset(), value.keyLength());
  }

  private void text(KeyValue value, RespWriter out) {
    out.beginArg(value.textLength());
    bytes(value.textBuffer(), value.textOffset(), value.textLength(), out);
    out.endArg();
  }

  private void bytes(byte[] buffer, int offset, int length, RespWriter out) {
    if (slices && length >= SLICE_BYTES) {
      out.slice(buffer, offset, length);
    } else {
      out.raw(buffer, offset, length);
    }
  }

  private FaultException tooOld(KeyValue value) {
    return new FaultException(
        Fault.fatal(
            FaultCode.VERSION_TOO_OLD,
            "the target (%s, RDB version %d) cannot load the key '%s' of database %d: its type %d"
                    .formatted(
                        target.version(),
                        target.rdbVersion(),
                        Batch.shown(value.keyBuffer(), value.keyOffset(), value.keyLength()),
                        value.database(),
                        value.type())
                + " needs RDB version "
                + RdbType.minVersion(value.type())));
  }
}
