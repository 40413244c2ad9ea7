package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * One try of a link: takes the target, and decides by what lies there between a full sync, the
 * stream and the end. For the applying thread; what it has come to know may be asked by any.
 */
final class LinkAttempt {
  private static final long STOP_POLL_MILLIS = 20;
  private static final long TURN_POLL_MILLIS = 50;

  private final LinkParts parts;
  private final LinkSpec spec;
  private final SyncSpec sync;
  private final LinkState state;
  private final TargetWriter writer;
  private final Siblings siblings;
  private final Finishing finishing;
  private final LinkStream stream;

  private volatile SourceFacts facts = SourceFacts.UNKNOWN;
  private boolean begunAfresh;
  private boolean logDamaged;

  /** Whether the snapshot may lack what the stream goes on from. */
  private boolean sourceOmitsExpired;

  private volatile boolean mustBeginWithAll;

  /** Of which source this process has begun its last full sync, or what it goes on with is. */
  private volatile CopiedFrom begun = CopiedFrom.NOTHING;

  /** The source's replication id as the stream had it last, empty before there was any. */
  private volatile String followed = "";

  LinkAttempt(LinkParts parts) {
    this.parts = parts;
    this.spec = parts.spec();
    this.sync = spec.sync();
    this.state = parts.state();
    this.writer = parts.writer();
    this.siblings = parts.siblings();
    this.finishing = parts.finishing();
    this.stream = new LinkStream(parts);
  }

  SourceFacts facts() {
    return facts;
  }

  /** Whether it has failed by what only a new beginning of all links of its job mends. */
  boolean mustBeginWithAll() {
    return mustBeginWithAll;
  }

  /**
   * The source's replication id as the stream had it last, and where the copy that it goes on from
   * was begun; nothing before there was any.
   */
  CopiedFrom followed() {
    return followed.isEmpty()
        ? CopiedFrom.NOTHING
        : new CopiedFrom(followed, begun.offset(), begun.runId());
  }

  /** What the relay log holds cannot be used. */
  void logDamaged() {
    logDamaged = true;
  }

  boolean isLogDamaged() {
    return logDamaged;
  }

