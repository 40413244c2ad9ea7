package io.cachesync.agent.writer;

import static io.cachesync.agent.writer.StreamRewrite.ascii;
import static io.cachesync.agent.writer.StreamRewrite.noPlace;
import static io.cachesync.agent.writer.StreamRewrite.number;
import static io.cachesync.agent.writer.StreamRewrite.renamed;
import static io.cachesync.agent.writer.StreamRewrite.require;
import static io.cachesync.agent.writer.StreamRewrite.tooOld;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.rdb.DumpPayload;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;

/**
 * What is said otherwise to a target that is older than the command, and what must be repeatable.
 */
final class OlderRewrite {
  private static final byte[] LTRIM = ascii("LTRIM");
  private static final byte[] COPY = ascii("COPY");
  private static final byte[] FUNCTION = ascii("FUNCTION");
  private static final byte[] LOAD = ascii("LOAD");
  private static final byte[] RESTORE = ascii("RESTORE");
  private static final byte[] FLUSH = ascii("FLUSH");
  private static final byte[] REPLACE = ascii("REPLACE");
  private static final byte[] SCRIPT = ascii("SCRIPT");
  private static final byte[] ZREMRANGEBYRANK = ascii("ZREMRANGEBYRANK");

  /** Of 7.0; later versions write libraries in the same form, and take no later footer. */
  private static final int FIRST_RDB_VERSION_WITH_FUNCTIONS = 10;

  private static final String NO_STREAMS = "no streams";

  private final TargetFeatures target;

  OlderRewrite(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    registry.put("COPY", this::copy);
    registry.put("FUNCTION", this::function);
    registry.put("SCRIPT", this::script);
    if (!target.runsScriptTexts()) {
      registry.put("EVAL", this::scriptText);
      registry.put("EVALSHA", this::scriptText);
    }
    if (!target.atLeast(400)) {
      rename(registry, "UNLINK", "DEL");
      byte[] hmset = ascii("HMSET");
      // HSET takes one pair only there; HMSET clears nothing that HSET keeps.
      registry.put("HSET", (in, out) -> renamed(hmset, in, in.count(), out));
      registry.put("HSETNX", (in, out) -> renamed(hmset, in, in.count(), out));
    }
    if (!target.atLeast(500)) {
      registry.put("ZPOPMIN", (in, out) -> popRank(in, true, out));
      registry.put("ZPOPMAX", (in, out) -> popRank(in, false, out));
    }
    if (!target.atLeast(602)) {
      registry.put("LPOP", (in, out) -> pop(in, true, out));
      registry.put("RPOP", (in, out) -> pop(in, false, out));
      registry.put("XGROUP", this::group);
    } else if (!target.atLeast(700)) {
      registry.put("XGROUP", this::group);
    }
    if (!target.atLeast(700)) {
      registry.put("XSETID", this::setId);
      rename(registry, "SPUBLISH", "PUBLISH");
    }
  }

  private static void rename(StreamRewrite.Registry registry, String name, String other) {
    byte[] bytes = ascii(other);
    registry.put(name, (in, out) -> renamed(bytes, in, in.count(), out));
  }

  /** What is in the stream took effect, so its destination is replaced. */
  private boolean copy(StreamCommand in, Batch out) throws FaultException {
    require(in, 3);
    if (!target.atLeast(602)) {
      throw tooOld(in, target);
    }
    for (int i = 3; i < in.count(); i++) {
      if (in.is(i, "REPLACE")) {
        out.verbatim(in);
        return true;
      }
    }
    RespWriter writer = out.begin(in.count() + 1).arg(COPY);
    StreamRewrite.arguments(in, 1, in.count(), writer);
    writer.arg(REPLACE);
    return true;
  }

