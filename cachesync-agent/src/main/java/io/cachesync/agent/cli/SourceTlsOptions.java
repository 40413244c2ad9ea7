package io.cachesync.agent.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How TLS is spoken with the source. */
final class SourceTlsOptions {
  @Option(
      names = "--source-ca",
      paramLabel = "FILE",
      description = "PEM file with the certificates to trust (default: those of the JVM).")
  private Path ca;

  @Option(
      names = "--source-tls-name",
      paramLabel = "NAME",
      description = "Name to expect in the source's certificate (default: its host).")
  private String serverName;

  @Option(
      names = "--source-tls-cert",
      paramLabel = "FILE",
      description = "PEM file with a certificate to show the source, and its chain.")
  private Path certificate;

  @Option(
      names = "--source-tls-key",
      paramLabel = "FILE",
      description = "PEM file with the certificate's private key: PKCS#8, PKCS#1 or EC.")
  private Path key;

  @Option(
      names = "--source-tls-key-password-env",
      paramLabel = "NAME",
      description = "Environment variable that holds the password of an encrypted key.")
  private String keyPasswordVariable;

  TlsArguments read() {
    return new TlsArguments("source", ca, serverName, certificate, key, keyPasswordVariable);
  }
}
