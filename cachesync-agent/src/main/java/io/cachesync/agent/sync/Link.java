package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.agent.source.MasterLink;
import io.cachesync.agent.writer.SnapshotWrite;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One source node feeding the target: from the first connection to the end.
 *
 * <p>{@code start} once; every other method may be called at any time, by any thread, any number of
 * times.
 */
public final class Link {
  /** A target that does not answer must not keep a stop waiting. */
  private static final long STOP_SECONDS = 6;

  private static final long LONGEST_SURVIVAL_MILLIS = TimeUnit.DAYS.toMillis(30);

  /** What is known of a source below 4.0 that is a replica, for the next start. */
  private static final String MASTER_LINK = "master-link";

  private final LinkSpec spec;
  private final Clock clock;
  private final LinkState state;
  private final LinkRun run;
  private final Fencing fencing;
  private final CompletableFuture<LinkOutcome> end = new CompletableFuture<>();

  public Link(LinkSpec spec, LinkListener listener, Clock clock) {
    this(spec, listener, clock, Exactness.ALL);
  }

  /** Seam of the tests that show what each rule is there for. */
  Link(LinkSpec spec, LinkListener listener, Clock clock, Exactness exactness) {
    this(spec, new Siblings(1), listener, clock, exactness);
  }

  /** One of several. */
  Link(LinkSpec spec, Siblings siblings, LinkListener listener, Clock clock, Exactness exactness) {
    this.spec = spec;
    this.clock = clock;
    this.state =
        new LinkState(
            listener,
            new Control(spec.sync().limits()),
            listener.touches(spec),
            new MasterLink(spec.workDir().resolve(MASTER_LINK)));
    this.run = new LinkRun(spec, siblings, state, clock, exactness);
    this.fencing = new Fencing(spec, state);
  }