  private boolean function(StreamCommand in, Batch out) throws FaultException {
    require(in, 2);
    if (restoresNothing(in)) {
      return false;
    }
    if (!target.atLeast(700)) {
      throw noPlace(in, target, "no functions");
    }
    if (in.is(1, "LOAD") && in.count() == 3) {
      RespWriter writer = out.begin(4).arg(FUNCTION).arg(LOAD).arg(REPLACE);
      StreamRewrite.arguments(in, 2, 3, writer);
    } else if (in.is(1, "RESTORE") && in.count() >= 3) {
      RespWriter writer = out.begin(4).arg(FUNCTION).arg(RESTORE);
      if (in.length(2) >= DumpPayload.FOOTER_BYTES) {
        writer.arg(DumpPayload.functions(in.bytes(2), FIRST_RDB_VERSION_WITH_FUNCTIONS));
      } else {
        StreamRewrite.arguments(in, 2, 3, writer);
      }
      writer.arg(in.count() > 3 && in.is(3, "FLUSH") ? FLUSH : REPLACE);
    } else if (in.is(1, "DELETE")) {
      out.verbatimRemoval(in);
    } else {
      out.verbatim(in);
    }
    return true;
  }

  /** As a shard of Redis 8.4 and later does before it takes slots in, where the other has none. */
  private static boolean restoresNothing(StreamCommand in) {
    boolean flushes = in.count() > 3 && in.is(3, "FLUSH");
    return in.is(1, "RESTORE")
        && in.count() > 2
        && in.length(2) == DumpPayload.FOOTER_BYTES
        && !flushes;
  }

  private boolean scriptText(StreamCommand in, Batch out) throws FaultException {
    throw StreamRewrite.scriptText(in, target);
  }

  private boolean script(StreamCommand in, Batch out) throws FaultException {
    require(in, 2);
    if (in.is(1, "LOAD")) {
      out.verbatim(in);
      return true;
    }
    if (in.is(1, "FLUSH")) {
      out.begin(2).arg(SCRIPT).arg(FLUSH);
      return true;
    }
    return false;
  }

  /** {@code LPOP key n}: the count came with 6.2. */
  private boolean pop(StreamCommand in, boolean left, Batch out) throws FaultException {
    require(in, 2);
    if (in.count() == 2) {
      out.verbatim(in);
      return true;
    }
    long count = number(in, 2);
    if (count <= 0) {
      return false;
    }
    RespWriter writer = out.begin(4).arg(LTRIM);
    StreamRewrite.arguments(in, 1, 2, writer);
    writer.arg(left ? count : 0).arg(left ? -1 : -count - 1);
    return true;
  }

  private boolean popRank(StreamCommand in, boolean lowest, Batch out) throws FaultException {
    require(in, 2);
    long count = in.count() > 2 ? number(in, 2) : 1;
    if (count <= 0) {
      return false;
    }
    RespWriter writer = out.begin(4).arg(ZREMRANGEBYRANK);
    StreamRewrite.arguments(in, 1, 2, writer);
    writer.arg(lowest ? 0 : -count).arg(lowest ? count - 1 : -1);
    return true;
  }

  /** Below 6.2 consumers appear by themselves, below 7.0 there is no ENTRIESREAD. */
  private boolean group(StreamCommand in, Batch out) throws FaultException {
    require(in, 3);
    if (!target.atLeast(500)) {
      throw noPlace(in, target, NO_STREAMS);
    }
    if (!target.atLeast(602) && in.is(1, "CREATECONSUMER")) {
      return false;
    }
    for (int i = 5; i < in.count() - 1; i++) {
      if (in.is(i, "ENTRIESREAD")) {
        return without(in, i, i + 2, out);
      }
    }
    out.verbatim(in);
    return true;
  }

  private boolean setId(StreamCommand in, Batch out) throws FaultException {
    require(in, 3);
    if (!target.atLeast(500)) {
      throw noPlace(in, target, NO_STREAMS);
    }
    return without(in, 3, in.count(), out);
  }

  private static boolean without(StreamCommand in, int from, int to, Batch out) {
    RespWriter writer = out.begin(in.count() - (to - from));
    StreamRewrite.arguments(in, 0, from, writer);
    StreamRewrite.arguments(in, to, in.count(), writer);
    return true;
  }
}
