package io.cachesync.contract;

/**
 * The certificate that an endpoint's servers are shown, with its key: a secret that travels and is
 * held in memory alone, in place of the files that a {@link TlsSpec} names.
 *
 * @param certificatePem our certificate and its chain in PEM form
 * @param keyPem its private key in PEM form, not encrypted
 */
public record TlsIdentity(String certificatePem, String keyPem) {
  @Override
  public String toString() {
    return "TlsIdentity[masked]";
  }
}
