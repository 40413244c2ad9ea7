package io.cachesync.bench;

/** Reads what both servers and the copier cost between two moments. */
final class Meter {
  private final Ends ends;
  private final Cost source;
  private final Cost target;
  private final long began = System.nanoTime();
  private final Cost copier;

  /**
   * @param running the copier, or null where it is yet to be started, or there is none
   */
  Meter(Ends ends, Copier.Running running) {
    this.ends = ends;
    source = Cost.of(ends.sourcePids());
    target = Cost.of(ends.targetPids());
    copier = running == null ? Cost.NOTHING : running.cost();
  }

  long began() {
    return began;
  }

  /**
   * @param endNanos when it was done, as {@link System#nanoTime}
   */
  Measured end(long endNanos, Copier.Running running) {
    return end(endNanos, running.cost().since(copier));
  }

  /**
   * @param spent what the copier has cost
   */
  Measured end(long endNanos, Cost spent) {
    return new Measured(
        (endNanos - began) / 1e9,
        Cost.of(ends.sourcePids()).since(source),
        Cost.of(ends.targetPids()).since(target),
        spent);
  }
}
