package io.cachesync.agent.cli;

import io.cachesync.contract.TlsSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/**
 * What was typed of TLS for one end; null for what was not.
 *
 * @param end {@code source} or {@code target}, as its options begin
 * @param ca file with certificates to trust in place of the JVM's own
 * @param serverName name to expect in the server's certificate in place of the address
 * @param certificate file with the certificate that is shown
 * @param key file with its key
 * @param keyPasswordVariable environment variable that holds the key's password
 */
record TlsArguments(
    String end,
    Path ca,
    String serverName,
    Path certificate,
    Path key,
    String keyPasswordVariable) {
  static final TlsArguments NONE = new TlsArguments("", null, null, null, null, null);

  boolean isSaid() {
    return ca != null
        || serverName != null
        || certificate != null
        || key != null
        || keyPasswordVariable != null;
  }

  /**
   * @throws IllegalArgumentException where it makes no sense, or a file cannot be read
   */
  TlsSpec read() {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "a certificate needs its key: give both --%s-tls-cert and --%s-tls-key"
              .formatted(end, end));
    }
    if (key == null && keyPasswordVariable != null) {
      throw new IllegalArgumentException("a password of a key needs --%s-tls-key".formatted(end));
    }
    if (keyPasswordVariable != null && System.getenv(keyPasswordVariable) == null) {
      throw new IllegalArgumentException("the environment has no variable " + keyPasswordVariable);
    }
    return new TlsSpec(
        ca == null ? "" : authorities(ca),
        serverName == null ? "" : serverName,
        readable(certificate),
        readable(key),
        keyPasswordVariable == null ? "" : keyPasswordVariable);
  }

  private String authorities(Path file) {
    try {
      String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
      byte[] bytes = pem.getBytes(StandardCharsets.ISO_8859_1);
      int count =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .size();
      if (count > 0) {
        return pem;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read " + file + ": " + FileTrouble.why(file, e), e);
    } catch (CertificateException e) {
      // Told as one that holds none.
    }
    throw new IllegalArgumentException(
        "--%s-ca: %s holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
            .formatted(end, file));
  }

  /** With its whole path: a job may run elsewhere. */
  private static String readable(Path file) {
    if (file == null) {
      return "";
    }
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      String why = Files.exists(file) ? FileTrouble.unreadable(file) : "there is no such file";
      throw new IllegalArgumentException("cannot read " + file + ": " + why);
    }
    return file.toAbsolutePath().toString();
  }
}
