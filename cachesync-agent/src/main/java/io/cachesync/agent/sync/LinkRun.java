package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.ShardNode;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.source.LostHistoryException;
import io.cachesync.agent.source.OffsetReading;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.io.IOException;
import java.time.Clock;
import java.util.BitSet;

/**
 * The applying thread of a link: takes the target, decides between a full sync and the stream,
 * tries again after what passes.
 */
final class LinkRun {
  /** So long it may take until it is seen that all slots of a shard have moved. */
  private static final long DRAINED_MILLIS = 5_000;

  private final LinkSpec spec;
  private final SyncSpec sync;
  private final LinkState state;
  private final Clock clock;

  /** The master of the shard, or null where the source is one server. */
  private final ShardNode shard;

  private final RedisClient sourceClient;
  private final RedisClient targetClient;
  private final TargetKind kind;
  private final TargetWriter writer;
  private final SlotShare share;
  private final Siblings siblings;
  private final Attachment source;
  private final FullSync fullSync;
  private final RetryPolicy retry = new RetryPolicy();

  private volatile SourceFacts facts = SourceFacts.UNKNOWN;
  private final Refetch refetch;
  private final Exactness exactness;
  private final Taking target;
  private final Finishing finishing;

  /** Whether what the relay log holds cannot be used. */
  private boolean logDamaged;

  private boolean begunAfresh;
  private long replacedMillis = -1;
  private volatile boolean mustBeginWithAll;

  private final Selection selection;

  /** Why what is to be moved cannot be meant so, or null. */
  private Fault notMeant;

  /** Nothing but what lies at the target may be gone on from. */
  private final boolean mustResume;

  LinkRun(LinkSpec spec, Siblings siblings, LinkState state, Clock clock, Exactness exactness) {
    this.spec = spec;
    this.sync = spec.sync();
    this.state = state;
    this.clock = clock;
    SourcePart part = spec.part();
    this.siblings = siblings;
    this.share = new SlotShare(part, siblings.moves());
    this.shard = part.isShard() ? new ShardNode(part.slots(), part.master(), part.nodes()) : null;
    RedisClient whole = new RedisClient(sync.source(), spec.secrets().source(0));
    this.sourceClient = part.isShard() ? whole.following(shard) : whole;
    this.targetClient = new RedisClient(sync.target(), spec.secrets().target());
    this.mustResume = spec.start() == StartMode.MUST_RESUME && !sync.afresh();
    this.kind = TargetKind.of(sync.target());
    this.selection = select();
    this.writer = kind.writer(spec, selection, targetClient, clock, exactness);
    this.refetch = new Refetch(sourceClient, state);
    this.source = new Attachment(spec, sourceClient, state, clock);
    this.fullSync = new FullSync(source, writer, refetch::use, state);
    this.exactness = exactness;
    boolean takesKeys = sync.onExists() != ConflictPolicy.REFUSE && !part.isOneOfSources();
    this.target =
        new Taking(sync, siblings, kind, targetClient, writer, state, takesKeys || mustResume);
    this.finishing = new Finishing(spec, siblings, kind, targetClient, writer, state);
  }

