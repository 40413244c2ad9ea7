package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.ShardNode;
import io.cachesync.agent.source.OffsetReading;
import io.cachesync.agent.source.Upstream;
import io.cachesync.agent.writer.DataFault;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.io.IOException;
import java.time.Clock;

/** The applying thread of a link: tries, and tries again after what passes. */
final class LinkRun {
  private final LinkSpec spec;
  private final LinkState state;
  private final LinkParts parts;
  private final LinkFaults faults;
  private final LinkAttempt attempt;
  private final BrokenFullSyncs broken;

  /** Why what is to be moved cannot be meant so, or null. */
  private Fault notMeant;

  LinkRun(LinkSpec spec, Siblings siblings, LinkState state, Clock clock, Exactness exactness) {
    this.spec = spec;
    this.state = state;
    this.parts = LinkParts.of(spec, siblings, state, clock, exactness, select(exactness));
    this.faults = new LinkFaults(parts);
    this.attempt = new LinkAttempt(parts);
    this.broken = new BrokenFullSyncs(parts);
  }

  private Selection select(Exactness exactness) {
    SyncSpec sync = spec.sync();
    try {
      return Selection.of(sync.filter(), sync.keyPrefix(), exactness.mostSkipped());
    } catch (FaultException e) {
      notMeant = e.fault();
      return Selection.everything(sync.keyPrefix());
    }
  }

