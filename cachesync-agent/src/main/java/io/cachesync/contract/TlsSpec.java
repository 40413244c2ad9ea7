package io.cachesync.contract;

/**
 * How a TLS connection is made.
 *
 * @param caPem certificates to trust in PEM form, or empty for the JVM's own
 * @param serverName name to expect in the server's certificate, or empty for the address
 */
public record TlsSpec(String caPem, String serverName) {
  public TlsSpec {
    caPem = caPem == null ? "" : caPem;
    serverName = serverName == null ? "" : serverName;
  }
}
