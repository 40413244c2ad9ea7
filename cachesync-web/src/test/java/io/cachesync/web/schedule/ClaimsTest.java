package io.cachesync.web.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.core.context.SecurityContextHolder;

class ClaimsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T15:00:00Z");
  private static final Duration HOLD = Duration.ofSeconds(30);

  private final Claims claims = new Claims(Clock.fixed(NOW, ZoneOffset.UTC));
  private final Queue<Lease> taken = new ConcurrentLinkedQueue<>();
  private final Queue<Lease> given = new ConcurrentLinkedQueue<>();
  private final Queue<Long> worked = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() throws InterruptedException {
    claims.destroy();
  }

  @Test
  void worksUnderALeaseAsSystemAndGivesItBack() {
    Queue<String> actors = new ConcurrentLinkedQueue<>();

    each(id -> actors.add(SecurityContextHolder.getContext().getAuthentication().getName()), 7);

    await().until(() -> given.size() == 1);
    assertThat(actors).containsExactly("system");
    assertThat(taken).containsExactly(new Lease(7, claims.owner(), NOW, NOW.plus(HOLD)));
    assertThat(given).containsExactlyElementsOf(taken);
  }

  @Test
  void leavesARowToTheConsoleThatHasIt() {
    claims.each(
        "job",
        List.of(1L, 2L),
        HOLD,
        lease -> {
          taken.add(lease);
          return lease.id() == 2;
        },
        worked::add,
        given::add);

    await().until(() -> given.size() == 1 && taken.size() == 2);
    assertThat(worked).containsExactly(2L);
  }

  @Test
  void givesTheLeaseBackWhenTheWorkFails() {
    each(
        id -> {
          throw new IllegalStateException("no such host");
        },
        3);

    await().until(() -> given.size() == 1);
  }

  @Test
  void doesNotBeginARowAgainThatItIsStillAt() {
    CountDownLatch host = new CountDownLatch(1);
    each(
        id -> {
          worked.add(id);
          awaitQuietly(host);
        },
        4);
    await().until(() -> worked.size() == 1);

    each(worked::add, 4, 5);
    await().until(() -> worked.contains(5L));
    assertThat(worked).containsExactly(4L, 5L);

    host.countDown();
    await().until(() -> given.size() == 2);
  }

  @Test
  void aPlaceThatDoesNotAnswerHoldsUpNobodyElse() {
    CountDownLatch deadHost = new CountDownLatch(1);
    AtomicInteger there = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Long> due = LongStream.rangeClosed(1, 41).boxed().toList();
    claims.each(
        "job",
        due,
        HOLD,
        new Rows() {
          @Override
          public void work(long id) {
            if (id <= 40) {
              most.accumulateAndGet(there.incrementAndGet(), Math::max);
              awaitQuietly(deadHost);
              there.decrementAndGet();
            }
            worked.add(id);
          }

          @Override
          public Object placeOf(long id) {
            return id <= 40 ? "dead host" : "other host";
          }
        });

    await().until(() -> worked.contains(41L));
    assertThat(worked).containsExactly(41L);
    deadHost.countDown();
    await().until(() -> worked.size() == 41 && given.size() == 41);
    assertThat(most.get()).isEqualTo(2);
  }

  @Test
  void renewsTheLeaseWhileTheWorkGoesOn() {
    CountDownLatch upload = new CountDownLatch(3);
    claims.each(
        "job",
        List.of(8L),
        Duration.ofMillis(30),
        new Rows() {
          @Override
          public void renew(Lease lease) {
            upload.countDown();
          }

          @Override
          public void work(long id) {
            awaitQuietly(upload);
            worked.add(id);
          }
        });
    await().until(() -> given.size() == 1);
    assertThat(worked).containsExactly(8L);
  }

  /** Rows whose leases are always to be had. */
  private class Rows implements LeasedRows {
    @Override
    public boolean take(Lease lease) {
      return taken.add(lease);
    }

    @Override
    public void work(long id) {
      worked.add(id);
    }

    @Override
    public void give(Lease lease) {
      given.add(lease);
    }
  }

  private void each(LongConsumer work, long... ids) {
    claims.each("job", Arrays.stream(ids).boxed().toList(), HOLD, taken::add, work, given::add);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