  private Selection select() {
    try {
      return Selection.of(sync.filter(), sync.keyPrefix());
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
    try (Sampler offsets =
            new Sampler(
                sourceClient,
                OffsetReading.INTERVAL,
                new OffsetReading(state::sampled, spec.part().isShard(), clock));
        Sampler evictions =
            new Sampler(
                targetClient,
                EvictionReading.INTERVAL,
                new EvictionReading(kind.servers(targetClient), sync.acceptEvictions(), state));
        Sampler slots = slotWatch()) {
      offsets.start("offsets");
      evictions.start("evictions");
      if (slots != null) {
        slots.start("slots");
      }
      while (true) {
        try {
          attempt();
          state.phase(Phase.DONE);
          return new LinkOutcome(Phase.DONE, null);
        } catch (FaultException e) {
          state.control().check();
          if (finishing.isRemoving() && e.fault().code() == FaultCode.CHECKPOINT_MISMATCH) {
            // The reply to the removal was lost, the removal was not.
            Fault left = finishing.removeLeft();
            if (left == null) {
              state.phase(Phase.DONE);
              return new LinkOutcome(Phase.DONE, null);
            }
            awaitRetry(left);
            continue;
          }
          logDamaged |= e.fault().code() == FaultCode.STREAM_CORRUPT;
          if (!passes(e.fault())) {
            return failed(unlessFenced(e.fault()));
          }
          awaitRetry(e.fault());
        }
      }
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

  /** Null where the source is one server, and has none. */
  private Sampler slotWatch() {
    SourcePart part = spec.part();
    return part.isShard()
        ? new Sampler(
            sourceClient,
            SlotWatch.INTERVAL,
            new SlotWatch(sourceClient, part.slots(), share, state))
        : null;
  }

  /** Ends every connection; the applying thread then ends soon. From any thread. */
  void abort() {
    writer.close();
    refetch.close();
    source.close();
  }

  HealRecord heals() {
    return refetch.record();
  }

  long epoch() {
    return writer.store().epoch().number();
  }

  /** Where the source was reached last, {@code host:port}. */
  String sourceNode() {
    return shard == null ? sourceClient.lastNode() : shard.last().toString();
  }

  /** As above, of the target; of a cluster any. */
  String targetNode() {
    return targetClient.lastNode();
  }

  SourceFacts facts() {
    return facts;
  }

  /** The hold on the source. */
  Attachment source() {
    return source;
  }

  FullSync snapshots() {
    return fullSync;
  }

  Ledger ledger() {
    Receiver current = source.receiver();
    return state.tally().ledger(current == null ? 0 : current.commandsReceived());
  }

  /**
   * A master that has handed over is the end of a failover, where another one can be found: at a
   * cluster it refuses a flush or a function so, what names a key it redirects.
   */
  private boolean passes(Fault fault) {
    boolean handedOver =
        fault.code() == FaultCode.TARGET_READ_ONLY
            && (writer.store().hasOneDatabase() || sync.target().topology() == Topology.SENTINEL);
    return fault.retryable() || handedOver || mayBeDrained(fault);
  }

  /**
   * A master whose last slot has gone becomes a replica of another, whose history is not the
   * shard's: then the others have all of it soon, and this link is ended.
   */
  private boolean mayBeDrained(Fault fault) {
    if (fault.code() != FaultCode.SOURCE_REPLACED || !share.follows() || !share.streams()) {
      return false;
    }
    long now = clock.millis();
    replacedMillis = replacedMillis < 0 ? now : replacedMillis;
    return siblings.moves().areMoving(spec.part().slots()) || now - replacedMillis < DRAINED_MILLIS;
  }

  private LinkOutcome failed(Fault fault) {
    if (target.isTaken() && endsTheTask(fault.code())) {
      writer.remember(fault);
    }
    leaveNothing();
    state.phase(Phase.FAILED, fault);
    return new LinkOutcome(Phase.FAILED, fault);
  }

  /** Whether nothing but a start afresh goes on behind it. */
  private static boolean endsTheTask(FaultCode code) {
    return code == FaultCode.SOURCE_RESHARDED || code == FaultCode.KEY_IN_TWO_SOURCES;
  }

  /** Whoever has lost the target meanwhile may have lost its folder too, and fails by that. */
  private Fault unlessFenced(Fault fault) {
    if (!target.isTaken() || fault.code() == FaultCode.FENCED) {
      return fault;
    }
    try {
      writer.store().verifyOurs();
      if (logDamaged) {
        source.discardLog();
      }
    } catch (FaultException e) {
      return e.fault().code() == FaultCode.FENCED ? e.fault() : fault;
    } catch (IOException e) {
      state.log(LogLevel.WARN, "the relay log could not be discarded: " + e.getMessage());
    }
    return fault;
  }

  /** A link that never got as far as writing does not keep its claim. */
  private void leaveNothing() {
    if (!target.isTaken() || mustResume || writer.store().node().generation() > 0) {
      return;
    }
    try {
      if (spec.part().isOneOfSources() && hasAnyBegun()) {
        return; // That it has copied nothing is what it can begin with then.
      }
      finishing.removeKeys();
    } catch (IOException e) {
      state.log(LogLevel.WARN, "the claim at the target could not be removed: " + e.getMessage());
    }
  }

  private boolean hasAnyBegun() throws IOException {
    return kind.links(targetClient, TargetKind.keys(spec)).values().stream()
        .anyMatch(node -> node.generation() > 0);
  }

  private void awaitRetry(Fault fault) throws Stopped, InterruptedException {
    state.retried();
    state.phase(Phase.RETRYING, fault);
    long millis = retry.failed();
    state.log(LogLevel.WARN, "%s; trying again in %d ms".formatted(fault.message(), millis));
    state.control().pause(millis);
    state.phase(Phase.CONNECTING);
  }

  private void attempt() throws IOException, InterruptedException {
    state.control().check();
    if (mustResume && !target.isTaken() && isGone()) {
      if (!finishing.wasBegun()) {
        throw gone();
      }
      // The others wait for it.
      siblings.moves().took(spec.number(), null, new BitSet());
      finishing.goOnWithoutClaim();
      return;
    }
    if (facts == SourceFacts.UNKNOWN) {
      facts = SourceFacts.read(sourceClient, spec.part().isShard(), clock);
      writer.sourceAhead(facts.aheadMillis());
    }
    target.run(facts.runId());
    share.owns(writer.store().node().owned());
    siblings
        .moves()
        .took(spec.number(), spec.part().cut().slots(), share.open(writer.store().heals()));
    if (logDamaged) {
      // Not before the target was asked: another start may have taken over our folder too.
      source.discardLog();
      logDamaged = false;
    }
    TargetState store = writer.store();
    NodeState node = store.node();
    if (finishing.isRemoving() && node.generation() == 0) {
      finishing.goOn();
      return;
    }
    if (sync.afresh() && !begunAfresh) {
      refuseToSkipOwn(node);
      if (spec.part().links() == 1 && !spec.part().isShard()) {
        // The source may have been a cluster before.
        TakenLinks.retire(kind, targetClient, TargetKind.keys(spec), 1, spec.incarnation());
      }
      fullSync(node.owned() && (node.generation() > 0 || isOneOfSeveral()));
      return;
    }
    if (!node.hole().isEmpty()) {
      throw new FaultException(holeFault(node.hole()));
    }
    Checkpoint from = store.checkpoint().orElse(null);
    if (node.generation() == 0 && mustResume) {
      if (!finishing.wasBegun()) {
        throw gone();
      }
      finishing.goOn();
    } else if (node.generation() == 0) {
      // Its hash may be gone, by a removal that was cut, where the others' are not.
      fullSync(node.owned() && isOneOfSeveral());
    } else if (node.interrupted()) {
      fullSyncAgain(node);
    } else if (from == null || from.generation() != node.generation()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.CHECKPOINT_MISMATCH,
              "the key " + store.keys().checkpoint() + " is gone or of another full sync"));
    } else if (sync.mode() == SyncMode.FULL_ONLY) {
      finish();
    } else {
      stream(from);
    }
  }

  private boolean isOneOfSeveral() {
    return spec.part().links() > 1;
  }

  private boolean isGone() throws IOException {
    state.phase(Phase.CONNECTING);
    return !writer.store().isClaimed();
  }

  private FaultException gone() {
    return new FaultException(
        Fault.fatal(
            FaultCode.CHECKPOINT_GONE,
            "the target no longer has the checkpoint of the task '%s'; start afresh or finish"
                .formatted(sync.task())));
  }

  /**
   * @param hole code and message of the fault that was recorded
   */
  static Fault holeFault(String hole) {
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

  boolean mustBeginWithAll() {
    return mustBeginWithAll;
  }

  /** What an interrupted full sync has written may since have been deleted at the source. */
  private void fullSyncAgain(NodeState node) throws IOException, InterruptedException {
    if (spec.part().isOneOfSources()) {
      mustBeginWithAll = node.owned();
      throw new FaultException(
          Fault.fatal(
              FaultCode.FULL_SYNC_INTERRUPTED,
              "the last full sync was interrupted, and what it wrote cannot be told from what the"
                  + " other sources hold"));
    } else if (node.owned()) {
      state.log(
          LogLevel.INFO,
          "the last full sync was interrupted: the target, which was empty before it, is emptied"
              + " and the full sync begun again");
      fullSync(true);
    } else if (sync.onExists() == ConflictPolicy.REPLACE) {
      state.log(
          LogLevel.WARN,
          "the last full sync was interrupted and is begun again; keys that it wrote and that the"
              + " source has deleted since stay at the target, which was not empty before");
      fullSync(false);
    } else {
      throw new FaultException(
          Fault.fatal(
              FaultCode.FULL_SYNC_INTERRUPTED,
              "the last full sync was interrupted and the target was not empty before it"));
    }
  }

  /** Keys that this task wrote before would be skipped for good, with the values of then. */
  private void refuseToSkipOwn(NodeState node) throws FaultException {
    if (sync.onExists() == ConflictPolicy.SKIP && !node.owned() && node.generation() > 0) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.TARGET_NOT_EMPTY,
              "what the full sync before this one wrote cannot be told from what was at the target"
                  + " before it, so it is not known what to skip"));
    }
  }

  private void fullSync(boolean wipe) throws IOException, InterruptedException {
    boolean oneOfSources = spec.part().isOneOfSources();
    if (oneOfSources && !writer.store().node().owned()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.TARGET_NOT_EMPTY,
              "several sources are copied into a target only that was empty before"));
    }
    finishing.forget();
    refetch.inDoubt(null);
    // Of several sources what is to be emptied was emptied before any link began.
    fullSync.run(wipe && !oneOfSources, () -> begunAfresh = true);
    retry.succeeded();
    if (sync.mode() == SyncMode.FULL_ONLY) {
      finish();
    } else {
      stream(writer.store().checkpoint().orElseThrow());
    }
  }

  /**
   * Follows the source into its new history: it has lost what it had sent.
   *
   * @return where the target stands then
   */
  private Checkpoint follow(LostHistoryException lost, LaneWriter lane, Checkpoint from)
      throws IOException, InterruptedException {
    BitSet behind = share.fetchedBehind(lost.upTo());
    if (!behind.isEmpty()) {
      // What was fetched of them may hold some of what was lost.
      lane.appendHealRecord("HMSET", share.open(behind));
      lane.send(from);
      lane.await();
      siblings.moves().begin(behind);
    }
    LostWrites writes =
        LostWrites.read(
            lost, source.session().relay(), from, writer.reached(), gate(), state.control());
    refetch.writeTo(lane);
    try {
      refetch.healLost(writes);
    } catch (FaultException e) {
      // The source may have changed once more: the next attachment looks anew.
      source.close();
      throw e;
    }
    state.log(
        LogLevel.WARN,
        "%s; %d keys that it wrote were fetched again"
            .formatted(lost.fault().message(), writes.keys().size()));
    source.discardLog();
    return lane.acknowledged();
  }

  private void stream(Checkpoint checkpoint) throws IOException, InterruptedException {
    refetch.use(writer.store().heals());
    share.use(writer.store().heals());
    LaneWriter laneWriter = writer.openLane();
    LostHistoryException lost = source.lost();
    boolean followed = lost != null;
    Checkpoint from = followed ? follow(lost, laneWriter, checkpoint) : checkpoint;
    long reached = followed ? Math.min(lost.upTo(), writer.reached()) : writer.reached();
    if (target.takeUnanswered() || followed) {
      boolean doubtful = from.start() < reached;
      refetch.inDoubt(
          doubtful ? OpenDoubt.unanswered(from, reached, writer.store().heals().ahead()) : null);
    }
    long ahead = refetch.ahead().highest();
    state.holdsUpTo(Math.max(ahead, reached));
    // What is in doubt is looked for in the stream, so it is needed from there on.
    boolean settled = !refetch.isNeeded();
    long begin = settled ? from.offset() : refetch.begin();
    int beginDatabase = settled ? from.database() : refetch.beginDatabase();
    SourceSession current = source.goOn(from, begin, beginDatabase);
    fullSync.appliedBefore();
    RelayLog relay = current.relay();
    LaneApplier lane =
        new LaneApplier(
            laneWriter, gate(), refetch, progress(relay), state, clock, exactness, share);
    takeMovedSlots(lane, current);
    StreamApplier applier =
        new StreamApplier(
            lane, relay, current.receiver()::replId, state, clock, share, siblings.moves());
    applier.replayed(current.replayedUpTo());
    state.phase(Phase.INCREMENTAL);
    retry.succeeded();
    finishing.forget();
    applier.run();
    finish();
  }

  /** What of the source has come to this link since it wrote here last. */
  private void takeMovedSlots(LaneApplier lane, SourceSession current)
      throws IOException, InterruptedException {
    if (!share.follows()) {
      return;
    }
    BitSet slots = share.toFetch(spec.number(), state.control());
    if (!slots.isEmpty()) {
      TargetKeys target = kind.keys(targetClient, writer.store().claim().home());
      refetch.slots(slots, share, gate(), target, current.receiver()::replId);
      siblings.moves().fetched(slots);
      state.log(
          LogLevel.INFO,
          "slots that moved at the source were fetched again: " + SlotRanges.of(slots));
      slots.clear();
    }
    String words = TargetKind.moved(sync, spec.part());
    if (!writer.store().node().moved().equals(words)) {
      writer.store().conform(words);
    }
    BitSet unsaid = share.unsaid();
    if (!unsaid.isEmpty()) {
      lane.record(share.open(unsaid));
    }
    share.stream();
  }

  /** Whether slots of the source are held back because they move. */
  boolean isMoving() {
    return siblings.moves().isAny();
  }

  /** Whether slots that move are lived through by now. */
  boolean streams() {
    return share.streams();
  }

  /** The one lane's progress is the link's. */
  private LaneProgress progress(RelayLog relay) {
    return new LaneProgress() {
      @Override
      public void applied(long offset) {
        state.applied(offset);
      }

      @Override
      public void settled(long offset) {
        state.applied(offset);
        relay.trim(offset);
      }
    };
  }

  private void finish() throws IOException, InterruptedException {
    finishing.run(ledger(), heals());
  }

  private CommandGate gate() {
    TargetState store = writer.store();
    return new CommandGate(
        selection, store.node().owned(), store.hasOneDatabase(), spec.part(), share);
  }
}
