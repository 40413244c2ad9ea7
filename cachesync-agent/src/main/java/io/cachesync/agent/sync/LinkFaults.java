package io.cachesync.agent.sync;

import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Topology;
import java.io.IOException;

/** Which faults of a link pass, and what one that does not pass leaves. For the applying thread. */
final class LinkFaults {
  /** So long it may take until it is seen who the master is, or that all slots have moved. */
  private static final long ELSEWHERE_MILLIS = 5_000;

  /** What comes so long after the last time has nothing to do with it. */
  private static final long QUIET_MILLIS = 30_000;

  private final LinkParts parts;
  private long replacedMillis = -1;
  private long replacedLastMillis = -1;

  LinkFaults(LinkParts parts) {
    this.parts = parts;
  }

  /**
   * A master that has handed over is the end of a failover, where another one can be found: at a
   * cluster it refuses a flush or a function so, what names a key it redirects.
   */
  boolean passes(Fault fault) {
    boolean handedOver =
        fault.code() == FaultCode.TARGET_READ_ONLY
            && (parts.writer().store().hasOneDatabase()
                || parts.spec().sync().target().topology() == Topology.SENTINEL);
    return fault.retryable() || handedOver || mayBeElsewhere(fault);
  }

  /**
   * The target takes no writes, or not these, until a person mends it. While the source's stream
   * waits in the relay log that may take longer than its backlog reaches. Before, as with a wrong
   * address, the person sits there.
   */
  boolean isRefused(Fault fault) {
    boolean refused =
        switch (fault.code()) {
          case TARGET_OUT_OF_MEMORY, TARGET_READ_ONLY, NO_PERMISSION -> true;
          case TARGET_REFUSED -> fault.retryable() || ReplyFault.isOfSaving(fault);
          default -> false;
        };
    return refused && parts.share().streams() && !parts.source().hasEndedBy(fault);
  }

  /**
   * Whether a refusal is waited for.
   *
   * @param applied whether a command is missing by now though what came behind it was applied
   */
  boolean isWaitedFor(Fault fault, boolean applied) {
    return !applied && isRefused(fault) && parts.writer().store().node().hole().isEmpty();
  }

  /**
   * A master that has handed over may answer out of its new master's history to who reached it just
   * before: who goes on with the former one is found when the source is asked once more. And a
   * master whose last slot has gone becomes a replica of another: then the others have all of it
   * soon, and this link is ended.
   */
  private boolean mayBeElsewhere(Fault fault) {
    boolean found =
        parts.shard() != null || parts.spec().sync().source().topology() == Topology.SENTINEL;
    if (fault.code() != FaultCode.SOURCE_REPLACED || !found || !parts.source().hasEndedBy(fault)) {
      return false;
    }
    long now = parts.clock().millis();
    if (replacedMillis < 0 || now - replacedLastMillis > QUIET_MILLIS) {
      replacedMillis = now;
    }
    replacedLastMillis = now;
    boolean knows = !parts.share().isForeign() || parts.share().listing().isAll();
    return (isDrained() && knows) || now - replacedMillis < ELSEWHERE_MILLIS;
  }

  private boolean isDrained() {
    SlotShare share = parts.share();
    return share.follows()
        && share.streams()
        && parts.siblings().moves().areMoving(parts.spec().part().slots());
  }

  /** What a fault that does not pass is told as. */
  Fault told(Fault fault) {
    return fault.code() == FaultCode.SOURCE_REPLACED && isDrained() && parts.share().isForeign()
        ? SlotWatch.resharded(
            ("all of %s went before it was written down which keys they had, and the rest of the"
                    + " stream is lost with their master; that is done once more than half of the"
                    + " slots have gone, or all but one, and the others have at most %d keys")
                .formatted(parts.spec().part().slots(), SlotListing.MOST_KEYS))
        : fault;
  }

  /**
   * What a source is told of that has neither this history nor had it until its last failover,
   * behind its name.
   */
  static String doesNotKnow(String replId) {
    return ("does not know the history %s any more: it was restarted or replaced, or failed over"
            + " more than once while the link was away from it")
        .formatted(replId);
  }

  /** Whether nothing but a start afresh goes on behind it. */
  static boolean endsTheTask(FaultCode code) {
    return code == FaultCode.SOURCE_RESHARDED || code == FaultCode.KEY_IN_TWO_SOURCES;
  }

  /** Whoever has lost the target meanwhile may have lost its folder too, and fails by that. */
  Fault unlessFenced(Fault fault, boolean logDamaged) {
    if (!parts.target().isTaken() || fault.code() == FaultCode.FENCED) {
      return fault;
    }
    try {
      parts.writer().store().verifyOurs();
      if (logDamaged) {
        parts.source().discardLog();
      }
    } catch (FaultException e) {
      return e.fault().code() == FaultCode.FENCED ? e.fault() : fault;
    } catch (IOException e) {
      parts.state().log(LogLevel.WARN, "the relay log could not be discarded: " + e.getMessage());
    }
    return fault;
  }

  /**
   * @param hole code and message of the fault that was recorded
   */
  static Fault hole(String hole) {
    FaultCode code = FaultCode.TARGET_REFUSED;
    for (FaultCode known : FaultCode.values()) {
      if (hole.startsWith(known.name() + " ")) {
        code = known;
      }
    }
    return endsTheTask(code)
        ? Fault.fatal(code, "the task cannot go on from before: " + hole)
        : Fault.fatal(code, "a command is missing at the target: " + hole);
  }
}
