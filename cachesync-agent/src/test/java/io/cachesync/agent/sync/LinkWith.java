package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Exactness;
import java.time.Clock;
import java.util.function.IntFunction;

/** Opens the seam of a link to tests in other packages. */
public final class LinkWith {
  private LinkWith() {}

  /** The links of a job that keep these rules only. */
  public static LinkGroup rules(
      Exactness exactness, LinkSpec job, IntFunction<LinkListener> listeners) {
    return LinkGroup.of(job, listeners, Clock.systemUTC(), exactness);
  }
}
