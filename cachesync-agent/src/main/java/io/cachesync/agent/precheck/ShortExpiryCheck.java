package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.util.Collection;
import java.util.List;

/** Keys live long enough that a target a little behind does not expire them before a renewal. */
final class ShortExpiryCheck implements Check {
  private static final long EXACT_FROM_MILLIS = 3_600_000;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.SHORT_EXPIRY;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) {
    Collection<Keyspace> moved = ends.movedKeyspace().values();
    long expires = moved.stream().mapToLong(Keyspace::expires).sum();
    if (expires == 0) {
      return List.of(Finding.pass(code()).variant("none").done());
    }
    // The shortest of the databases' means: a long-lived database must not hide another.
    long mean =
        moved.stream()
            .filter(keyspace -> keyspace.expires() > 0)
            .mapToLong(Keyspace::avgTtlMillis)
            .min()
            .orElse(0);
    Finding finding;
    if (mean == 0) {
      finding = Finding.warning(code(), "unknown");
    } else if (mean < EXACT_FROM_MILLIS) {
      finding = Finding.warning(code(), "short");
    } else {
      finding = Finding.pass(code());
    }
    return List.of(
        finding.with("expires", expires).with("mean", Amount.seconds(mean / 1000)).done());
  }
}
