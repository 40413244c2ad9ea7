package io.cachesync.web.sync;

import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Agents whose process lives, but neither reports nor computes anything: stopped by a signal, or
 * stuck. One that only cannot reach the console is not that; it goes on and is left alone. What was
 * seen is kept in memory: another console, or this one after a restart, looks for itself.
 */
@Component
class FrozenAgents {
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final Duration patience;
  private final Clock clock;

  /**
   * @param patience how long an agent may stand still; zero: for ever
   */
  FrozenAgents(@Value("${cachesync.take-over-after}") Duration patience, Clock clock) {
    this.patience = patience;
    this.clock = clock;
  }

  /** Whether a silent agent has stood still for too long, as of this probe of its process. */
  boolean tells(Job job, JobProbe probe) {
    if (probe.state() != JobProbe.State.RUNNING || probe.busy() < 0 || patience.isZero()) {
      seen.remove(job.jobId());
      return false;
    }
    Instant now = clock.instant();
    Seen first = look(job, probe, now);
    if (Duration.between(first.since(), now).compareTo(patience) < 0) {
      return false;
    }
    seen.remove(job.jobId());
    return true;
  }

  /** Notes what a probe saw, and tells since when it has seen the same. */
  Seen look(Job job, JobProbe probe, Instant at) {
    return seen.merge(
        job.jobId(),
        new Seen(job.incarnation(), probe.busy(), at),
        (former, fresh) -> former.same(fresh) ? former : fresh);
  }

  Duration patience() {
    return patience;
  }

  /** The first of the probes that have found a process with nothing computed in between. */
  record Seen(long incarnation, long busy, Instant since) {
    boolean same(Seen other) {
      return incarnation == other.incarnation && busy == other.busy;
    }
  }
}
