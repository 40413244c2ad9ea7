package io.cachesync.agent.verify;

import java.io.IOException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets somebody see a round with nothing under way: those who give out batches do so in steps, and
 * what they gave out is counted until it was judged. Thread-safe.
 */
final class Stillness {
  private final ReadWriteLock steps = new ReentrantReadWriteLock(true);
  private long underWay;

  /** What is done while nobody, or nobody else, stands still for it. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** A step; several go at the same time. */
  void step(Work work) throws IOException, InterruptedException {
    steps.readLock().lockInterruptibly();
    try {
      work.run();
    } finally {
      steps.readLock().unlock();
    }
  }

  /** A batch is given out; inside a step. */
  synchronized void given() {
    underWay++;
  }

  /** A batch was judged. */
  synchronized void judged() {
    underWay--;
    notifyAll();
  }

  /** Between two steps, once all that was given out is judged. */
  void still(Work work) throws IOException, InterruptedException {
    steps.writeLock().lockInterruptibly();
    try {
      synchronized (this) {
        while (underWay > 0) {
          wait();
        }
      }
      work.run();
    } finally {
      steps.writeLock().unlock();
    }
  }
}
