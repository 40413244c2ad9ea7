package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.source.LostHistoryException;
import io.cachesync.agent.source.SlotKeys;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.Supplier;

/**
 * Goes on from a checkpoint: attaches to the source there and applies its stream, whatever has
 * become of source and target since. For the applying thread.
 */
final class LinkStream {
  private final LinkParts parts;
  private final LinkSpec spec;
  private final SyncSpec sync;
  private final LinkState state;
  private final TargetWriter writer;
  private final SlotShare share;
  private final Siblings siblings;
  private final Refetch refetch;
  private final Attachment source;

  /** Of whom it is known that the source has left its history, and the one that it goes on in. */
  private Receiver former;

  private String next = "";

  /** The first one is told, so that the log stays readable. */
  private boolean toldUnknown;

  LinkStream(LinkParts parts) {
    this.parts = parts;
    this.spec = parts.spec();
    this.sync = spec.sync();
    this.state = parts.state();
    this.writer = parts.writer();
    this.share = parts.share();
    this.siblings = parts.siblings();
    this.refetch = parts.refetch();
    this.source = parts.source();
  }

  /** The source's history as it was followed last, empty before there was any. */
  String history() {
    Receiver last = source.receiver();
    if (last == null) {
      return "";
    }
    return last == former ? next : last.replId();
  }

  /** Runs until everything is applied that was to be. */
  void run(Checkpoint checkpoint) throws IOException, InterruptedException {
    refetch.use(writer.store().heals());
    share.use(
        writer.store().heals(),
        TargetKind.slots(sync, writer.store().node().moved(), spec.part().sources()));
    if (share.isForeign() && share.mayFetch()) {
      skipAsOthers(share.toFetch(spec.number(), state.control()));
    }
    LaneWriter laneWriter = writer.openLane();
    if (!share.listing().strays().isEmpty()) {
      laneWriter.appendHealRecord("HDEL", share.listing().strays());
      laneWriter.send(laneWriter.acknowledged());
      laneWriter.await();
    }
    LostHistoryException lost = source.lost();
    boolean followed = lost != null;
    Checkpoint from = followed ? follow(lost, laneWriter, checkpoint) : checkpoint;
    long reached = followed ? Math.min(lost.upTo(), writer.reached()) : writer.reached();
    if (parts.target().takeUnanswered() || followed) {
      boolean doubtful = from.start() < reached;
      refetch.inDoubt(
          doubtful ? OpenDoubt.unanswered(from, reached, writer.store().heals().ahead()) : null);
    }
    refetch.inDoubtOfRepair(from, share::isElsewhere);
    long ahead = refetch.ahead().highest();
    state.holdsUpTo(Math.max(Math.max(ahead, reached), refetch.record().sweptUpTo()));
    // What is in doubt is looked for in the stream, so it is needed from there on.
    boolean settled = !refetch.isNeeded();
    long begin = settled ? from.offset() : refetch.begin();
    int beginDatabase = settled ? from.database() : refetch.beginDatabase();
    SourceSession current = source.goOn(from, begin, beginDatabase);
    parts.fullSync().appliedBefore();
    RelayLog relay = current.relay();
    LaneApplier lane =
        new LaneApplier(
            laneWriter,
            gate(),
            refetch,
            parts.sweep(),
            progress(relay, laneWriter, from),
            state,
            parts.clock(),
            parts.exactness(),
            share);
    takeMovedSlots(lane, current);
    StreamApplier applier =
        new StreamApplier(
            lane,
            relay,
            current.receiver()::replId,
            state,
            parts.clock(),
            share,
            siblings.moves(),
            parts.repair(),
            this::askForSlots,
            () -> listKeys(lane, current.receiver()::replId));
    applier.replayed(current.replayedUpTo());
    if (!state.isRefused()) {
      goesOn();
    }
    parts.finishing().forget();
    applier.run();
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
    long swept = refetch.record().sweptUpTo();
    long reached = lost.upTo() < swept ? Math.max(swept, writer.reached()) : writer.reached();
    LostWrites writes =
        LostWrites.read(lost, source.session().relay(), from, reached, gate(), state.control());
    refetch.writeTo(lane);
    try {
      refetch.healLost(writes, share::isElsewhere, share.isForeign());
    } catch (FaultException e) {
      // The source may have changed once more: the next attachment looks anew.
      source.close();
      throw e;
    }
    state.log(
        LogLevel.WARN,
        "%s; %d keys that it wrote were fetched again"
            .formatted(lost.fault().message(), writes.keys().size()));
    former = source.receiver();
    next = lost.newReplId();
    source.cutLog(lost);
    return lane.acknowledged();
  }

