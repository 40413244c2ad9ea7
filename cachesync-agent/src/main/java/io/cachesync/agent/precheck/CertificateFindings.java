package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ClientCertificate;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RedisEndpoint;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Whether the certificate that an end is shown is good for the time of a migration, and that which
 * its servers show. The former is told also where the end could not be reached: a certificate that
 * is over is often why.
 */
final class CertificateFindings {
  private static final Duration SOON = Duration.ofDays(30);
  private static final PrecheckCode CODE = PrecheckCode.CLIENT_CERTIFICATE;

  private CertificateFindings() {}

  /** Nothing where no certificate is shown. */
  static Optional<PrecheckFinding> of(RedisEndpoint end, EndpointSecrets secrets, Instant now) {
    return ClientCertificate.shown(end.tls(), secrets.identity())
        .map(
            certificate ->
                judged(certificate, now)
                    .with("address", String.join(", ", end.addresses()))
                    .with("from", day(certificate.getNotBefore().toInstant()))
                    .with("until", day(certificate.getNotAfter().toInstant()))
                    .done());
  }

  /**
   * That of the node whose certificate ends first; nothing without TLS. One that is over is a
   * connection that could not be made.
   *
   * @param end null where it could not be reached
   */
  static Optional<PrecheckFinding> ofServers(End end, Instant now) {
    Server first = null;
    Instant until = Instant.MAX;
    for (Server node : end == null ? List.<Server>of() : end.nodes()) {
      Instant its =
          node.certificate().map(each -> each.getNotAfter().toInstant()).orElse(Instant.MAX);
      if (its.isBefore(until)) {
        first = node;
        until = its;
      }
    }
    if (first == null) {
      return Optional.empty();
    }
    boolean soon = now.plus(SOON).isAfter(until);
    Finding finding =
        soon
            ? Finding.warning(PrecheckCode.SERVER_CERTIFICATE, "soon")
            : Finding.pass(PrecheckCode.SERVER_CERTIFICATE);
    return Optional.of(
        finding
            .with("address", first.address())
            .with("until", day(until))
            .with("left", Math.max(0, Duration.between(now, until).toDays()))
            .done());
  }

  private static Finding judged(X509Certificate certificate, Instant now) {
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return Finding.block(CODE, "early");
    }
    if (now.isAfter(until)) {
      return Finding.block(CODE, "over");
    }
    return now.plus(SOON).isAfter(until) ? Finding.warning(CODE, "soon") : Finding.pass(CODE);
  }

  /** As 2026-11-22T10:00:00Z. */
  private static String day(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
