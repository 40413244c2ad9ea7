package io.cachesync.agent.redis;

import io.cachesync.contract.CertifiedKey;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.contract.TlsSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * The certificate that we show a server. Files are read at each connection, so that renewed ones
 * are taken without a restart.
 */
public final class ClientCertificate {
  private static final char[] NO_PASSWORD = new char[0];

  private ClientCertificate() {}

  /**
   * What {@code SSLContext.init} takes, null where no certificate is shown.
   *
   * @param identity counts in place of the files that {@code tls} names; null for none
   * @throws UnusableException with a sentence that names the file at fault
   */
  static KeyManager[] managers(TlsSpec tls, TlsIdentity identity) throws UnusableException {
    if (identity == null && tls.certificateFile().isEmpty()) {
      return null;
    }
    try {
      return identity == null ? read(tls) : read(identity);
    } catch (IOException | GeneralSecurityException e) {
      throw new UnusableException(e.getMessage(), e);
    }
  }

  /**
   * What would be shown, for who wants to know until when it is good; empty where nothing is, or it
   * cannot be read, which a connection tells.
   *
   * @param identity as above
   */
  public static Optional<X509Certificate> shown(TlsSpec tls, TlsIdentity identity) {
    if (tls == null || (identity == null && tls.certificateFile().isEmpty())) {
      return Optional.empty();
    }
    try {
      Certificate[] chain =
          identity == null
              ? chain(tls.certificateFile())
              : chain(new ByteArrayInputStream(bytes(identity.certificatePem())));
      return chain[0] instanceof X509Certificate x509 ? Optional.of(x509) : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** That nothing can be shown; not that a server's certificate does not do. */
  static final class UnusableException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    private UnusableException(String message, Exception cause) {
      super(message, cause);
    }
  }

  private static KeyManager[] read(TlsSpec tls) throws IOException, GeneralSecurityException {
    Certificate[] chain = chain(tls.certificateFile());
    PrivateKey key = key(tls);
    if (!CertifiedKey.belongs(key, chain[0].getPublicKey())) {
      throw new GeneralSecurityException(
          "the key in "
              + tls.keyFile()
              + " is not that of the certificate in "
              + tls.certificateFile());
    }
    return managers(chain, key);
  }

  private static KeyManager[] read(TlsIdentity identity)
      throws IOException, GeneralSecurityException {
    Certificate[] chain;
    PrivateKey key;
    try {
      chain = chain(new ByteArrayInputStream(bytes(identity.certificatePem())));
    } catch (CertificateException e) {
      throw new GeneralSecurityException("the certificate that was given is none", e);
    }
    try {
      key = PemKey.parse(identity.keyPem(), "");
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException("the key that was given " + e.getMessage(), e);
    }
    if (!CertifiedKey.belongs(key, chain[0].getPublicKey())) {
      throw new GeneralSecurityException(
          "the key that was given is not that of the certificate that was given");
    }
    return managers(chain, key);
  }

  private static KeyManager[] managers(Certificate[] chain, PrivateKey key)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("client", key, NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static byte[] bytes(String pem) {
    return pem.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Certificate[] chain(String file) throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return chain(in);
    } catch (IOException e) {
      throw new GeneralSecurityException("the certificate file " + file + " cannot be read", e);
    } catch (CertificateException e) {
      throw new GeneralSecurityException("the file " + file + " holds no certificate", e);
    }
  }

  private static Certificate[] chain(InputStream in) throws CertificateException {
    Certificate[] chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(in)
            .toArray(Certificate[]::new);
    if (chain.length == 0) {
      throw new CertificateException("none");
    }
    return chain;
  }

  private static PrivateKey key(TlsSpec tls) throws GeneralSecurityException {
    String variable = tls.keyPasswordVariable();
    String password = variable.isEmpty() ? "" : System.getenv(variable);
    if (password == null) {
      throw new GeneralSecurityException("the environment has no variable " + variable);
    }
    try {
      // Comments beside the key may be in any encoding.
      String pem = Files.readString(Path.of(tls.keyFile()), StandardCharsets.ISO_8859_1);
      return PemKey.parse(pem, password);
    } catch (IOException e) {
      throw new GeneralSecurityException("the key file " + tls.keyFile() + " cannot be read", e);
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException("the file " + tls.keyFile() + ' ' + e.getMessage(), e);
    }
  }
}