  /** What of the source has come to this link since it wrote here last. */
  private void takeMovedSlots(LaneApplier lane, SourceSession current)
      throws IOException, InterruptedException {
    if (!share.follows()) {
      share.stream();
      return;
    }
    BitSet slots = share.toFetch(spec.number(), state.control());
    if (!share.mayFetch()) {
      awaitOthers(lane, slots);
      return;
    }
    leaveThoseThatMove(lane, slots, current.receiver()::replId);
    if (!slots.isEmpty()) {
      TargetKeys target = parts.kind().keys(parts.targetClient(), parts.selection());
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
    share.listing().conforms();
    BitSet unsaid = share.unsaid();
    if (!unsaid.isEmpty()) {
      lane.record(share.open(unsaid));
    }
    share.stream();
  }

  /** What the target had of these slots was found by the link that had them. */
  private void skipAsOthers(BitSet slots) throws IOException {
    if (slots.isEmpty()) {
      return;
    }
    for (int link : parts.kind().links(parts.targetClient(), TargetKind.keys(spec)).keySet()) {
      if (link != spec.number()) {
        writer.skipAsLink(link, slots);
      }
    }
  }

  /**
   * What other links have still to read may tell of keys of these slots; until they have, nothing
   * of the slots is applied, and the target's words stay those of before.
   */
  private void awaitOthers(LaneApplier lane, BitSet slots) throws IOException {
    BitSet held = (BitSet) slots.clone();
    held.or(share.unsaid());
    if (!held.isEmpty()) {
      hold(lane, held);
      state.log(
          LogLevel.INFO,
          "slots have moved at the source: %s; they are fetched again once all links are there"
              .formatted(SlotRanges.of(held)));
    }
    share.stream();
  }

  /**
   * The source may have moved slots once more since it was planned who fetches them. Whoever has
   * them then does, once all links have begun again, for which each must be in its stream.
   *
   * @param slots less those when it returns
   */
  private void leaveThoseThatMove(LaneApplier lane, BitSet slots, Supplier<String> replId)
      throws IOException {
    if (slots.isEmpty()) {
      return;
    }
    BitSet held = (BitSet) slots.clone();
    held.andNot(parts.settledSlots(replId));
    if (!held.isEmpty()) {
      hold(lane, held);
      slots.andNot(held);
      state.log(
          LogLevel.INFO,
          "slots move at the source: %s; they are fetched again once they have moved"
              .formatted(SlotRanges.of(held)));
    }
  }

  /** That these slots are to be fetched stands at the target before nothing of them is applied. */
  private void hold(LaneApplier lane, BitSet slots) throws IOException {
    lane.record(share.open(slots));
    siblings.moves().begin(slots);
  }

  /**
   * Which keys the link's slots have stands at the target from then on, and with what is still to
   * come up to the offset that they are of nothing more of the stream is needed. A master that is
   * gone by then is not asked any more, and of one that has too many keys its stream is needed.
   */
  private void listKeys(LaneApplier lane, Supplier<String> replId)
      throws IOException, InterruptedException {
    SlotListing listing = share.listing();
    lane.record(share.open(listing.unsaid()));
    BitSet slots = listing.unlisted();
    if (slots.isEmpty()) {
      listing.looked();
      return;
    }
    long keys = 0;
    try (SlotKeys source = SlotKeys.of(parts.sourceClient())) {
      if (source.count(slots, SlotListing.MOST_KEYS) <= SlotListing.MOST_KEYS) {
        for (BitSet some : SlotKeys.parts(slots)) {
          state.control().check();
          SlotKeys.Found found = source.read(some);
          long least = lane.acknowledged().offset();
          refetch.values().requireLive(found.replId(), found.offset(), least, replId);
          if (parts.exactness().writesDownKeysOfDrained()) {
            lane.record(refetch.touch(found.keys(), found.offset(), parts.selection()));
          }
          listing.found(some, found.offset());
          keys += found.keys().size();
        }
        state.log(
            LogLevel.INFO,
            "the slots of the shard leave it: the %d keys of %s are written down"
                .formatted(keys, SlotRanges.of(slots)));
      }
    } catch (OtherHistoryException e) {
      if (!toldUnknown) {
        toldUnknown = true;
        state.log(
            LogLevel.WARN,
            "which keys the slots %s have is not known: %s"
                .formatted(SlotRanges.of(slots), e.fault().message()));
      }
    }
    lane.record(listing.known(lane.acknowledged().offset()));
    listing.looked();
  }

  /** Where the source does not answer, what was known of it by then counts. */
  private void askForSlots() throws Stopped {
    try {
      parts.takeSlots();
    } catch (RedisException e) {
      state.log(
          LogLevel.WARN,
          "the source was not asked once more whether slots move: " + e.getMessage());
    }
    state.control().check();
  }

  private void goesOn() {
    state.refused(false);
    state.phase(Phase.INCREMENTAL);
    parts.retry().succeeded();
  }

  /** What went plain may have been taken though the transaction behind it is refused again. */
  private void showTaken(LaneWriter lane, Checkpoint from) {
    if (state.isRefused() && lane.acknowledged().offset() > from.offset()) {
      goesOn();
    }
  }

  /** The one lane's progress is the link's. */
  private LaneProgress progress(RelayLog relay, LaneWriter lane, Checkpoint from) {
    return new LaneProgress() {
      @Override
      public void applied(long offset) {
        state.applied(offset);
        showTaken(lane, from);
      }

      @Override
      public void settled(long offset) {
        state.applied(offset);
        showTaken(lane, from);
        relay.trim(offset);
        parts.sweep().passed(offset);
      }
    };
  }

  private CommandGate gate() {
    TargetState store = writer.store();
    return new CommandGate(
        parts.selection(),
        store.node().owned(),
        store.hasOneDatabase(),
        spec.part(),
        share,
        new ScriptDatabases(store.heals(), !spec.part().isShard()));
  }
}
