package io.cachesync.web.sync;

import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.time.Duration;
import java.util.List;

/** Estimates when a full sync is done, from what it did so far. */
final class TimeLeft {
  private static final long UNKNOWN = -1;

  private TimeLeft() {}

  /**
   * The time until the slowest link is through its full sync, in milliseconds; 0 where all are
   * through, -1 while unknown.
   *
   * @param elapsed since the full sync began
   */
  static long millis(List<LinkStatus> links, Duration elapsed) {
    long longest = 0;
    for (LinkStatus link : links) {
      long left = millis(link, elapsed.toMillis());
      if (left == UNKNOWN) {
        return UNKNOWN;
      }
      longest = Math.max(longest, left);
    }
    return links.isEmpty() ? UNKNOWN : longest;
  }

  private static long millis(LinkStatus link, long elapsedMillis) {
    if (link.percent() == 100) {
      return 0;
    }
    if (link.phase() != Phase.FULL_SYNC || elapsedMillis <= 0) {
      return UNKNOWN;
    }
    if (link.rdbBytes() > 0) {
      return left(link.rdbBytesApplied(), link.rdbBytes(), elapsedMillis);
    }
    return left(link.keysApplied(), link.keys(), elapsedMillis);
  }

  private static long left(long done, long all, long elapsedMillis) {
    if (done <= 0 || all <= 0) {
      return UNKNOWN;
    }
    return (long) ((double) elapsedMillis * Math.max(0, all - done) / done);
  }
}
