package io.cachesync.contract;

/**
 * Limits that can change while a job runs; zero means no limit. Of a check they hold for each side,
 * and for what is read.
 *
 * @param bytesPerSecond bytes written to the target per second
 * @param commandsPerSecond commands written to the target per second
 */
public record LimitSpec(long bytesPerSecond, long commandsPerSecond) {
  public LimitSpec {
    if (bytesPerSecond < 0 || commandsPerSecond < 0) {
      throw new IllegalArgumentException("a limit must not be negative");
    }
  }

  public static LimitSpec none() {
    return new LimitSpec(0, 0);
  }
}
