package io.cachesync.web.schedule;

import io.cachesync.web.security.SystemActor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
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

  private final Clock clock;
  private final String owner = UUID.randomUUID().toString();
  private final Set<String> working = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor pool;

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
    for (long id : due) {
      String key = kind + ":" + id;
      if (!working.add(key)) {
        continue;
      }
      try {
        pool.execute(() -> claim(key, id, hold, take, work, give));
      } catch (RejectedExecutionException e) {
        working.remove(key);
        LOG.debug("no free thread for {}, the next tick tries again", key);
        return;
      }
    }
  }

  @Override
  public void destroy() throws InterruptedException {
    pool.shutdownNow();
    pool.awaitTermination(5, TimeUnit.SECONDS);
  }

  private void claim(
      String key,
      long id,
      Duration hold,
      Predicate<Lease> take,
      LongConsumer work,
      Consumer<Lease> give) {
    try {
      SystemActor.run(
          () -> {
            Instant now = clock.instant();
            Lease lease = new Lease(id, owner, now, now.plus(hold));
            if (take.test(lease)) {
              try {
                work.accept(id);
              } finally {
                give.accept(lease);
              }
            }
          });
    } catch (RuntimeException e) {
      LOG.error("work on {} failed", key, e);
    } finally {
      working.remove(key);
    }
  }
}
