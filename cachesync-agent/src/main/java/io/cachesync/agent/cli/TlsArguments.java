package io.cachesync.agent.cli;

import io.cachesync.contract.TlsSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
        ca == null ? "" : text(ca),
        serverName == null ? "" : serverName,
        readable(certificate),
        readable(key),
        keyPasswordVariable == null ? "" : keyPasswordVariable);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file, e);
    }
  }

  /** With its whole path: a job may run elsewhere. */
  private static String readable(Path file) {
    if (file == null) {
      return "";
    }
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new IllegalArgumentException("cannot read " + file);
    }
    return file.toAbsolutePath().toString();
  }
}