  /** Runs to the end of the link. */
  void run() throws IOException, InterruptedException {
    state.control().check();
    if (parts.mustResume() && !parts.target().isTaken() && isGone()) {
      if (!finishing.wasBegun()) {
        throw gone();
      }
      // The others wait for it.
      siblings.moves().took(spec.number(), null, new BitSet(), List.of());
      finishing.goOnWithoutClaim();
      return;
    }
    if (facts == SourceFacts.UNKNOWN) {
      facts = SourceFacts.read(parts.sourceClient(), spec.part().isShard(), parts.clock());
      for (int database : facts.databases()) {
        ShardDatabases.refuse(database, spec.part().isShard(), parts.selection());
      }
      writer.sourceAhead(facts.aheadMillis());
      writer.sourceModules(() -> SourceFacts.modules(parts.sourceClient()));
    }
    parts.target().run(facts.runId());
    parts.share().took(isAllOurs(writer.store().node()), livesThrough(writer.store().node()));
    HealRecord heals = writer.store().heals();
    siblings
        .moves()
        .took(
            spec.number(),
            spec.part().cut().slots(),
            parts.share().open(heals),
            heals.touched().keySet());
    refuseOpenSlots(heals);
    if (logDamaged) {
      // Not before the target was asked: another start may have taken over our folder too.
      parts.source().discardLog();
      logDamaged = false;
    }
    TargetState store = writer.store();
    NodeState node = store.node();
    if (finishing.isRemoving() && node.isLeft()) {
      finishing.goOn();
      return;
    }
    refuseDoneThatCameBack();
    boolean copyLost = store.hasLostItsCopy();
    if (sync.afresh() && (!begunAfresh || copyLost)) {
      refuseToSkipOwn(node);
      if (spec.part().links() == 1 && !spec.part().isShard()) {
        // The source may have been a cluster before.
        TakenLinks.retire(
            parts.kind(), parts.targetClient(), TargetKind.keys(spec), 1, spec.incarnation());
      }
      fullSync(node.owned() && (node.generation() > 0 || isOneOfSeveral() || copyLost));
      return;
    }
    if (!node.hole().isEmpty()) {
      throw new FaultException(LinkFaults.hole(node.hole()));
    }
    Checkpoint from = store.checkpoint().orElse(null);
    boolean nothing = node.generation() == 0 && parts.mustResume() && !copyLost;
    if (nothing && (node.isLeft() || finishing.wasBegun())) {
      // What a removal leaves says so; what has copied nothing was set back to before its copy.
      if (!finishing.wasBegun() || !node.isLeft()) {
        throw gone();
      }
      finishing.goOn();
    } else if (node.generation() == 0 && !keepsCopied(node)) {
      // A shard that joined has what others have copied of its slots, and of a target that was set
      // back a part may have what was copied before.
      fullSync((isAllOurs(node) && isOneOfSeveral()) || (node.owned() && copyLost));
    } else if (node.interrupted() || copyLost) {
      fullSyncAgain(node);
    } else if (from == null || from.generation() != node.generation()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.CHECKPOINT_MISMATCH,
              "the key " + store.keys().checkpoint() + " is gone or of another full sync"));
    } else if (sync.mode() == SyncMode.FULL_ONLY) {
      refuseToLeaveStream(from);
      state.log(
          LogLevel.WARN,
          "the full sync of this task is at the target already: nothing is copied again, and the"
              + " task ends");
      verifySlots();
      finish();
    } else {
      stream(from);
    }
  }

  /**
   * Whether, though nothing is told of a full sync, parts of the target that were not set back hold
   * what one has written, which cannot be told from what was there before it.
   */
  private boolean keepsCopied(NodeState node) {
    TargetState store = writer.store();
    return store.hasLostItsCopy() && store.hasOneDatabase() && !node.owned();
  }

  /** Who wants a copy only, of a task that follows its source, would lose the task's place. */
  private void refuseToLeaveStream(Checkpoint from) throws FaultException {
    if (from.offset() > from.start() || from.ledger().read() > 0) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.TASK_CHANGED,
              ("the task '%s' has done its full sync and follows its source's stream; to end with"
                      + " the full sync would copy nothing and give up its place in the stream")
                  .formatted(sync.task())));
    }
  }

  /**
   * Whether the target has of the link's slots what its source has, and all else may go. It may
   * have more where commands are left out: what they would have removed.
   */
  private boolean isAllOurs(NodeState node) {
    return node.owned()
        && !spec.part().isOneOfSources()
        && sync.filter().excludeCommands().isEmpty();
  }

  /**
   * Where a target was not empty, or is others' too: what is skipped, or a reason to stop, is known
   * only behind the first copy.
   */
  private boolean livesThrough(NodeState node) {
    boolean replaces = isReplaced() && !spec.part().isOneOfSources();
    return replaces || (node.generation() > 0 && !node.interrupted());
  }

  /** What is to be fetched is known only where all links are in one process. */
  private void refuseOpenSlots(HealRecord heals) throws FaultException {
    BitSet open = parts.share().open(heals);
    if (siblings.elsewhere().isAny() && !open.isEmpty()) {
      throw new FaultException(
          LinksElsewhere.resharded(
              "slots moved at the source and are still to be fetched again: "
                  + SlotRanges.of(open)));
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
          LogLevel.WARN,
          "the last full sync was interrupted and is begun again: what it has left is the task's");
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
    boolean wrote = node.generation() > 0 || keepsCopied(node);
    if (sync.onExists() == ConflictPolicy.SKIP && !node.owned() && wrote) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.TARGET_NOT_EMPTY,
              "what the full sync before this one wrote cannot be told from what was at the target"
                  + " before it, so it is not known what to skip"));
    }
  }

  /**
   * @param again whether what a former one may have left is the task's, and must be none of the end
   */
  private void fullSync(boolean again) throws IOException, InterruptedException {
    boolean oneOfSources = spec.part().isOneOfSources();
    if (oneOfSources && !writer.store().node().owned()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.TARGET_NOT_EMPTY,
              "several sources are copied into a target only that was empty before"));
    }
    if (oneOfSources) {
      refuseWhatCameBack(writer.store());
    }
    parts.share().copy();
    state.refused(false);
    siblings.awaitAllTaken(parts.share(), state.control());
    finishing.forget();
    parts.refetch().inDoubt(null);
    // Of several sources what is to be emptied was emptied before any link began.
    FullSync.Former former = again && !oneOfSources ? ofFormer() : FullSync.Former.STAYS;
    try {
      awaitTurn();
      parts.fullSync().run(former, this::awaitBegin, this::hasBegun);
    } finally {
      siblings.turns().leave(spec.number());
    }
    parts.retry().succeeded();
    verifySlots();
    parts.share().took(isAllOurs(writer.store().node()), livesThrough(writer.store().node()));
    if (sync.mode() == SyncMode.FULL_ONLY) {
      finish();
    } else {
      stream(writer.store().checkpoint().orElseThrow());
    }
  }

  /** The source is asked for nothing before: what it sends from then on it would have to keep. */
  private void awaitTurn() throws IOException, InterruptedException {
    if (siblings.turns().take(spec.number())) {
      return;
    }
    parts.source().close();
    state.phase(Phase.FULL_SYNC_QUEUED);
    state.log(
        LogLevel.INFO,
        "waits for its turn: %d links of the job may be in their full sync at once"
            .formatted(siblings.turns().most()));
    do {
      state.control().pause(TURN_POLL_MILLIS);
      // In this phase still: one that is paused has begun.
      state.control().awaitUnpaused();
    } while (!siblings.turns().take(spec.number()));
    // Servers close connections that were silent for long; a fork must not be made in vain.
    parts.target().run(facts.runId());
    if (spec.part().isOneOfSources()) {
      // The target may have been started again from what it held before.
      refuseWhatCameBack(writer.store());
    }
  }

  /** A key of a slot that moved meanwhile may have been in none of the copies. */
  private void verifySlots() throws IOException, InterruptedException {
    parts.takeSlots();
    state.control().check();
  }

  /** Without a stream behind it, or where what is there is not replaced, nothing may be left. */
  private FullSync.Former ofFormer() {
    return sync.mode() == SyncMode.SYNC && isReplaced()
        ? FullSync.Former.SWEPT
        : FullSync.Former.EMPTIED;
  }

  /** Where a target that is not empty is refused, what is there later is the task's. */
  private boolean isReplaced() {
    return sync.onExists() == ConflictPolicy.REFUSE || sync.onExists() == ConflictPolicy.REPLACE;
  }

  /** Of several sources none begins but at a target that was emptied, and has stayed so. */
  private void refuseWhatCameBack(TargetState store) throws FaultException {
    if (store.lostItsEmptying() || store.hasLostItsCopy() || store.node().generation() > 0) {
      mustBeginWithAll = true;
      throw new FaultException(
          Fault.fatal(
              FaultCode.FULL_SYNC_INTERRUPTED,
              "the target was emptied, and holds again what it held before"));
    }
  }

  /** A link that is done would not copy again what the target has lost of it. */
  private void refuseDoneThatCameBack() throws IOException {
    if (finishing.isRemoving()
        && isOneOfSeveral()
        && siblings.isBack(
            parts.kind().links(parts.targetClient(), TargetKind.keys(spec)).keySet())) {
      mustBeginWithAll = true;
      throw new FaultException(
          Fault.fatal(
              FaultCode.FULL_SYNC_INTERRUPTED,
              "the target has come back with what a link had that was done: it was set back"));
    }
  }

  private void hasBegun() {
    if (sourceOmitsExpired) {
      writer.everyKeyMayExpire();
    }
    begunAfresh = true;
    begun = writer.store().node().copied();
  }

  /** Where another link has left, all are told to stop soon. */
  private CopiedFrom awaitBegin() throws IOException, InterruptedException {
    while (!siblings.begin()) {
      state.control().pause(STOP_POLL_MILLIS);
    }
    SourceLineage source = SourceLineage.of(parts.fullSync().snapshot(), parts.sourceClient());
    sourceOmitsExpired = source.omitsExpired();
    try {
      refuseOtherSource(source);
    } catch (RedisException e) {
      parts.source().receiver().refuse(e.fault());
      throw e;
    }
    return source.copied();
  }

  /**
   * What was copied, by a full sync that was interrupted or that the target has lost, is copied
   * again without being asked for: from the source that it was, or from none.
   */
  private void refuseOtherSource(SourceLineage source) throws RedisException {
    if (sync.afresh() && !begunAfresh) {
      return; // A person wants it so.
    }
    TargetState store = writer.store();
    CopiedFrom former = begun.isNothing() ? store.node().copied() : begun;
    if (!followed.isEmpty()) {
      if (!source.goesOn(followed, former)) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.SOURCE_REPLACED,
                "the target has lost what it had, and the source "
                    + LinkFaults.doesNotKnow(followed)));
      }
      // A source tells one step back only: the next copy, where this one is cut, asks from here.
      followed = source.replId();
      return;
    }
    Checkpoint at = store.checkpoint().orElse(null);
    boolean goesOn = at != null && source.goesOn(at.replId(), former);
    if (!former.isNothing() && !goesOn) {
      source.refuseUnless(former);
    }
  }

  private void stream(Checkpoint from) throws IOException, InterruptedException {
    // A target that is set back may come to tell of a copy of another source before this one.
    begun = begun.isNothing() ? writer.store().node().copied() : begun;
    followed = followed.isEmpty() ? from.replId() : followed;
    try {
      stream.run(from);
    } finally {
      String history = stream.history();
      followed = history.isEmpty() ? followed : history;
    }
    finish();
  }

  private void finish() throws IOException, InterruptedException {
    finishing.run(parts.ledger(), parts.refetch().record());
  }
}
