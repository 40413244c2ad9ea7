package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
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
  public List<PrecheckFinding> run(Ends ends) throws IOException {
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
    if (mean >= EXACT_FROM_MILLIS) {
      finding = Finding.pass(code());
    } else {
      finding = ofShort(mean == 0 ? "unknown" : "short", importMode(ends.target()));
    }
    return List.of(
        finding.with("expires", expires).with("mean", Amount.seconds(mean / 1000)).done());
  }

  /** Whether keys end at the target by their time. */
  enum ImportMode {
    UNKNOWN_THERE,
    OFF,
    ON
  }

  /**
   * @param variant what is said where the target's own clock ends keys
   */
  static Finding ofShort(String variant, ImportMode mode) {
    return switch (mode) {
      case ON -> Finding.pass(PrecheckCode.SHORT_EXPIRY).variant("imports");
      case OFF ->
          Finding.warning(PrecheckCode.SHORT_EXPIRY, "could-import")
              .command("CONFIG SET import-mode yes");
      case UNKNOWN_THERE -> Finding.warning(PrecheckCode.SHORT_EXPIRY, variant);
    };
  }

  /** Of all masters: one that ends keys is enough. */
  private static ImportMode importMode(End target) throws IOException {
    boolean on = true;
    for (Server master : target.masters()) {
      if (!master.info().knowsImportMode()) {
        return ImportMode.UNKNOWN_THERE;
      }
      on &= master.config("import-mode").orElse("no").equals("yes");
    }
    return on ? ImportMode.ON : ImportMode.OFF;
  }
}
