package io.cachesync.agent.writer;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;

/**
 * Commands that do one thing at the source and another at the target, without an error of either:
 * they are said otherwise, or what they write is fetched. Found by running the same commands on 2.8
 * to 8.6 and Valkey 8 to 9.1, where what was missing, of another type or empty is the rule.
 */
final class ChangedMeaning {
  /** MOVE takes the time to live along from 3.0.5 on, SORT BY nosort DESC is in order after 2.8. */
  private static final int MOVES_TIMES = 302;

  /** Above 3.2 what PFMERGE makes of a few elements stays in the short form. */
  private static final int MERGES_SHORT = 600;

  /** Of a source before these nothing comes where nothing was found. */
  private static final int MAY_REMOVE_DESTINATION = 602;

  /** From 7.0 on a claim of an entry that is gone ends that it is pending (t_stream.c, XCLAIM). */
  private static final int CLAIMS_LIVING = 700;

  private static final byte[] EVAL = StreamRewrite.ascii("EVAL");
  private static final byte[] CLAIM_SCRIPT =
      StreamRewrite.ascii(
          "if #redis.call('XRANGE', KEYS[1], ARGV[4], ARGV[4]) > 0 "
              + "then redis.call('XCLAIM', KEYS[1], unpack(ARGV)) "
              + "else redis.call('XACK', KEYS[1], ARGV[1], ARGV[4]) end return 1");

  private final TargetFeatures target;

  ChangedMeaning(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    if (target.parts(MOVES_TIMES)) {
      leaveOut(registry, "MOVE");
      leaveOut(registry, "SORT");
    }
    if (target.parts(MERGES_SHORT)) {
      leaveOut(registry, "PFMERGE");
    }
    int source = target.sourceLevel();
    boolean claims = target.atLeast(500) && !target.atLeast(CLAIMS_LIVING);
    if (claims && (source == 0 || source >= CLAIMS_LIVING)) {
      registry.put("XCLAIM", this::claim);
    }
    if (!target.removesDestination() && (source == 0 || source >= MAY_REMOVE_DESTINATION)) {
      leaveOut(registry, "GEORADIUS");
      leaveOut(registry, "GEORADIUSBYMEMBER");
      leaveOut(registry, "GEOSEARCHSTORE");
      leaveOut(registry, "ZRANGESTORE");
    }
  }

  /** {@code XCLAIM key group consumer 0 id …}: one entry each, as a source sends it. */
  private boolean claim(StreamCommand in, Batch out) throws FaultException {
    StreamRewrite.require(in, 6);
    RespWriter writer = out.begin(in.count() + 2).arg(EVAL).arg(CLAIM_SCRIPT).arg(1);
    StreamRewrite.arguments(in, 1, in.count(), writer);
    return true;
  }

  private void leaveOut(StreamRewrite.Registry registry, String name) {
    registry.put(
        name,
        (in, out) -> {
          throw differs(in, name);
        });
  }

  private OlderTarget differs(StreamCommand in, String name) {
    return StreamRewrite.noWords(
        in, "the target (%s) does something else for %s".formatted(target.version(), name));
  }
}
