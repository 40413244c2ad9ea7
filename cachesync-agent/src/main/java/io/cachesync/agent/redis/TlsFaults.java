package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What went wrong with TLS, out of the causes of an exception: a connection that breaks inside a
 * handshake may be had again, a certificate that does not fit may not.
 */
final class TlsFaults {
  /** The alert of RFC 8446, section 6.2, as the JVM repeats it. */
  private static final String CERTIFICATE_REQUIRED = "certificate_required";

  /** Those by which a server tells that ours does not do; what is wrong with its own we say. */
  private static final Pattern OF_OURS =
      Pattern.compile(
          "Received fatal alert: (unknown_ca|(?:bad|unsupported)_certificate"
              + "|certificate_(?:expired|revoked|unknown))");

  private TlsFaults() {}

  /** Where we showed none, or that is not known. */
  static Fault of(HostAndPort address, Exception e) {
    return of(address, e, false);
  }

  /**
   * As above.
   *
   * @param shown whether a certificate of ours was shown
   */
  static Fault of(HostAndPort address, Exception e, boolean shown) {
    if (e instanceof ClientCertificate.UnusableException) {
      return Fault.fatal(
          FaultCode.TLS_FAILED,
          "no certificate can be shown to " + address + ": " + e.getMessage());
    }
    if (e instanceof RedisSockets.NoAuthorityException) {
      return Fault.fatal(
          FaultCode.TLS_FAILED, e.getMessage() + ": " + address + " cannot be trusted by it");
    }
    if (isCausedBy(e, SocketTimeoutException.class)) {
      return Fault.retryable(
          FaultCode.CONNECTION_TIMEOUT,
          address + " did not answer the TLS handshake in time; it may not speak TLS");
    }
    if (isCausedBy(e, EOFException.class) || isCausedBy(e, SocketException.class)) {
      return Fault.retryable(
          FaultCode.CONNECTION_LOST,
          address
              + " closed the connection inside the TLS handshake"
              // Some only close, others say why first.
              + (shown ? ", as where it does not take the certificate that it was shown" : ""));
    }
    Optional<String> date = date(e);
    if (date.isPresent()) {
      return Fault.fatal(
          FaultCode.TLS_FAILED,
          ("the certificate of %s is not valid now (%s): it has to be renewed, or this machine's"
                  + " clock is wrong")
              .formatted(address, date.get()));
    }
    if (isCausedBy(e, CertPathBuilderException.class)
        || isCausedBy(e, CertPathValidatorException.class)) {
      return Fault.fatal(
          FaultCode.TLS_FAILED,
          "the certificate of " + address + " was signed by none of the trusted authorities");
    }
    if (isCausedBy(e, CertificateException.class)) {
      return Fault.fatal(
          FaultCode.TLS_FAILED,
          "the certificate of %s is made out to another name: %s"
              .formatted(address, e.getMessage()));
    }
    Matcher refused = OF_OURS.matcher(String.valueOf(e.getMessage()));
    if (refused.find()) {
      return Fault.fatal(
          FaultCode.TLS_FAILED,
          "%s does not take the certificate that it was shown: %s"
              .formatted(address, refused.group(1)));
    }
    return Fault.fatal(
        FaultCode.TLS_FAILED,
        String.valueOf(e.getMessage()).contains(CERTIFICATE_REQUIRED)
            ? address + " asks its clients for a certificate, and none was shown"
            : "TLS with " + address + " does not do: " + e.getMessage());
  }

  /** What the certificate says of its time, where that is over or yet to come. */
  private static Optional<String> date(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return Optional.of(String.valueOf(cause.getMessage()));
      }
    }
    return Optional.empty();
  }

  private static boolean isCausedBy(Throwable e, Class<? extends Throwable> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
