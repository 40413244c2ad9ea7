package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.Topology;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The links of one job: one for each source that is a server, one for each shard of a cluster.
 *
 * <p>{@code start} once; every other method may be called at any time, by any thread, any number of
 * times.
 */
public interface LinkGroup {
  /** What is said of the job as a whole has this number of a link. */
  int WHOLE = -1;

  /**
   * The links that a source needs.
   *
   * @param job the link as if it were the only one; further ones keep their relay logs beside it
   * @param listeners by number of the link, {@link #WHOLE} for what concerns them all
   */
  static LinkGroup of(LinkSpec job, IntFunction<LinkListener> listeners, Clock clock) {
    return of(job, listeners, clock, Exactness.ALL);
  }

  /** As above, with the rules to keep. */
  static LinkGroup of(
      LinkSpec job, IntFunction<LinkListener> listeners, Clock clock, Exactness exactness) {
    boolean several = !job.sync().moreSources().isEmpty();
    return several || job.sync().source().topology() == Topology.CLUSTER
        ? new ShardLinks(job, listeners, clock, exactness)
        : new OneLink(new Link(job, listeners.apply(0), clock, exactness));
  }

  void start();

  /** As {@link Link#direct}, for all links; a limit is divided among them. */
  void direct(Desired desired, LimitSpec limits);

  /** As {@link Link#repair}, each link its own keys. */
  void repair(RepairPiece piece);

  /** How the links ended, empty while one of them runs. */
  Optional<LinkOutcome> outcome();

  /** By number; none before it is known which links there are. */
  List<LinkStatus> statuses();

  /** The lowest epoch that a link holds at the target, -1 until all have taken theirs. */
  long epoch();

  /** Where the least advanced link stands; one that tries again is not advanced. */
  Phase phase();

  /** Why that is RETRYING or FAILED, otherwise null. */
  Fault fault();
}
