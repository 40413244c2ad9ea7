package io.cachesync.agent.verify;

/** So many keys a second, of which a second's worth may be saved up. For one thread. */
final class Pace {
  private volatile long perSecond = 1;
  private double saved;
  private long lastNanos = System.nanoTime();

  /** By any thread. */
  void perSecond(long keys) {
    perSecond = keys;
  }

  /** How many may be taken now, none to this many. */
  int most(int wanted) {
    long now = System.nanoTime();
    long rate = perSecond;
    saved = Math.min(rate, saved + (now - lastNanos) / 1e9 * rate);
    lastNanos = now;
    // Few at a time cost a round trip each.
    return saved < Math.min(wanted, Math.max(1, rate / 20)) ? 0 : (int) Math.min(wanted, saved);
  }

  void take(int keys) {
    saved -= keys;
  }
}
