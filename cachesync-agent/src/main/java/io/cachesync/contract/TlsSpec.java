package io.cachesync.contract;

/**
 * How a TLS connection is made. Our own certificate and its key are files of the agent's machine:
 * nothing of them travels.
 *
 * @param caPem certificates to trust in PEM form, or empty for the JVM's own
 * @param serverName name to expect in the server's certificate, or empty for the address
 * @param certificateFile PEM file with our certificate and its chain, or empty for none
 * @param keyFile PEM file with its private key, empty where there is no certificate
 * @param keyPasswordVariable environment variable with the password of the key, or empty
 */
public record TlsSpec(
    String caPem,
    String serverName,
    String certificateFile,
    String keyFile,
    String keyPasswordVariable) {
  public TlsSpec {
    caPem = caPem == null ? "" : caPem;
    serverName = serverName == null ? "" : serverName;
    certificateFile = certificateFile == null ? "" : certificateFile;
    keyFile = keyFile == null ? "" : keyFile;
    keyPasswordVariable = keyPasswordVariable == null ? "" : keyPasswordVariable;
  }

  /** Without a certificate of ours. */
  public TlsSpec(String caPem, String serverName) {
    this(caPem, serverName, "", "", "");
  }
}
