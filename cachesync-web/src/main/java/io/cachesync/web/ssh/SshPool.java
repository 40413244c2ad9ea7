package io.cachesync.web.ssh;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Keeps one SSH session per login and shares it among those who ask for it; further ones only where
 * the server opens no more channels on those that there are.
 */
@Component
public class SshPool {
  /**
   * Most sessions of one login. With the ten channels each that OpenSSH grants as it comes, more
   * than a console does on one machine at once.
   */
  static final int SESSIONS_LIMIT = 6;

  /** Not below the longest time limit of a use: one that nobody else joins is not cut off. */
  private static final Duration IDLE_LIMIT = Duration.ofMinutes(10);

  /** Within this time after a host did not answer, the others who wait for it get its answer. */
  private static final Duration FAILURE_SHARED = Duration.ofSeconds(2);

  private final Map<Line, Slot> slots = new ConcurrentHashMap<>();
  private final Clock clock;
  private final ScheduledExecutorService limits =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "ssh-limits");
            thread.setDaemon(true);
            return thread;
          });

  public SshPool(Clock clock) {
    this.clock = clock;
    limits.scheduleWithFixedDelay(this::closeIdle, 60, 60, TimeUnit.SECONDS);
  }

  /**
   * The key that a host shows, for a person to confirm. Does not log in.
   *
   * @throws SshFault when the host cannot be reached or does not speak SSH
   */
  public HostKeyPin hostKey(String host, int port) {
    return SessionOpener.hostKey(host, port);
  }

  /**
   * A connection to the target, logged in; shared with others.
   *
   * @throws SshFault when it cannot be had
   */
  public SshConnection connect(SshTarget target) {
    session(target, 0);
    return new SshConnection(this, target);
  }

  /**
   * Opens a port on the machine's loopback that leads to {@code host:port} as seen from here, on a
   * session of its own.
   *
   * @param remotePort port on the machine, 0 for any free one
   * @throws SshFault when the machine cannot be reached or refuses
   */
  public PortForward forward(SshTarget target, int remotePort, String host, int port) {
    return PortForward.open(target, remotePort, host, port);
  }

  /** Closes the sessions of a target, for example after its login was changed. */
  public void forget(SshTarget target) {
    for (int nth = 0; nth < SESSIONS_LIMIT; nth++) {
      Slot slot = slots.get(new Line(target, nth));
      if (slot != null) {
        slot.close();
      }
    }
  }

  /**
   * @param nth which one of the target's sessions, from 0
   */
  SharedSession session(SshTarget target, int nth) {
    Line line = new Line(target, nth);
    Optional<SharedSession> session;
    do {
      session = slots.computeIfAbsent(line, Slot::new).session();
    } while (session.isEmpty());
    return session.get();
  }

  /** Closes a session that is of no use; whoever comes next gets another. */
  void drop(SshTarget target, int nth, SharedSession useless) {
    Slot slot = slots.get(new Line(target, nth));
    if (slot != null) {
      slot.drop(useless);
    }
  }

  TimeLimit limit(Duration limit, Runnable end) {
    return new TimeLimit(limits, limit, end);
  }

  private void closeIdle() {
    Instant limit = clock.instant().minus(IDLE_LIMIT);
    slots.values().forEach(slot -> slot.closeIfIdleSince(limit));
  }

  @PreDestroy
  void close() {
    limits.shutdownNow();
    slots.values().forEach(Slot::close);
  }

  /** The n-th session of a target. */
  private record Line(SshTarget target, int nth) {}

  /**
   * One login. Its lock is its own, so that a dead host makes nobody else wait. Once it is out of
   * the pool it opens no session any more: nobody would close that.
   */
  private final class Slot {
    private final Line line;
    private SharedSession session;
    private boolean out;
    private Instant usedAt = clock.instant();
    private SshFault failure;
    private Instant failedAt = Instant.EPOCH;

    Slot(Line line) {
      this.line = line;
    }

    /** Empty where this one was taken out of the pool while it was waited for. */
    synchronized Optional<SharedSession> session() {
      if (out) {
        return Optional.empty();
      }
      usedAt = clock.instant();
      if (session != null && session.connected()) {
        return Optional.of(session);
      }
      if (failure != null && usedAt.isBefore(failedAt.plus(FAILURE_SHARED))) {
        throw failure;
      }
      boolean kept = false;
      try {
        session = new SharedSession(SessionOpener.open(line.target()));
        failure = null;
        kept = true;
        return Optional.of(session);
      } catch (SshFault fault) {
        kept = fault.code() == SshFault.Code.UNREACHABLE;
        failure = kept ? fault : null;
        failedAt = clock.instant();
        throw fault;
      } finally {
        if (!kept) {
          close();
        }
      }
    }

    synchronized void closeIfIdleSince(Instant limit) {
      if (!usedAt.isAfter(limit)) {
        close();
      }
    }

    synchronized void drop(SharedSession useless) {
      if (session == useless) {
        close();
      }
    }

    synchronized void close() {
      out = true;
      slots.remove(line, this);
      if (session != null) {
        session.disconnect();
        session = null;
      }
    }
  }
}
