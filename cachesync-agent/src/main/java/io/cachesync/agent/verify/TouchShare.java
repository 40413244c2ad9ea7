package io.cachesync.agent.verify;

import io.cachesync.agent.entry.KeyTouches;
import java.util.concurrent.TimeUnit;

/**
 * Which share of the touched keys is compared: all, or fewer where they come faster than they can
 * be. The same keys are of a share as are of each larger one. For one thread, but for the figures.
 */
final class TouchShare {
  private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int STEPS_BEFORE_MORE = 5;

  private final KeyTouches touches;
  private final int follower;
  private final long lostAtFirst;
  private long lostBefore;
  private long lastNanos = System.nanoTime();
  private int quietSteps;
  private volatile int parts = KeyTouches.WHOLE;
  private volatile long lost;

  TouchShare(KeyTouches touches) {
    this.touches = touches;
    this.follower = touches.follow();
    this.lostBefore = touches.lost();
    this.lostAtFirst = lostBefore;
  }

  /** From now on touches are told. */
  void begin() {
    touches.share(follower, parts);
  }

  /** Nothing more is told. */
  void end() {
    touches.share(follower, 0);
  }

  /** The next key that was touched, or null. */
  KeyTouches.Touch poll() {
    return touches.poll(follower);
  }

  /**
   * Halves the share where there was no room, and doubles it once there is for a while.
   *
   * @return whether fewer keys are chosen now
   */
  boolean adapt(boolean full, boolean roomy) {
    long now = System.nanoTime();
    if (now - lastNanos < STEP_NANOS) {
      return false;
    }
    lastNanos = now;
    boolean loses = touches.lost() > lostBefore;
    lostBefore = touches.lost();
    if ((full || loses) && parts > 1) {
      quietSteps = 0;
      set(parts / 2);
      return true;
    }
    quietSteps = roomy && !loses ? quietSteps + 1 : 0;
    if (quietSteps >= STEPS_BEFORE_MORE && parts < KeyTouches.WHOLE) {
      quietSteps = 0;
      set(parts * 2);
    }
    return false;
  }

  /** A key of the share will not be compared. */
  void lose() {
    lost++;
  }

  /** Keys of the share that were not compared, for want of room. */
  long lost() {
    return lost + touches.lost() - lostAtFirst;
  }

  double percent() {
    return parts * 100.0 / KeyTouches.WHOLE;
  }

  private void set(int newParts) {
    parts = newParts;
    touches.share(follower, newParts);
  }
}
