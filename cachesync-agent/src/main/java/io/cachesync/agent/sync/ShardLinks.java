package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.repair.NotRepaired;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RepairReason;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * A job whose source is a cluster, or that has several sources. The first link that fails for good
 * stops the others; where keys of ours are to be removed, that is done once for all of them.
 */
final class ShardLinks implements LinkGroup {
  private static final long STOP_SECONDS = 6;
  private static final long POLL_MILLIS = 50;

  private final LinkSpec job;
  private final IntFunction<LinkListener> listeners;
  private final Clock clock;
  private final Exactness exactness;
  private final LinkState state;
  private final Fencing fencing;
  private final CompletableFuture<LinkOutcome> end = new CompletableFuture<>();

  /**
   * How long to wait before all links begin once more with a copy that was cut; in the end minutes,
   * for each time every source makes a snapshot.
   */
  private final RetryPolicy again = new RetryPolicy(200, 300_000);

  private volatile List<Link> links = List.of();
  private volatile boolean planning;

  /** Where the least advanced link stood before all had ended. */
  private volatile Phase stood = Phase.CONNECTING;

  /**
   * Which slots the masters of a source had when every link of it had applied all that came before.
   */
  private final Map<Integer, Set<String>> drained = new HashMap<>();

  /** By number of the link, the history that it has followed last, and from where on. */
  private final Map<Integer, CopiedFrom> followed = new HashMap<>();

  /** By source: its links, and what they have in common. */
  private final List<List<Link>> linksOf = new ArrayList<>();

  /** Which of the sources each is of; asked for by who reports, whatever begins meanwhile. */
  private final Map<Link, Integer> sourceOf = new ConcurrentHashMap<>();

  private final List<Siblings> siblings = new ArrayList<>();

  // Guarded by this.
  private LimitSpec limits;
  private Fault failure;
  private boolean beginsAgain;
  private RepairPiece piece;

  ShardLinks(LinkSpec job, IntFunction<LinkListener> listeners, Clock clock, Exactness exactness) {
    this.job = job;
    this.listeners = listeners;
    this.clock = clock;
    this.exactness = exactness;
    this.limits = job.sync().limits();
    this.state = new LinkState(listeners.apply(WHOLE), new Control(LimitSpec.none()));
    this.fencing = new Fencing(job, state);
  }

