package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.redis.AddressMap;
import java.time.Clock;

/** Opens the seam of a link to tests in other packages. */
public final class LinkWith {
  private LinkWith() {}

  /** A link that keeps these rules only. */
  public static Link rules(Exactness exactness, LinkSpec spec, LinkListener listener) {
    return new Link(spec, listener, Clock.systemUTC(), exactness);
  }

  /** The same, to a cluster whose nodes are reached by this map. */
  public static Link toCluster(
      AddressMap addresses, Exactness exactness, LinkSpec spec, LinkListener listener) {
    return new Link(spec, TargetKind.cluster(addresses), listener, Clock.systemUTC(), exactness);
  }
}
