package io.cachesync.agent.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and Ctrl-C into a request to stop, and the JVM's end into the verb's own exit code,
 * which the JVM would otherwise replace by 128 plus the signal's number.
 */
final class StopSignal {
  private static final long PATIENCE_SECONDS = 10;

  private static final String NOBODY_READS =
      "Nobody reads standard output any more, so this was ended as by Ctrl-C. Where it is to run on"
          + " unseen, send its output to a file.";

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final PrintWriter err;
  private volatile Work work;
  private volatile int exitCode = ExitCode.FAILED;

  /** Of the thread that shuts down. */
  private int exitCodeOfStop = ExitCode.STOPPED;

  private StopSignal(PrintWriter err, Work work) {
    this.err = err;
    this.work = work;
  }

  /**
   * Work that may be left where it stands, until {@link #patiently} says otherwise.
   *
   * @param word what is told then: what was not done
   */
  static StopSignal install(PrintWriter err, String word) {
    StopSignal signal = new StopSignal(err, new Work(null, word));
    Runtime.getRuntime().addShutdownHook(new Thread(signal::shutDown, "stop-signal"));
    return signal;
  }

  /**
   * From now on the work is asked to end, and is left only where it does not within ten seconds.
   *
   * @param stop asks the work to stop and returns at once
   * @param word what is told where it was left: what was not finished, and what to do
   */
  StopSignal patiently(Runnable stop, String word) {
    work = new Work(stop, word);
    return this;
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

  private void shutDown() {
    if (ended.getCount() == 0) {
      return;
    }
    // Before anything else: Ctrl-C ends who reads it too.
    boolean isUnread = StandardOutput.isUnread();
    if (isUnread) {
      err.println(NOBODY_READS);
      err.flush();
      exitCodeOfStop = ExitCode.NOBODY_READS;
    }
    requested.countDown();
    Work left = work;
    if (left.stop() == null) {
      leave(left.word());
    }
    left.stop().run();
    if (!hasEnded()) {
      leave("Not ended within " + PATIENCE_SECONDS + " seconds, and left so. " + left.word());
    }
    System.out.flush();
    Runtime.getRuntime().halt(isUnread ? exitCodeOfStop : exitCode);
  }

  private boolean hasEnded() {
    try {
      return ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void leave(String word) {
    System.out.flush();
    // On a terminal the line that is drawn over, and the ^C behind it, stay above.
    err.println((Terminal.isDrawn(System.getenv()) ? "\n" : "") + word);
    err.flush();
    Runtime.getRuntime().halt(exitCodeOfStop);
  }

  /**
   * What is under way.
   *
   * @param stop null where it need not be asked
   */
  private record Work(Runnable stop, String word) {}
}
