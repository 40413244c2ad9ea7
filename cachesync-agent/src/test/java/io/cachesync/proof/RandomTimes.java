package io.cachesync.proof;

import io.cachesync.proof.Workload.Expiry;
import java.util.SplittableRandom;

/** Times to live as a workload wants them. */
final class RandomTimes {
  private static final int HOUR_MILLIS = 3_600_000;

  private final Expiry expiry;
  private final SplittableRandom random;

  RandomTimes(Expiry expiry, SplittableRandom random) {
    this.expiry = expiry;
    this.random = random;
  }

  String millis() {
    return Integer.toString(next());
  }

  String seconds() {
    return Integer.toString(Math.max(1, next() / 1000));
  }

  /** A moment, Unix time in milliseconds. */
  String at() {
    return Long.toString(System.currentTimeMillis() + next());
  }

  private int next() {
    // Some long ones among the short: a key must also get rid of a short time again.
    boolean isShort = expiry == Expiry.SHORT && random.nextInt(8) > 0;
    return isShort ? random.nextInt(50, 2000) : HOUR_MILLIS + random.nextInt(HOUR_MILLIS);
  }
}
