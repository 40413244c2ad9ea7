package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.util.Optional;

/**
 * The end of a link that has applied everything: it waits for its siblings, and removes what is
 * ours. For the applying thread.
 */
final class Finishing {
  private static final long DRAINED_POLL_MILLIS = 20;

  private final LinkSpec spec;
  private final Siblings siblings;
  private final TargetKind kind;
  private final RedisClient client;
  private final TargetWriter writer;
  private final LinkState state;
  private final FinishMark mark;
  private boolean removing;

  Finishing(
      LinkSpec spec,
      Siblings siblings,
      TargetKind kind,
      RedisClient client,
      TargetWriter writer,
      LinkState state) {
    this.spec = spec;
    this.siblings = siblings;
    this.kind = kind;
    this.client = client;
    this.writer = writer;
    this.state = state;
    this.mark = new FinishMark(spec.workDir());
  }

  /** Whether a former start has applied everything and was about to remove our keys. */
  boolean wasBegun() {
    return mark.isSet();
  }

  /** What was begun before and given up says nothing of this end. */
  void forget() throws IOException {
    removing = false;
    mark.clear();
  }

  /** Whether our keys may be gone already, though no reply said so. */
  boolean isRemoving() {
    return removing;
  }

  /** Ends a link that has applied everything. */
  void run(Ledger ledger, HealRecord heals) throws IOException, InterruptedException {
    state.phase(Phase.FINISHING);
    if (!ledger.balanced() || !state.tally().settled().balanced()) {
      throw new FaultException(
          Fault.fatal(FaultCode.LEDGER_IMBALANCE, "the ledger does not balance: " + ledger));
    }
    if (ledger.deadLetters() > 0 || !heals.deadLetters().isEmpty()) {
      state.log(
          LogLevel.WARN,
          "dead letters: %d; what could not be healed, these keys may differ at the target"
              .formatted(Math.max(ledger.deadLetters(), DeadLetter.times(heals.deadLetters()))));
    }
    awaitSiblings();
    if (siblings.elsewhere().isAny()) {
      // Each of them can be gone on with for as long as another process has not drained its own.
      state.log(
          LogLevel.INFO,
          "everything of this link is applied; keys of ours stay, as other jobs have the other"
              + " shards: once all are through, finish the task");
      return;
    }
    setMark();
    remove();
  }

  /** Goes on with the removal that a former start has begun, where some of our keys are left. */
  void goOn() throws IOException {
    siblings.drained(spec.number());
    remove();
  }

  /**
   * Removes what a removal whose end was not seen may have left.
   *
   * @return why that is to be tried again, or null where nothing is left
   */
  Fault removeLeft() {
    try {
      removeKeys();
      return null;
    } catch (FaultException e) {
      boolean gone =
          e.fault().code() == FaultCode.CHECKPOINT_MISMATCH
              || e.fault().code() == FaultCode.CHECKPOINT_GONE;
      return gone ? null : e.fault();
    } catch (IOException e) {
      return Fault.retryable(FaultCode.CONNECTION_LOST, e.toString());
    }
  }

  /** As {@link #goOn}, where the claim is gone: a removal at a cluster goes from key to key. */
  void goOnWithoutClaim() throws IOException {
    siblings.drained(spec.number());
    int left;
    siblings.claim().lock();
    try {
      left = removeRest();
    } finally {
      siblings.claim().unlock();
    }
    state.log(
        LogLevel.INFO,
        "everything was applied and our keys removed before this start, but for " + left);
  }

  int removeKeys() throws IOException {
    siblings.claim().lock();
    try {
      return writer.removeKeys();
    } finally {
      siblings.claim().unlock();
    }
  }

  private void remove() throws IOException {
    removing = true;
    int removed = removeKeys();
    siblings.removed(spec.number());
    state.log(LogLevel.INFO, "everything is applied; " + removed + " keys of ours removed");
    if (writer.imports()) {
      state.log(
          LogLevel.WARN,
          "the target is still in import-mode, where no key ends and none is evicted: before it is"
              + " used, CONFIG SET import-mode no on each of its nodes");
    }
  }

  private int removeRest() throws IOException {
    Optional<TakenTarget> rest =
        kind.takeClaimed(client, TargetKind.keys(spec), NodeState.NOTHING_MORE, spec.incarnation());
    if (rest.isEmpty()) {
      return 0;
    }
    try (TakenTarget taken = rest.get()) {
      return taken.remove();
    }
  }

  /** As long as one of them applies, all of them may be asked to go on. */
  private void awaitSiblings() throws Stopped, InterruptedException {
    siblings.drained(spec.number());
    if (!siblings.allDrained()) {
      state.log(LogLevel.INFO, "everything of this link is applied: it waits for the others");
    }
    while (!siblings.allDrained()) {
      state.control().pause(DRAINED_POLL_MILLIS);
    }
  }

  /**
   * Without the mark a process that dies in the next moment ends with a fault, and nothing worse.
   */
  private void setMark() {
    try {
      mark.set();
    } catch (IOException e) {
      state.log(LogLevel.WARN, "the work directory cannot be written: " + e.getMessage());
    }
  }
}
