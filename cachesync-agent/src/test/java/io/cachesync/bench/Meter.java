package io.cachesync.bench;

import java.util.List;

/** Reads what both servers and the copier cost between two moments. */
final class Meter {
  private final Ends ends;
  private final Cost source;
  private final Cost target;
  private final long began = System.nanoTime();
  private final Cost copier;

  /**
   * @param running the copier, or null where it is yet to be started
   */
  Meter(Ends ends, Copier.Running running) {
    this.ends = ends;
    source = Cost.of(List.of(ends.source().pid()));
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
    return new Measured(
        (endNanos - began) / 1e9,
        Cost.of(List.of(ends.source().pid())).since(source),
        Cost.of(ends.targetPids()).since(target),
        running.cost().since(copier));
  }
}
