package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Exactness;
import java.time.Clock;

/** Opens the seam of a link to tests in other packages. */
public final class LinkWith {
  private LinkWith() {}

  /** A link that keeps these rules only. */
  public static Link rules(Exactness exactness, LinkSpec spec, LinkListener listener) {
    return new Link(spec, listener, Clock.systemUTC(), exactness);
  }
}
