package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;

/**
 * What went wrong with TLS, out of the causes of an exception: a connection that breaks inside a
 * handshake may be had again, a certificate that does not fit may not.
 */
final class TlsFaults {
  private TlsFaults() {}

  static Fault of(HostAndPort address, Exception e) {
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
          FaultCode.CONNECTION_LOST, address + " closed the connection inside the TLS handshake");
    }
    if (isCausedBy(e, CertPathBuilderException.class)
        || isCausedBy(e, CertPathValidatorException.class)) {
      return Fault.fatal(
          FaultCode.TLS_FAILED,
          "the certificate of " + address + " was signed by none of the trusted authorities");
    }
    String why = isCausedBy(e, CertificateException.class) ? "the certificate of " : "TLS with ";
    return Fault.fatal(FaultCode.TLS_FAILED, why + address + " does not do: " + e.getMessage());
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