  @Override
  public void start() {
    // What is said from here on stops links that run.
    boolean fences = state.control().desired() == Desired.STOP;
    Thread thread = new Thread(() -> runToTheEnd(fences), "links");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public synchronized void direct(Desired desired, LimitSpec newLimits) {
    if (desired == Desired.STOP && state.control().desired() == Desired.STOP) {
      fencing.leave();
    }
    state.control().direct(desired, null);
    if (planning && desired == Desired.STOP) {
      CompletableFuture.delayedExecutor(STOP_SECONDS, TimeUnit.SECONDS).execute(this::stopPlanning);
    }
    limits = newLimits == null ? limits : newLimits;
    links.forEach(this::pass);
  }

  /** Links that begin again are given it again. */
  @Override
  public synchronized void repair(RepairPiece newPiece) {
    boolean several = !job.sync().moreSources().isEmpty();
    if (several
        && job.sync().allSources().stream().noneMatch(of -> newPiece.isOf(of.addresses()))) {
      newPiece.fail(
          newPiece.open(any -> true, Integer.MAX_VALUE),
          NotRepaired.because(RepairReason.NOT_IN_TASK));
    }
    if (job.sync().spreads()) {
      SlotRanges own = SlotRanges.parse(job.sync().slots());
      newPiece.fail(
          newPiece.open(key -> !own.contains(HashSlot.of(key.key())), Integer.MAX_VALUE),
          NotRepaired.because(RepairReason.OTHER_JOB));
    }
    piece = newPiece;
    links.forEach(link -> link.repair(newPiece));
  }

  /** A server that does not answer must not keep a stop waiting; no link begins any more. */
  private void stopPlanning() {
    if (planning && end.complete(new LinkOutcome(Phase.STOPPED, null))) {
      state.phase(Phase.STOPPED);
    }
  }

  @Override
  public Optional<LinkOutcome> outcome() {
    return Optional.ofNullable(end.getNow(null));
  }

  @Override
  public List<LinkStatus> statuses() {
    return links.stream().map(this::status).toList();
  }

  private LinkStatus status(Link link) {
    Integer source = job.sync().moreSources().isEmpty() ? null : sourceOf.get(link);
    return source == null ? link.status() : link.status().ofSource(source);
  }

  @Override
  public long epoch() {
    return links.stream().mapToLong(Link::epoch).min().orElse(-1);
  }

  @Override
  public Phase phase() {
    return outcome()
        .map(LinkOutcome::phase)
        .orElseGet(() -> leastAdvanced().map(Link::phase).orElseGet(this::phaseOfNone));
  }

  /** No link is there, or all have ended: what is done then, if it is told. */
  private Phase phaseOfNone() {
    Phase told = state.phase();
    return told == Phase.CONNECTING && !planning && !links.isEmpty() ? stood : told;
  }

  @Override
  public Fault fault() {
    Optional<LinkOutcome> ended = outcome();
    if (ended.isPresent()) {
      return ended.get().fault();
    }
    Optional<Link> least = leastAdvanced();
    if (least.isEmpty()) {
      return state.fault();
    }
    Fault fault = least.get().fault();
    return fault == null ? null : least.get().named(fault);
  }

  /** Those that have ended have nothing before them; empty where all have. */
  private Optional<Link> leastAdvanced() {
    return links.stream()
        .filter(link -> !link.phase().ended())
        .min(Comparator.comparingInt(link -> progress(link.phase())));
  }

  /** One that waits for its turn is what the others are: in their full sync, or paused in it. */
  private static int progress(Phase phase) {
    return switch (phase) {
      case RETRYING -> -1;
      case FULL_SYNC_QUEUED -> 2 * Phase.PAUSED.ordinal() + 1;
      default -> 2 * phase.ordinal();
    };
  }

  /** Whatever happens, who waits for the end hears of it. */
  private void runToTheEnd(boolean fences) {
    try {
      end.complete(fences ? fencing.run() : run());
    } catch (Error e) {
      end(Fault.fatal(FaultCode.INTERNAL, "the links failed: " + e));
      throw e;
    }
  }

  private LinkOutcome run() {
    try {
      if (!isToRemove()) {
        do {
          planning = true;
          boolean cut = awaitAgain();
          LinkPlan plan = LinkPlan.of(job, state, cut, followed);
          begin(plan, plan.await());
          planning = false;
          awaitEnds(plan);
          for (Link link : links) {
            ended(link, link.awaitEnd());
            if (!link.followed().isNothing()) {
              followed.put(link.number(), link.followed());
            }
          }
        } while (mustBeginAgain());
      }
    } catch (Stopped e) {
      state.log(LogLevel.INFO, "no link was begun");
    } catch (FaultException e) {
      return failed(e.fault());
    } catch (RuntimeException e) {
      return failed(Fault.fatal(FaultCode.INTERNAL, "the links failed: " + e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(Fault.fatal(FaultCode.STOPPED_BY_SIGNAL, "the links were interrupted"));
    }
    return ended();
  }

  /**
   * What is cut again and again is begun again ever later.
   *
   * @return whether a link has said that all must begin with a new copy
   */
  private boolean awaitAgain() throws Stopped, InterruptedException {
    List<Link> cut = links.stream().filter(Link::mustBeginWithAll).toList();
    Optional<Link> first = cut.stream().filter(link -> link.fault() != null).findFirst();
    if (first.isPresent()) {
      Fault fault = first.get().named(first.get().fault());
      state.phase(Phase.RETRYING, fault);
      long millis = again.failed();
      state.log(
          LogLevel.WARN,
          "%s; all sources are copied again in %d ms".formatted(fault.message(), millis));
      state.control().pause(millis);
    }
    return !cut.isEmpty();
  }

  private LinkOutcome ended() {
    Fault first;
    synchronized (this) {
      first = failure;
    }
    if (first != null) {
      return failed(first);
    }
    boolean done = !links.isEmpty() && links.stream().allMatch(link -> link.phase() == Phase.DONE);
    if (done) {
      return new LinkOutcome(Phase.DONE, null);
    }
    return isToRemove() ? new Removal(job, state).run() : new LinkOutcome(Phase.STOPPED, null);
  }

  private LinkOutcome failed(Fault fault) {
    state.phase(Phase.FAILED, fault);
    return new LinkOutcome(Phase.FAILED, fault);
  }

  /** Ends the links without a last word to anybody, as the end of their process would. */
  void crash() {
    links.forEach(Link::crash);
  }

  private void end(Fault fault) {
    crash();
    end.complete(failed(fault));
  }

  /** Meanwhile lets the links begin again where slots of a source have moved between them. */
  private void awaitEnds(LinkPlan plan) throws InterruptedException {
    List<MovedSource> sources = new ArrayList<>();
    for (int i = 0; i < siblings.size(); i++) {
      sources.add(
          new MovedSource(
              plan.source(i), siblings.get(i).moves(), linksOf.get(i), clock, exactness));
    }
    while (links.stream().anyMatch(link -> link.outcome().isEmpty())) {
      leastAdvanced().map(Link::phase).ifPresent(phase -> stood = phase);
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      if (links.stream().allMatch(link -> link.phase() == Phase.INCREMENTAL)) {
        again.succeeded();
      }
      if (plan.elsewhere().isAny()) {
        endWhereSlotsMove();
        continue;
      }
      // Links that begin anew would have to take a target that takes no writes.
      if (!links.stream().allMatch(Link::streams) || links.stream().anyMatch(Link::isRefused)) {
        continue;
      }
      if (siblings.stream().noneMatch(each -> each.moves().isAny())) {
        // Until then what is to be fetched may be known by them only.
        retireLeft(plan);
      }
      for (int i = 0; i < sources.size(); i++) {
        if (sources.get(i).isOver()) {
          if (sources.get(i).isRead()) {
            drained.put(i, sources.get(i).layout());
          }
          state.log(
              LogLevel.INFO, "slots have moved at the source: all links begin from where they are");
          synchronized (this) {
            beginsAgain = true;
            links.forEach(this::pass);
          }
        }
      }
    }
  }

  /** That they do stands at the target by now; their owner may be in another process. */
  private void endWhereSlotsMove() {
    SlotMoves moves = siblings.get(0).moves();
    if (!moves.isAny()) {
      return;
    }
    synchronized (this) {
      if (failure == null && !stopsAnyway()) {
        failure =
            LinksElsewhere.resharded("slots move at the source: " + SlotRanges.of(moves.moving()));
        links.forEach(this::pass);
      }
    }
  }

  private boolean stopsAnyway() {
    return state.control().desired() == Desired.STOP || isToRemove();
  }

  private void retireLeft(LinkPlan plan) {
    try {
      plan.retireLeft();
    } catch (RedisException e) {
      state.log(LogLevel.WARN, "what a former link left is not removed yet: " + e.getMessage());
    }
  }

  private synchronized void begin(LinkPlan plan, List<PlannedLink> planned) throws Stopped {
    state.control().check();
    beginsAgain = false;
    Shares shares = new Shares(planned.size());
    share(plan, planned);
    List<Link> all = new ArrayList<>();
    for (PlannedLink each : planned) {
      LinkSpec spec =
          new LinkSpec(
              each.number(),
              shares.of(job.sync().ofSource(each.source())),
              job.secrets().ofSource(each.source()),
              folder(each.number()),
              job.incarnation(),
              each.start(),
              plan.elsewhere().isAny() ? each.part() : each.part().amongLinks(planned.size()));
      Link link =
          new Link(
              spec, siblings.get(each.source()), listeners.apply(each.number()), clock, exactness);
      linksOf.get(each.source()).add(link);
      sourceOf.put(link, each.source());
      all.add(link);
    }
    state.log(
        LogLevel.INFO,
        "%d links, for %s"
            .formatted(
                all.size(), String.join(" | ", all.stream().map(Link::describedSource).toList())));
    links = List.copyOf(all);
    sourceOf.keySet().retainAll(all);
    listeners
        .apply(WHOLE)
        .linksAre(planned.stream().map(PlannedLink::number).collect(Collectors.toSet()));
    for (Link link : all) {
      pass(link);
      if (piece != null) {
        link.repair(piece);
      }
      link.whenEnded(outcome -> ended(link, outcome));
      link.start();
    }
  }

  /** What the links of each source, and of all, are to have in common. */
  private void share(LinkPlan plan, List<PlannedLink> planned) {
    siblings.clear();
    linksOf.clear();
    List<SlotMoves> moves = new ArrayList<>();
    for (int i = 0; i < job.sync().allSources().size(); i++) {
      int source = i;
      List<PlannedLink> own = planned.stream().filter(each -> each.source() == source).toList();
      Set<String> layout =
          own.stream().map(each -> each.part().slots().toString()).collect(Collectors.toSet());
      SlotMoves ofSource = new SlotMoves(own.size(), layout.equals(drained.get(i)));
      plan.left(i).forEach(left -> ofSource.left(left.slots(), left.open(), left.touched()));
      moves.add(ofSource);
      linksOf.add(new ArrayList<>());
    }
    drained.clear();
    Siblings all = Siblings.of(moves, plan.elsewhere(), job.sync().parallelFullSyncs());
    for (int i = 0; i < moves.size(); i++) {
      siblings.add(all.ofSource(i));
    }
  }

  /** The first keeps the folder that it has where it is the only one. */
  private Path folder(int number) {
    Path first = job.workDir();
    return number == 0 ? first : first.resolveSibling(first.getFileName() + "." + number);
  }

  /** Told by the link that ends, and once more when all have ended: the listener may come later. */
  private void ended(Link link, LinkOutcome outcome) {
    if (outcome.phase() != Phase.FAILED) {
      return;
    }
    synchronized (this) {
      if (failure == null && link.mustBeginWithAll()) {
        beginsAgain = true;
        links.stream().filter(other -> other != link).forEach(this::pass);
      } else if (failure == null) {
        failure = link.named(outcome.fault());
        links.stream().filter(other -> other != link).forEach(this::pass);
      }
    }
  }

  /** Tells a link what is wanted of it now. A removal is ours, once all have ended. */
  private void pass(Link link) {
    Desired desired = state.control().desired();
    boolean stops = failure != null || beginsAgain || desired == Desired.REMOVE;
    link.direct(stops ? Desired.STOP : desired, new Shares(links.size()).of(limits));
  }

  /** Whether one link has copied a part that it cannot tell from what the others have copied. */
  private synchronized boolean mustBeginAgain() {
    Desired desired = state.control().desired();
    return beginsAgain && failure == null && desired != Desired.STOP && desired != Desired.REMOVE;
  }

  private boolean isToRemove() {
    return state.control().desired() == Desired.REMOVE;
  }
}
