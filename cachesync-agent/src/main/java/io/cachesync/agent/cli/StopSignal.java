package io.cachesync.agent.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and Ctrl-C into a request to stop, and the JVM's end into the verb's own exit code,
 * which the JVM would otherwise replace by 128 plus the signal's number.
 */
final class StopSignal {
  private static final long PATIENCE_SECONDS = 10;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int exitCode = ExitCode.FAILED;

  private StopSignal() {}

  /**
   * @param stop asks the work to stop and returns at once
   */
  static StopSignal install(Runnable stop) {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.shutDown(stop), "stop-signal"));
    return signal;
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** The work is over, by itself or as asked; must always be called. */
  int ended(int code) {
    exitCode = code;
    ended.countDown();
    return code;
  }

  private void shutDown(Runnable stop) {
    if (ended.getCount() == 0) {
      return;
    }
    requested.countDown();
    stop.run();
    try {
      ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.out.flush();
    Runtime.getRuntime().halt(exitCode);
  }
}
