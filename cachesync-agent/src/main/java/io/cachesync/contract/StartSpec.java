package io.cachesync.contract;

/**
 * How one start of a job begins, in which it differs from the job's other starts.
 *
 * @param desired what a person wants at this moment, before the first directive arrives
 */
public record StartSpec(StartMode mode, Desired desired) {
  public StartSpec {
    mode = mode == null || mode == StartMode.UNKNOWN ? StartMode.FRESH_ALLOWED : mode;
    desired = desired == null || desired == Desired.UNKNOWN ? Desired.RUN : desired;
  }

  /** The first start of a job, and every one of the command line. */
  public static StartSpec fresh() {
    return new StartSpec(StartMode.FRESH_ALLOWED, Desired.RUN);
  }
}
