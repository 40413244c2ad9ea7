package io.cachesync.agent.sync;

import io.cachesync.agent.redis.RateLimiter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LimitSpec;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What a person wants of a link, and what else ends it, as its threads see it. Thread-safe. */
final class Control {
  private final RateLimiter limiter;
  private Desired desired = Desired.RUN;
  private Fault failure;
  private boolean removing;

  Control(LimitSpec limits) {
    this(limits, System::nanoTime);
  }

  /**
   * @param nanos as {@link RateLimiter} takes it
   */
  Control(LimitSpec limits, LongSupplier nanos) {
    limiter = new RateLimiter(limits, nanos);
  }

  synchronized void direct(Desired newDesired, LimitSpec limits) {
    if (newDesired != Desired.UNKNOWN && mayBecome(newDesired)) {
      desired = newDesired;
    }
    if (limits != null) {
      limiter.limits(limits);
    }
    notifyAll();
  }

  /** A stop, a finish or a removal that has begun is not taken back. */
  private boolean mayBecome(Desired newDesired) {
    return switch (desired) {
      case STOP -> false;
      case REMOVE -> newDesired == Desired.STOP;
      case FINISH -> newDesired == Desired.STOP || newDesired == Desired.REMOVE;
      default -> true;
    };
  }

  /** From here on REMOVE is being done, and ends nothing any more. */
  synchronized void beginRemoval() {
    removing = true;
    failure = null;
  }

  /** Ends the link by this fault, with its checkpoint kept, unless it is ending already. */
  synchronized void fail(Fault fault) {
    if (failure == null) {
      failure = fault;
    }
    notifyAll();
  }

  synchronized Desired desired() {
    return desired;
  }

  synchronized boolean isPaused() {
    return desired == Desired.PAUSE;
  }

  /** Whether {@link #check} throws. */
  synchronized boolean isEnding() {
    return desired == Desired.STOP || desired == Desired.REMOVE && !removing || failure != null;
  }

  synchronized void check() throws Stopped {
    if (desired == Desired.STOP || desired == Desired.REMOVE && !removing) {
      throw new Stopped();
    }
    if (failure != null) {
      throw new Stopped(failure);
    }
  }

  /** Waits so long, or less when something is directed. */
  synchronized void await(long millis) throws Stopped, InterruptedException {
    check();
    TimeUnit.MILLISECONDS.timedWait(this, Math.max(1, millis));
    check();
  }

  /** Waits while the link is paused. */
  synchronized void awaitUnpaused() throws Stopped, InterruptedException {
    check();
    while (desired == Desired.PAUSE) {
      wait();
      check();
    }
  }

  /** Waits so long, however often something is directed meanwhile, but not beyond a stop. */
  void pause(long millis) throws Stopped, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis; left > 0; ) {
      await(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
    check();
  }

  /** Waits until so much may be written; limits that change meanwhile hold at once. */
  synchronized void limit(long bytes, long commands) throws Stopped, InterruptedException {
    check();
    limiter.take(bytes, commands);
    for (long wait = limiter.waitMillis(); wait > 0; wait = limiter.waitMillis()) {
      await(wait);
    }
  }
}
