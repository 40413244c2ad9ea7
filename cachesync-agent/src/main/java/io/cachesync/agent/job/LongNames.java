package io.cachesync.agent.job;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.NamedKey;
import java.util.Base64;

/**
 * Bounds what a list of differences holds of long names: each is shown in part, and its bytes go
 * with it, so that the key can be repaired. Only of a name that is longer still, or beyond {@link
 * #MOST_BYTES} of them together, the rest is not told. For one thread.
 */
final class LongNames {
  /** Of one name. */
  static final int LONGEST_BYTES = 64 * 1024;

  /** Of all names that are not shown whole; the console keeps them in its database. */
  static final long MOST_BYTES = 64 * 1024 * 1024;

  private long bytes;

  CheckDifference bounded(CheckDifference difference) {
    String key = difference.key();
    if (key.length() <= NamedKey.LONGEST_SHOWN) {
      return difference;
    }
    return new CheckDifference(
        difference.database(),
        NamedKey.shown(key),
        whole(new NamedKey(difference.database(), key, difference.keyBase64()).bytes()),
        difference.type(),
        difference.kind(),
        difference.field(),
        difference.fieldBase64(),
        difference.source(),
        difference.target(),
        difference.atMillis(),
        difference.round(),
        difference.sourceOffset(),
        difference.furtherInKey(),
        difference.sourceNumber());
  }

  private String whole(byte[] name) {
    if (name.length > LONGEST_BYTES || bytes + name.length > MOST_BYTES) {
      return "";
    }
    bytes += name.length;
    return Base64.getEncoder().encodeToString(name);
  }
}
