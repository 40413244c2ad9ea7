package io.cachesync.contract;

/**
 * The console's answer to a report.
 *
 * @param acknowledgedSeq the highest report number that the console has applied
 * @param continuousKeys keys that the continuous check compares per second at most, 0 for none;
 *     null leaves that as it is
 */
public record JobDirective(
    Desired desired, LimitSpec limits, long acknowledgedSeq, Long continuousKeys) {

  /** Says nothing of the continuous check. */
  public JobDirective(Desired desired, LimitSpec limits, long acknowledgedSeq) {
    this(desired, limits, acknowledgedSeq, null);
  }
}
