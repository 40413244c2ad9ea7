package io.cachesync.agent.writer;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Commands that do one thing at the source and another at the target, without an error of either:
 * they are said otherwise, or what they write is fetched. Found by running the same commands on 2.8
 * to 8.6 and Valkey 8 to 9.1, where what was missing, of another type or empty is the rule. Which
 * version a command was written by it tells itself: a source may fail over to another one. Of an
 * unknown one what it writes is fetched.
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

  /** Each tells whether it has said what there is to say of a command. */
  void addTo(StreamRewrite.Registry registry) {
    for (String name : List.of("MOVE", "SORT")) {
      leaveOut(registry, name, source -> parts(source, MOVES_TIMES));
    }
    leaveOut(registry, "PFMERGE", source -> parts(source, MERGES_SHORT));
    if (target.atLeast(500) && !target.atLeast(CLAIMS_LIVING)) {
      registry.put("XCLAIM", this::claim);
    }
    if (!target.removesDestination()) {
      for (String name :
          List.of("GEORADIUS", "GEORADIUSBYMEMBER", "GEOSEARCHSTORE", "ZRANGESTORE")) {
        leaveOut(registry, name, source -> source == 0 || source >= MAY_REMOVE_DESTINATION);
      }
    }
  }

  /** Whether this version lies between those of the two, or may: one of them has it only. */
  private boolean parts(int source, int version) {
    return source == 0 || (source < version) == target.atLeast(version);
  }

  /** {@code XCLAIM key group consumer 0 id …}: one entry each, as a source sends it. */
  private boolean claim(StreamCommand in, Batch out) throws FaultException {
    if (in.sourceLevel() == 0) {
      throw differs(in, "XCLAIM");
    }
    if (in.sourceLevel() < CLAIMS_LIVING) {
      return false;
    }
    StreamRewrite.require(in, 6);
    RespWriter writer = out.begin(in.count() + 2).arg(EVAL).arg(CLAIM_SCRIPT).arg(1);
    StreamRewrite.arguments(in, 1, in.count(), writer);
    return true;
  }

  /**
   * @param when by the version that has written it
   */
  private void leaveOut(StreamRewrite.Registry registry, String name, IntPredicate when) {
    registry.put(
        name,
        (in, out) -> {
          if (when.test(in.sourceLevel())) {
            throw differs(in, name);
          }
          return false;
        });
  }

  private OlderTarget differs(StreamCommand in, String name) {
    String does = in.sourceLevel() == 0 ? "may do" : "does";
    return StreamRewrite.noWords(
        in, "the target (%s) %s something else for %s".formatted(target.version(), does, name));
  }
}
