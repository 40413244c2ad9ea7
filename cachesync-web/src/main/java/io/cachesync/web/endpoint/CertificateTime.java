package io.cachesync.web.endpoint;

import java.time.Duration;
import java.time.Instant;

/** How far a certificate is from its end. */
public enum CertificateTime {
  GOOD,
  SOON,
  OVER;

  /** As the agent's precheck has it. */
  private static final Duration LAST_DAYS = Duration.ofDays(30);

  static CertificateTime of(Instant until, Instant now) {
    if (now.isAfter(until)) {
      return OVER;
    }
    return now.plus(LAST_DAYS).isAfter(until) ? SOON : GOOD;
  }
}
