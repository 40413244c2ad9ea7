package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.LimitSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ControlTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Years of debt, and the limit goes in the moment between how long is asked and the wait. */
  @Test
  void whatIsDirectedWhileAWaitIsReckonedEndsIt() {
    AtomicReference<Thread> directs = new AtomicReference<>();
    AtomicReference<Control> control = new AtomicReference<>();
    control.set(
        new Control(
            new LimitSpec(1, 0),
            () -> {
              if (isReckoning() && directs.get() == null) {
                Thread thread =
                    new Thread(() -> control.get().direct(Desired.RUN, LimitSpec.none()));
                directs.set(thread);
                thread.start();
                Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> thread.getState() == Thread.State.BLOCKED);
              }
              return 0;
            }));
    CompletableFuture<Void> limited =
        CompletableFuture.runAsync(
            () -> {
              try {
                control.get().limit(1_000_000_000, 0);
              } catch (Stopped | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(limited).succeedsWithin(PATIENCE);
  }

  private static boolean isReckoning() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("waitMillis")));
  }
}
