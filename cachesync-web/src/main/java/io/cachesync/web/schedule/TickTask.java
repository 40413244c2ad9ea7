package io.cachesync.web.schedule;

import java.time.Duration;

/**
 * Work that a feature wants done again and again by one console at a time: register it as a bean.
 * It only looks what is due and hands it to {@link Claims}; it never waits for SSH or for another
 * machine. It runs as {@code system}.
 */
public interface TickTask {
  /** Unique, in kebab-case; stays the same over releases. */
  String name();

  /** At least a second. */
  Duration interval();

  void run();

  static TickTask of(String name, Duration interval, Runnable work) {
    return new TickTask() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Duration interval() {
        return interval;
      }

      @Override
      public void run() {
        work.run();
      }
    };
  }
}
