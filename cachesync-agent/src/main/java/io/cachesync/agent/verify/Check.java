package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespFormatException;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RedisEndpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Compares two sides in rounds: the first reads all keys, each further one what differed in the one
 * before. Nothing is written to either side. Run once, by one thread; it may be asked for a report
 * and stopped by any.
 */
public final class Check {
  private static final int BATCHES_WAITING = 4;

  private static final long SLOT_WAIT_MILLIS = 60_000;

  /** When it first keeps how far it has come, and how long it waits at most before each time. */
  private static final long FIRST_KEPT_MILLIS = 1000;

  private static final long MOST_KEPT_MILLIS = 8000;

  private final long slotWaitMillis;
  private final CheckSpec spec;
  private final Clock clock;
  private final DifferenceSink differences;
  private final Path folder;
  private final Collection<NamedKey> only;
  private final Consumer<String> notes;
  private final Stillness stillness = new Stillness();
  private final List<Side> sources;
  private final Side target;

  private volatile CheckPhase phase = CheckPhase.CONNECTING;
  private volatile Fault fault;
  private volatile Journey journey;
  private volatile long ofRound;
  private volatile long startedMillis;
  private volatile long endedMillis;
  private volatile Databases databases;
  private KeyChoice choice;
  private Thread runner;
  private boolean stopping;

  /**
   * @param differences takes each difference once it is known
   * @param folder where it keeps how far it has come, and goes on where another process kept that;
   *     null for nowhere
   */
  public Check(
      CheckSpec spec, JobSecrets secrets, DifferenceSink differences, Path folder, Clock clock) {
    this(spec, secrets, differences, folder, line -> {}, clock);
  }

  /**
   * As above.
   *
   * @param notes takes what a person should know of how it goes
   */
  public Check(
      CheckSpec spec,
      JobSecrets secrets,
      DifferenceSink differences,
      Path folder,
      Consumer<String> notes,
      Clock clock) {
    this(spec, secrets, differences, folder, notes, clock, SLOT_WAIT_MILLIS, null);
  }

  /**
   * Of these keys only, under their names at the source; in two rounds at least.
   *
   * @param only those that the filter leaves out are left out
   */
  public Check(
      CheckSpec spec,
      JobSecrets secrets,
      Collection<NamedKey> only,
      DifferenceSink differences,
      Clock clock) {
    this(spec, secrets, differences, null, line -> {}, clock, SLOT_WAIT_MILLIS, only);
  }

  /**
   * @param slotWaitMillis how long a slot of a cluster may be open
   */
  Check(
      CheckSpec spec,
      JobSecrets secrets,
      DifferenceSink differences,
      Path folder,
      Clock clock,
      long slotWaitMillis) {
    this(spec, secrets, differences, folder, line -> {}, clock, slotWaitMillis, null);
  }

  private Check(
      CheckSpec spec,
      JobSecrets secrets,
      DifferenceSink differences,
      Path folder,
      Consumer<String> notes,
      Clock clock,
      long slotWaitMillis,
      Collection<NamedKey> only) {
    this.only = only;
    this.notes = notes;
    this.folder = folder;
    this.slotWaitMillis = slotWaitMillis;
    this.spec = spec;
    this.clock = clock;
    this.differences = differences;
    sources = sources(spec, secrets);
    target =
        new Side("target", new RedisClient(spec.target(), secrets.target()), spec.targetLimits());
  }

  /** Runs to the end and returns the last report. */
  public CheckReport run() {
    startedMillis = clock.millis();
    try {
      begin();
      rounds();
      journey.forget();
      end(CheckPhase.DONE, null);
    } catch (InterruptedException | InterruptedIOException e) {
      end(CheckPhase.STOPPED, null);
    } catch (FaultException e) {
      // What is stopped fails by that too.
      boolean stopped = isStopping();
      end(stopped ? CheckPhase.STOPPED : CheckPhase.FAILED, stopped ? null : e.fault());
    } catch (RespFormatException e) {
      end(CheckPhase.FAILED, Fault.fatal(FaultCode.PROTOCOL_ERROR, e.getMessage()));
    } catch (IOException | UncheckedIOException e) {
      String why = e instanceof UncheckedIOException ? e.getCause().getMessage() : e.getMessage();
      Fault failure = Fault.fatal(FaultCode.DISK_FULL, "the check's files: " + why);
      end(CheckPhase.FAILED, failure);
    } finally {
      leave();
    }
    return report();
  }

