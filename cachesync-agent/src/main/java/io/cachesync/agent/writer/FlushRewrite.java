package io.cachesync.agent.writer;

import static io.cachesync.agent.writer.StreamRewrite.ascii;
import static io.cachesync.agent.writer.StreamRewrite.number;
import static io.cachesync.agent.writer.StreamRewrite.require;
import static io.cachesync.agent.writer.StreamRewrite.tooOld;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;

/** Commands on whole databases, which may hit our own keys: the batch puts those back. */
final class FlushRewrite {
  private static final byte[] ASYNC = ascii("ASYNC");
  private static final byte[] FLUSHALL = ascii("FLUSHALL");
  private static final byte[] FLUSHDB = ascii("FLUSHDB");

  private final TargetFeatures target;

  FlushRewrite(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    registry.put("FLUSHALL", this::flushAll);
    registry.put("FLUSHDB", this::flushDb);
    registry.put("SWAPDB", this::swapDb);
  }

  private boolean flushAll(StreamCommand in, Batch out) {
    flush(in, FLUSHALL, out);
    out.flushedAll();
    return true;
  }

  private boolean flushDb(StreamCommand in, Batch out) {
    flush(in, FLUSHDB, out);
    out.flushed(out.selected());
    return true;
  }

  private void flush(StreamCommand in, byte[] name, Batch out) {
    boolean lazily = in.count() > 1 && in.is(1, "ASYNC") && target.atLeast(400);
    RespWriter writer = out.begin(lazily ? 2 : 1).arg(name);
    if (lazily) {
      writer.arg(ASYNC);
    }
  }

  private boolean swapDb(StreamCommand in, Batch out) throws FaultException {
    require(in, 3);
    if (!target.atLeast(400)) {
      throw tooOld(in, target);
    }
    out.verbatim(in);
    out.swapped((int) number(in, 1), (int) number(in, 2));
    return true;
  }
}
