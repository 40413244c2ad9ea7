package io.cachesync.agent.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Threads that work on one round; the first that fails ends all. */
final class Crew {
  private final List<Thread> threads = new ArrayList<>();
  private final BlockingQueue<Object> ends = new LinkedBlockingQueue<>();

  /** What a thread does. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  void start(String name, Work work) {
    Thread thread = new Thread(() -> run(work), "check-" + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /**
   * Waits until all have ended.
   *
   * @throws IOException what the first one failed of
   */
  void join() throws IOException, InterruptedException {
    try {
      for (int i = 0; i < threads.size(); i++) {
        Object end = ends.take();
        if (end instanceof IOException failure) {
          throw failure;
        }
        if (end instanceof RuntimeException bug) {
          throw bug;
        }
        if (end instanceof Error error) {
          throw error;
        }
      }
    } finally {
      stop();
    }
  }

  /** Ends them, and waits until they have. */
  void stop() throws InterruptedException {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void run(Work work) {
    try {
      work.run();
      ends.add("done");
    } catch (InterruptedException e) {
      ends.add("interrupted");
    } catch (IOException | RuntimeException | Error e) {
      ends.add(e);
    }
  }
}