  /** Ends it as soon as may be; what was found so far stays found. */
  public void stop() {
    synchronized (this) {
      stopping = true;
      if (runner != null) {
        runner.interrupt();
      }
    }
    // A server that stands still is not waited for: what reads from it hears of no interrupt.
    sources.forEach(source -> source.client().abort());
    target.client().abort();
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  /** Sets new limits, at once. */
  public void limits(LimitSpec ofSource, LimitSpec ofTarget) {
    sources.forEach(source -> source.limits(ofSource));
    target.limits(ofTarget);
  }

  /** How far it has come. */
  public CheckReport report() {
    Journey far = journey;
    Round now = far == null ? null : far.round();
    boolean over = phase == CheckPhase.DONE;
    long at = endedMillis == 0 ? clock.millis() : endedMillis;
    boolean ended = endedMillis != 0 && now != null;
    long took = ended ? Math.max(1, far.comparedMillis(at)) : 0;
    Tally told = now == null ? new Tally() : over ? now.verdict() : now.tally();
    List<CheckReport.Side> reports =
        sources.stream().map(source -> source.report(keys(source, false), took)).toList();
    return new CheckReport(
        far == null ? startedMillis : far.startedMillis(),
        at,
        phase,
        fault,
        spec.mode(),
        now == null ? 0 : now.number(),
        roundsOf(),
        percent(now),
        told.differing(),
        now == null ? 0 : now.settling(),
        told.byKind(),
        told.byType(),
        far == null ? List.of() : settled(far),
        reports.get(0),
        target.report(keys(target, true), took),
        far == null ? 0 : far.resumes(),
        reports.subList(1, reports.size()));
  }

  /** Chosen keys are looked for in every source, and are as many for all that. */
  private List<CheckReport.Round> settled(Journey far) {
    List<CheckReport.Round> settled = far.settled();
    if (only == null || sources.size() == 1 || settled.isEmpty()) {
      return settled;
    }
    List<CheckReport.Round> counted = new ArrayList<>(settled);
    CheckReport.Round first = settled.get(0);
    counted.set(
        0,
        new CheckReport.Round(
            first.round(),
            first.millis(),
            first.keysCompared() / sources.size(),
            first.keysDiffering(),
            first.byKind(),
            first.byType()));
    return counted;
  }

  private static List<Side> sources(CheckSpec spec, JobSecrets secrets) {
    List<RedisEndpoint> ends = spec.allSources();
    List<Side> sides = new ArrayList<>();
    for (RedisEndpoint end : ends) {
      int number = sides.size();
      String name = ends.size() == 1 ? "source" : "source " + (number + 1);
      RedisClient client = new RedisClient(end, secrets.source(number));
      sides.add(new Side(name, number, client, spec.sourceLimits()));
    }
    return List.copyOf(sides);
  }

  /** What was kept stays for who goes on, unless it is over. */
  private void leave() {
    try {
      if (journey != null) {
        journey.end();
      }
    } catch (IOException ignored) {
      // It is over, and a file that could not be closed or deleted changes nothing of that.
    }
  }

  private void begin() throws IOException, InterruptedException {
    synchronized (this) {
      runner = Thread.currentThread();
      if (stopping) {
        throw new InterruptedException();
      }
    }
    choice = new KeyChoice(spec);
    target.meet(spec.keyPrefix());
    Set<String> met = new HashSet<>();
    for (Side source : sources) {
      source.meet(spec.keyPrefix());
      mustBeOther(source, met);
    }
    databases = Databases.of(spec.filter(), sources, target);
    databases.mustExist(sources, target);
  }

  /**
   * @param met run ids of the sources before
   */
  private void mustBeOther(Side source, Set<String> met) throws RedisException {
    if (!Collections.disjoint(source.runIds(), target.runIds())) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.SOURCE_IS_TARGET,
              source.name() + " and target are the same server, by its run id"));
    }
    for (String runId : source.runIds()) {
      if (!met.add(runId)) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.SOURCE_TWICE,
                source.name() + " is a server of another source, by its run id"));
      }
    }
  }

  private void rounds() throws IOException, InterruptedException {
    CheckMemory memory = folder == null ? CheckMemory.fleeting() : CheckMemory.in(folder);
    Journey far = begun(memory);
    round(far);
    while (far.nextRound()) {
      phase = CheckPhase.PAUSING;
      Thread.sleep(far.former().size() == 0 ? 0 : spec.pauseMillis());
      far.roundBegins();
      round(far);
    }
  }

  /** What was kept and cannot be read is as if nothing was. */
  private Journey begun(CheckMemory memory) throws IOException {
    journey = new Journey(memory, spec, roundsOf(), differences, sources, target, clock);
    try {
      journey.begin(startedMillis);
      if (only != null) {
        journey.lookOnlyAt(chosen(memory));
      }
    } catch (IOException | IllegalArgumentException e) {
      notes.accept(
          "What a former process of this check has kept cannot be used, all is compared anew: "
              + e);
      journey.end();
      memory.clear();
      journey = new Journey(memory, spec, roundsOf(), differences, sources, target, clock);
      journey.begin(startedMillis);
    }
    return journey;
  }

  /** One round alone would not tell what is being written. */
  private int roundsOf() {
    return only == null ? spec.rounds() : Math.max(2, spec.rounds());
  }

  /** What the first round looks at, where it is not all. */
  private Suspects chosen(CheckMemory memory) throws IOException {
    Suspects chosen = new Suspects(memory.keysOf(0));
    for (NamedKey key : only) {
      byte[] name = choice.ofSource(key.database(), key.bytes());
      // Which of the sources has it nobody knows yet.
      for (int i = 0; name != null && i < sources.size(); i++) {
        chosen.add(key.database(), name, new Findings().of(i));
      }
    }
    return chosen;
  }

  private void round(Journey far) throws IOException, InterruptedException {
    Round now = far.round();
    Suspects former = far.former();
    ofRound = former == null ? keysOfSources() : former.size();
    phase = CheckPhase.COMPARING;
    BlockingQueue<KeyBatch> batches = new ArrayBlockingQueue<>(spec.parallel() + BATCHES_WAITING);
    CountDownLatch over = new CountDownLatch(1);
    Crew keepers = new Crew();
    keepers.start("memory", () -> keep(far, over));
    Crew crew = new Crew();
    try {
      KeyFeed feed =
          new KeyFeed(spec, sources, target, databases, choice, stillness, slotWaitMillis, batches);
      crew.start("feeder", () -> feed.run(far));
      for (int i = 0; i < spec.parallel(); i++) {
        Worker worker = new Worker(spec, sources, target, databases, choice);
        crew.start("worker-" + i, () -> worker.run(batches, now, stillness));
      }
      crew.join();
      // Not by an interrupt: in the middle of a write that closes the file that the next round
      // needs.
      over.countDown();
      keepers.join();
    } finally {
      keepers.stop();
    }
  }

  /** Until the round is over. */
  private void keep(Journey far, CountDownLatch over) throws IOException, InterruptedException {
    long millis = FIRST_KEPT_MILLIS;
    while (folder != null && !over.await(millis, TimeUnit.MILLISECONDS)) {
      stillness.still(far::keep);
      millis = Math.min(MOST_KEPT_MILLIS, millis * 2);
    }
  }

  private void end(CheckPhase last, Fault why) {
    endedMillis = clock.millis();
    fault = why;
    phase = last;
    synchronized (this) {
      runner = null;
    }
  }

  private long keysOfSources() {
    return sources.stream().mapToLong(source -> keys(source, false)).sum();
  }

  private long keys(Side side, boolean isTarget) {
    Databases chosen = databases;
    if (chosen == null) {
      return 0;
    }
    Map<Integer, Long> all = side.keysPerDatabase();
    return chosen.source().stream()
        .map(database -> isTarget ? chosen.atTarget(database) : database)
        .distinct()
        .mapToLong(database -> all.getOrDefault(database, 0L))
        .sum();
  }

  private int percent(Round now) {
    if (now == null) {
      return 0;
    }
    if (phase == CheckPhase.DONE) {
      return 100;
    }
    long all = ofRound;
    long done = now.tally().compared();
    if (now.number() == 1 && only == null) {
      boolean both = spec.bothDirections();
      all += both ? keys(target, true) : 0;
      done = sources.stream().mapToLong(Side::scanned).sum() + (both ? target.scanned() : 0);
    }
    return all == 0 ? -1 : (int) Math.min(99, done * 100 / all);
  }
}