  public void start() {
    // What is said from here on stops a link that runs.
    boolean fences = state.control().desired() == Desired.STOP;
    Thread thread = new Thread(() -> runToTheEnd(fences), "link-" + spec.number());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * What a person wants from now on, and the limits from now on. STOP ends the link within ten
   * seconds with its checkpoint kept; it is not taken back. A link to which REMOVE is said before
   * its start reads nothing from the source; one to which STOP is said before its start takes the
   * target, so that no former writer goes on, and ends. Said once more, STOP ends that too.
   *
   * @param limits null leaves them as they are
   */
  public void direct(Desired desired, LimitSpec limits) {
    boolean stops =
        (desired == Desired.STOP || desired == Desired.REMOVE)
            && state.control().desired() != desired;
    if (desired == Desired.STOP && !stops) {
      fencing.leave();
    }
    state.control().direct(desired, limits);
    if (stops) {
      run.source().leave();
      CompletableFuture.delayedExecutor(STOP_SECONDS, TimeUnit.SECONDS)
          .execute(
              () -> {
                if (!end.isDone()) {
                  run.abort();
                }
              });
    }
  }

  /**
   * Repairs those of these keys that are this link's, in its lanes, as soon as it applies the
   * stream. What was asked for before and is not done is left.
   */
  public void repair(RepairPiece piece) {
    state.repairs().offer(piece);
  }

  /** Ends the link without a last word to anybody, as the end of its process would. */
  void crash() {
    run.abort();
    state.control().fail(Fault.retryable(FaultCode.INTERNAL, "crashed"));
  }

  /** The epoch that this link holds at the target, -1 until taken. */
  public long epoch() {
    return run.epoch();
  }

  /** How the link ended, empty while it runs. */
  public Optional<LinkOutcome> outcome() {
    return Optional.ofNullable(end.getNow(null));
  }

  /** Tells how the link ended, at once where it has; on the thread that ends it. */
  void whenEnded(Consumer<LinkOutcome> listener) {
    end.thenAccept(listener);
  }

  /** Whether its first copy is done and it follows the stream. */
  boolean isRefused() {
    return state.isRefused();
  }

  boolean streams() {
    return run.streams();
  }

  /** Where its source stood when it was asked after this moment; -1 where it was not yet. */
  long sourceOffsetSince(long millis) {
    return state.lag().sourceOffsetSince(millis);
  }

  /** Whether it has applied everything that was to be, and reads nothing more. */
  boolean isThrough() {
    return run.isThrough();
  }

  /** Whether what its source has still to tell is known without. */
  boolean needsNoMore() {
    return run.needsNoMore();
  }

  /** What the target has acknowledged. */
  long appliedOffset() {
    return state.appliedOffset();
  }

  Phase phase() {
    return state.phase();
  }

  /** Why the phase is what it is, or null. */
  Fault fault() {
    return state.fault();
  }

  /** A fault of this link, as it is told of a job with several. */
  Fault named(Fault fault) {
    return new Fault(
        fault.code(),
        "%s (%s): %s".formatted(describedSource(), run.sourceNode(), fault.message()),
        fault.retryable());
  }

  /** What this link has of the sources of its job. */
  String describedSource() {
    String source = "source " + String.join(",", spec.sync().source().addresses());
    if (!spec.part().isShard()) {
      return source;
    }
    String shard = "shard " + spec.part().slots();
    return spec.part().isOneOfSources() ? shard + " of " + source : shard;
  }

  /** As {@link LinkAttempt#followed}. */
  CopiedFrom followed() {
    return run.followed();
  }

  /** Of the links of a job. */
  int number() {
    return spec.number();
  }

  /** Whether it has failed by what only a new beginning of all links of its job mends. */
  boolean mustBeginWithAll() {
    return run.mustBeginWithAll();
  }

  /** Waits for the end, however long. */
  public LinkOutcome awaitEnd() throws InterruptedException {
    try {
      return end.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new CompletionException(e);
    }
  }

  public LinkStatus status() {
    long now = clock.millis();
    state.speed().sample(now);
    SourceSession session = run.source().session();
    Receiver receiver = run.source().receiver();
    SnapshotWrite write = run.snapshots().write();
    Receiver.Snapshot snapshot = run.snapshots().snapshot();
    long rdbRead = receiver == null ? 0 : receiver.rdbBytesReceived();
    Phase phase = state.phase();
    long lagMillis = state.lag().lagMillis(now);
    boolean inSync =
        phase == Phase.INCREMENTAL
            && !run.isMoving()
            && state.appliedOffset() >= run.heals().sweptUpTo()
            && lagMillis >= 0
            && lagMillis <= spec.sync().lagBoundMillis();
    return LinkStatus.of(spec.number(), run.sourceNode(), run.targetNode())
        .phase(phase)
        .rdb(
            rdbBytes(snapshot, rdbRead),
            rdbRead,
            write == null ? 0 : run.snapshots().isApplied() ? rdbRead : write.acknowledgedBytes())
        .keys(run.facts().keys(), write == null ? 0 : write.acknowledgedKeys())
        .replId(receiver == null ? "" : receiver.replId())
        .offsets(
            state.lag().sourceOffset(),
            receiver == null ? -1 : receiver.receivedOffset(),
            state.appliedOffset())
        .lag(state.lag().lagBytes(), lagMillis)
        .speed(state.speed().bytesPerSecond(), state.speed().commandsPerSecond())
        .relay(
            session == null ? 0 : session.relay().waitingBytes(),
            session == null ? 0 : session.relay().diskBytes())
        .survivalMillis(survivalMillis())
        .inSync(inSync)
        .retries(state.retries())
        .ledger(run.ledger())
        .moduleAux(write == null ? 0 : write.moduleAux())
        .heals(run.heals().healed(), run.heals().deadLetters(), run.heals().unsupportedKeys())
        .build();
  }

  /** A diskless source tells the size only by ending. */
  private long rdbBytes(Receiver.Snapshot snapshot, long read) {
    if (snapshot == null) {
      return -1;
    }
    return snapshot.rdbBytes() < 0 && run.snapshots().isApplied() ? read : snapshot.rdbBytes();
  }

  private long survivalMillis() {
    long backlog = run.facts().backlogBytes();
    long lag = state.lag().lagBytes();
    double rate = state.lag().sourceBytesPerSecond();
    if (backlog < 0 || lag < 0 || rate < 0) {
      return -1;
    }
    double millis = Math.max(0, backlog - lag) / Math.max(rate, 1e-3) * 1000;
    return (long) Math.min(LONGEST_SURVIVAL_MILLIS, millis);
  }

  private boolean isToRemove() {
    return state.control().desired() == Desired.REMOVE;
  }

  /** Whatever happens, who waits for the end hears of it. */
  private void runToTheEnd(boolean fences) {
    try {
      if (fences) {
        end.complete(fencing.run());
        return;
      }
      LinkOutcome outcome = isToRemove() ? null : run.run();
      boolean removes = outcome == null || outcome.phase() == Phase.STOPPED && isToRemove();
      end.complete(removes ? new Removal(spec, state).run() : outcome);
    } catch (Error e) {
      run.abort();
      Fault fault = Fault.fatal(FaultCode.INTERNAL, "the link failed: " + e);
      state.phase(Phase.FAILED, fault);
      end.complete(new LinkOutcome(Phase.FAILED, fault));
      throw e;
    }
  }
}