  /** Runs until the link has ended. */
  LinkOutcome run() {
    if (notMeant != null) {
      return failed(notMeant);
    }
    Upstream upstream = new Upstream(parts.sourceClient(), parts.clock(), state::log);
    try (Sampler offsets =
            new Sampler(parts.sourceClient(), OffsetReading.INTERVAL, offsetReading(upstream));
        Sampler master = masterReading(upstream);
        Sampler evictions =
            new Sampler(parts.targetClient(), EvictionReading.INTERVAL, evictionReading());
        Sampler slots = slotWatch()) {
      offsets.start("offsets");
      if (master != null) {
        master.start("master");
      }
      evictions.start("evictions");
      if (slots != null) {
        slots.start("slots");
      }
      return tryAndTryAgain();
    } catch (Stopped e) {
      if (e.fault().isPresent()) {
        return failed(e.fault().get());
      }
      leaveNothing();
      if (state.control().desired() != Desired.REMOVE) {
        state.phase(Phase.STOPPED);
      }
      return new LinkOutcome(Phase.STOPPED, null);
    } catch (IOException | RuntimeException e) {
      return failed(unlessFenced(Fault.fatal(FaultCode.INTERNAL, "the link failed: " + e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(Fault.fatal(FaultCode.STOPPED_BY_SIGNAL, "the link was interrupted"));
    } finally {
      abort();
    }
  }

  private LinkOutcome tryAndTryAgain() throws IOException, InterruptedException {
    while (true) {
      try {
        attempt.run();
        return done();
      } catch (FaultException e) {
        state.control().check();
        if (parts.finishing().isRemoving() && e.fault().code() == FaultCode.CHECKPOINT_MISMATCH) {
          // The reply to the removal was lost, the removal was not.
          Fault left = parts.finishing().removeLeft();
          if (left == null) {
            return done();
          }
          awaitRetry(left);
          continue;
        }
        Fault fault =
            e instanceof OtherHistoryException other ? parts.source().cause(other) : e.fault();
        if (fault.code() == FaultCode.STREAM_CORRUPT) {
          attempt.logDamaged();
        }
        if (!faults.passes(fault) && !faults.isWaitedFor(fault, e instanceof DataFault)) {
          return failed(unlessFenced(faults.told(fault)));
        }
        awaitRetry(broken.judge(fault));
      }
    }
  }

  private LinkOutcome done() {
    state.phase(Phase.DONE);
    return new LinkOutcome(Phase.DONE, null);
  }

  private Fault unlessFenced(Fault fault) {
    return faults.unlessFenced(fault, attempt.isLogDamaged());
  }

  private OffsetReading offsetReading(Upstream upstream) {
    return new OffsetReading(
        state, spec.part().isShard(), upstream, state::streamPort, parts.clock());
  }

  /** Null where a replica is never read from. */
  private Sampler masterReading(Upstream upstream) {
    return spec.sync().source().topology() == Topology.STANDALONE
        ? new Sampler(upstream.client(), OffsetReading.INTERVAL, upstream)
        : null;
  }

  private EvictionReading evictionReading() {
    EvictionReading.Servers servers = parts.kind().servers(parts.targetClient());
    return new EvictionReading(servers, spec.sync().acceptEvictions(), state);
  }

  /** Null where the source is one server, and has none. */
  private Sampler slotWatch() {
    return parts.slots() == null
        ? null
        : new Sampler(parts.sourceClient(), SlotWatch.INTERVAL, parts.slots());
  }

  /** Ends every connection; the applying thread then ends soon. From any thread. */
  void abort() {
    parts.writer().close();
    parts.refetch().close();
    parts.sweep().close();
    parts.repair().close();
    parts.source().close();
  }

  HealRecord heals() {
    return parts.refetch().record();
  }

  long epoch() {
    return parts.writer().store().epoch().number();
  }

  /** Where the source was reached last, {@code host:port}. */
  String sourceNode() {
    ShardNode shard = parts.shard();
    return shard == null ? parts.sourceClient().lastNode() : shard.last().toString();
  }

  /** As above, of the target; of a cluster any. */
  String targetNode() {
    return parts.targetClient().lastNode();
  }

  SourceFacts facts() {
    return attempt.facts();
  }

  /** The hold on the source. */
  Attachment source() {
    return parts.source();
  }

  FullSync snapshots() {
    return parts.fullSync();
  }

  Ledger ledger() {
    return parts.ledger();
  }

  private LinkOutcome failed(Fault fault) {
    if (parts.target().isTaken() && LinkFaults.endsTheTask(fault.code())) {
      parts.writer().remember(fault);
    }
    leaveNothing();
    state.phase(Phase.FAILED, fault);
    return new LinkOutcome(Phase.FAILED, fault);
  }

  /** A link that never got as far as writing does not keep its claim. */
  private void leaveNothing() {
    boolean keeps = parts.mustResume() || attempt.mustBeginWithAll();
    if (!parts.target().isTaken() || keeps || parts.writer().store().node().generation() > 0) {
      return;
    }
    if (parts.siblings().elsewhere().isAny()) {
      return; // Another process may be about to begin by what stands there.
    }
    try {
      if (spec.part().links() > 1 && (!parts.siblings().leave() || hasAnyBegun())) {
        return; // That it has copied nothing is what it can begin with then.
      }
      parts.finishing().removeKeys();
    } catch (IOException e) {
      state.log(LogLevel.WARN, "the claim at the target could not be removed: " + e.getMessage());
    }
  }

  private boolean hasAnyBegun() throws IOException {
    return parts.kind().links(parts.targetClient(), TargetKind.keys(spec)).values().stream()
        .anyMatch(node -> node.generation() > 0);
  }

  private void awaitRetry(Fault fault) throws Stopped, InterruptedException {
    long millis = broken.pause(parts.retry().failed());
    state.retries(fault, millis);
    state.control().pause(millis);
    state.refused(faults.isRefused(fault));
    if (!state.isRefused()) {
      state.phase(Phase.CONNECTING);
    }
  }

  /** Whether it has failed by what only a new beginning of all links of its job mends. */
  boolean mustBeginWithAll() {
    return attempt.mustBeginWithAll();
  }

  /** As {@link LinkAttempt#followed}. */
  CopiedFrom followed() {
    return attempt.followed();
  }

  /** Whether slots of the source are held back because they move. */
  boolean isMoving() {
    return parts.siblings().moves().isAny();
  }

  /** Whether it waits for the others to end, or has ended. */
  boolean isThrough() {
    return parts.siblings().isDrained(spec.number());
  }

  /** Whether nothing of the stream behind what is applied is needed. */
  boolean needsNoMore() {
    return parts.share().isForeign() && parts.share().listing().isAll();
  }

  /** Whether slots that move are lived through by now. */
  boolean streams() {
    return parts.share().streams();
  }
}
