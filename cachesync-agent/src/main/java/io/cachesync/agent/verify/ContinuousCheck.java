package io.cachesync.agent.verify;

import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Compares the keys that a link's stream touches, once the target has what touched them, for as
 * long as the link runs. What is unlike is {@linkplain Settling settling} until it is proved to
 * differ, or is equal. Reads only, so many keys a second at most. One thread of its own; the report
 * may be asked for by any.
 */
public final class ContinuousCheck {
  private static final int BATCH = 128;
  private static final int MOST_OPEN = 20_000;
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What differs is looked at again after so long: somebody may have repaired it. */
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final CheckSpec spec;
  private final KeyTouches touches;
  private final Side source;
  private final Side target;
  private final Pace pace;
  private final TouchShare share;
  private final Differing differing;
  private final LinkedHashMap<TouchedKey, Long> open = new LinkedHashMap<>();
  private final Thread thread;

  private KeyChoice choice;
  private Worker worker;
  private Settling settling;
  private int session;

  /** Touches up to here lay in the ring before the session. */
  private long formerUpTo;

  private long againNanos = System.nanoTime();
  private boolean wasFull;

  private volatile boolean stopping;
  private volatile Fault trouble;
  private volatile long compared;
  private volatile long openKeys;
  private volatile long settlingKeys;

  /**
   * @param spec both ends, and how closely they are compared
   * @param told takes each key once it is known to differ
   */
  public ContinuousCheck(
      CheckSpec spec, JobSecrets secrets, KeyTouches touches, Consumer<ContinuousReport.Key> told) {
    this.spec = spec;
    this.touches = touches;
    source =
        new Side("source", new RedisClient(spec.source(), secrets.source(0)), spec.sourceLimits());
    target =
        new Side("target", new RedisClient(spec.target(), secrets.target()), spec.targetLimits());
    pace = new Pace();
    share = new TouchShare(touches);
    differing = new Differing(told);
    thread = new Thread(this::run, "continuous-check");
    thread.setDaemon(true);
  }

  /** From now on at most so many keys a second, from 1. */
  public void pace(long keysPerSecond) {
    pace.perSecond(keysPerSecond);
  }

  public void start() {
    thread.start();
  }

  /** Ends it soon; what it found stays found. */
  public void stop() {
    stopping = true;
    share.end();
    thread.interrupt();
  }

  /** What it has found so far. */
  public ContinuousReport report() {
    Fault now = trouble;
    return new ContinuousReport(
        compared,
        openKeys,
        settlingKeys,
        differing.size(),
        share.percent(),
        share.lost(),
        now,
        differing.named());
  }

  private void run() {
    while (!stopping) {
      try {
        if (worker == null) {
          meet();
        }
        if (!step()) {
          LockSupport.parkNanos(IDLE_NANOS);
        }
        trouble = null;
      } catch (FaultException e) {
        fail(e.fault());
      } catch (IOException e) {
        fail(Fault.retryable(FaultCode.CONNECTION_LOST, String.valueOf(e.getMessage())));
      } catch (RuntimeException e) {
        // It must not look as if all were well: nothing is compared any more until it goes on.
        fail(Fault.fatal(FaultCode.INTERNAL, "the continuous check: " + e));
      }
    }
    if (worker != null) {
      worker.close();
    }
  }

  /**
   * Nothing is lost by a side that cannot be asked: what is open waits, what is being proved too.
   */
  private void fail(Fault fault) {
    if (stopping) {
      return;
    }
    trouble = fault;
    if (worker != null) {
      worker.close();
      settling.beginAgain();
    }
    LockSupport.parkNanos(RETRY_NANOS);
  }

  private void meet() throws IOException {
    choice = new KeyChoice(spec);
    source.meet(spec.keyPrefix());
    target.meet(spec.keyPrefix());
    Databases databases = Databases.of(spec.filter(), List.of(source), target);
    worker = new Worker(spec, List.of(source), target, databases, choice);
    settling = new Settling(touches, worker, pace, differing);
    share.begin();
  }

  private boolean step() throws IOException {
    if (session != touches.session()) {
      session = touches.session();
      // Of another history, or from behind something that went past the stream.
      open.replaceAll((key, offset) -> 0L);
      formerUpTo = touches.offered();
      settling.beginAgain();
    }
    boolean worked = take();
    worked |= compareOpen();
    worked |= settling.step();
    lookAgain();
    if (share.adapt(wasFull, open.size() < MOST_OPEN / 4)) {
      open.keySet().removeIf(key -> !touches.isChosen(key.bytes()));
    }
    wasFull &= open.size() >= MOST_OPEN;
    openKeys = open.size();
    settlingKeys = settling.size();
    return worked;
  }

  private boolean take() {
    boolean any = false;
    while (open.size() < MOST_OPEN) {
      KeyTouches.Touch touch = share.poll();
      if (touch == null) {
        return any;
      }
      any = true;
      if (choice.ofSource(touch.database(), touch.key()) != null) {
        // An offset of another history might never be reached in this one.
        long offset = touches.taken() <= formerUpTo ? 0 : touch.endOffset();
        open.putIfAbsent(new TouchedKey(touch.database(), touch.key()), offset);
      }
    }
    wasFull = true;
    return any;
  }

  /** Those that were touched first; a key that waits longest is not kept waiting by others. */
  private boolean compareOpen() throws IOException {
    if (!touches.isSteady()) {
      return false;
    }
    long applied = touches.applied();
    int most = pace.most(BATCH);
    List<TouchedKey> due = new ArrayList<>();
    for (Map.Entry<TouchedKey, Long> entry : open.entrySet()) {
      boolean fits = due.isEmpty() || entry.getKey().database() == due.get(0).database();
      if (due.size() >= most || entry.getValue() > applied || !fits) {
        break;
      }
      due.add(entry.getKey());
    }
    if (due.isEmpty()) {
      return false;
    }
    Map<Integer, Findings> found = worker.compare(TouchedKey.batch(due));
    pace.take(due.size());
    compared += due.size();
    for (int i = 0; i < due.size(); i++) {
      TouchedKey key = due.get(i);
      open.remove(key);
      if (found.get(i) == null) {
        settling.equal(key);
      } else if (!settling.add(key)) {
        share.lose();
      }
    }
    return true;
  }

  private void lookAgain() {
    if (System.nanoTime() - againNanos < AGAIN_NANOS) {
      return;
    }
    againNanos = System.nanoTime();
    differing.keys().forEach(key -> open.putIfAbsent(key, 0L));
  }
}
