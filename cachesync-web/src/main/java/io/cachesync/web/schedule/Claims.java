package io.cachesync.web.schedule;

import io.cachesync.web.security.SystemActor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Works on due rows in a bounded pool, each under a lease, so that several consoles share them and
 * one dead host stalls nobody else.
 */
@Component
public class Claims implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
  private static final int THREADS = 32;
  private static final int THREADS_AT_ONE_PLACE = 2;

  /** So many times in the length of a lease it is renewed. */
  private static final int RENEWALS = 3;

  private final Clock clock;
  private final String owner = UUID.randomUUID().toString();
  private final Set<String> working = ConcurrentHashMap.newKeySet();
  private final Map<String, Place> places = new HashMap<>();
  private final ThreadPoolExecutor pool;
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "claim-renewals");
            thread.setDaemon(true);
            return thread;
          });

  Claims(Clock clock) {
    this.clock = clock;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            0,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(work, "claim-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** This console, as it stands in {@code lease_owner}. */
  public String owner() {
    return owner;
  }

  /**
   * Claims each row and works on those that were got. Returns at once; what finds no free thread is
   * left for the next tick or another console. Work that fails is logged and due again.
   *
   * @param kind of rows, as {@code job}
   * @param due ids that the tick found
   * @param hold how long the work may take at most
   * @param take takes the lease in the database, true when it got it
   * @param give gives it back after the work
   */
  public void each(
      String kind,
      Collection<Long> due,
      Duration hold,
      Predicate<Lease> take,
      LongConsumer work,
      Consumer<Lease> give) {
    each(
        kind,
        due,
        hold,
        new LeasedRows() {
          @Override
          public boolean take(Lease lease) {
            return take.test(lease);
          }

          @Override
          public void work(long id) {
            work.accept(id);
          }

          @Override
          public void give(Lease lease) {
            give.accept(lease);
          }
        });
  }

  /** As the other one, for rows that renew their leases and have a place. */
  public void each(String kind, Collection<Long> due, Duration hold, LeasedRows rows) {
    for (long id : due) {
      String key = kind + ":" + id;
      if (working.add(key)) {
        String place = kind + ":" + rows.placeOf(id);
        enqueue(place, new Claim(key, () -> claim(key, id, hold, rows)));
      }
    }
  }

  @Override
  public void destroy() throws InterruptedException {
    renewals.shutdownNow();
    pool.shutdownNow();
    pool.awaitTermination(5, TimeUnit.SECONDS);
  }

  private void enqueue(String name, Claim claim) {
    synchronized (places) {
      Place place = places.computeIfAbsent(name, each -> new Place());
      place.waiting.add(claim);
      if (place.threads >= THREADS_AT_ONE_PLACE) {
        return;
      }
      try {
        pool.execute(() -> workAt(name, place));
        place.threads++;
      } catch (RejectedExecutionException e) {
        LOG.debug("no free thread for {}, the next tick tries again", claim.key());
        if (place.threads == 0) {
          place.waiting.forEach(each -> working.remove(each.key()));
          places.remove(name);
        }
      }
    }
  }

  private void workAt(String name, Place place) {
    for (Claim next = next(name, place); next != null; next = next(name, place)) {
      next.work().run();
    }
  }

  private Claim next(String name, Place place) {
    synchronized (places) {
      Claim next = place.waiting.poll();
      if (next == null) {
        place.threads--;
        if (place.threads == 0) {
          places.remove(name);
        }
      }
      return next;
    }
  }

  private void claim(String key, long id, Duration hold, LeasedRows rows) {
    try {
      SystemActor.run(
          () -> {
            Instant now = clock.instant();
            Lease lease = new Lease(id, owner, now, now.plus(hold));
            if (rows.take(lease)) {
              work(key, lease, hold, rows);
            }
          });
    } catch (RuntimeException e) {
      LOG.error("work on {} failed", key, e);
    } finally {
      working.remove(key);
    }
  }

  private void work(String key, Lease lease, Duration hold, LeasedRows rows) {
    long every = Math.max(1, hold.toMillis() / RENEWALS);
    Future<?> renewal =
        renewals.scheduleAtFixedRate(
            () -> renew(key, lease, hold, rows), every, every, TimeUnit.MILLISECONDS);
    try {
      rows.work(lease.id());
    } finally {
      renewal.cancel(false);
      rows.give(lease);
    }
  }

  private void renew(String key, Lease lease, Duration hold, LeasedRows rows) {
    try {
      Instant now = clock.instant();
      rows.renew(new Lease(lease.id(), owner, now, now.plus(hold)));
    } catch (RuntimeException e) {
      LOG.warn("the lease of {} was not renewed: {}", key, e.toString());
    }
  }

  /** A row that waits for its turn. */
  private record Claim(String key, Runnable work) {}

  /** Rows whose work is done at the same place; guarded by {@link #places}. */
  private static final class Place {
    private final Deque<Claim> waiting = new ArrayDeque<>();
    private int threads;
  }
}
