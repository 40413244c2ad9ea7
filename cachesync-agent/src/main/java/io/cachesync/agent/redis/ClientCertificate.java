package io.cachesync.agent.redis;

import io.cachesync.contract.TlsSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * The certificate that we show a server. Its files are read at each connection, so that renewed
 * ones are taken without a restart.
 */
final class ClientCertificate {
  private static final char[] NO_PASSWORD = new char[0];

  private ClientCertificate() {}

  /**
   * What {@code SSLContext.init} takes, null where no certificate is shown.
   *
   * @throws UnusableException with a sentence that names the file at fault
   */
  static KeyManager[] managers(TlsSpec tls) throws UnusableException {
    if (tls.certificateFile().isEmpty()) {
      return null;
    }
    try {
      return read(tls);
    } catch (IOException | GeneralSecurityException e) {
      throw new UnusableException(e.getMessage(), e);
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
    if (!belong(key, chain[0].getPublicKey())) {
      throw new GeneralSecurityException(
          "the key in "
              + tls.keyFile()
              + " is not that of the certificate in "
              + tls.certificateFile());
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("client", key, NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static Certificate[] chain(String file) throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new CertificateException("none");
      }
      return chain;
    } catch (IOException e) {
      throw new GeneralSecurityException("the certificate file " + file + " cannot be read", e);
    } catch (CertificateException e) {
      throw new GeneralSecurityException("the file " + file + " holds no certificate", e);
    }
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

  /** Whether what the one signs is verified by the other. */
  private static boolean belong(PrivateKey key, PublicKey certified) {
    try {
      Signature signature = Signature.getInstance(scheme(key));
      byte[] text = {1, 2, 3};
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // Not even of one kind.
    }
  }

  private static String scheme(PrivateKey key) {
    if (key instanceof ECKey) {
      return "SHA256withECDSA";
    }
    return key instanceof RSAKey ? "SHA256withRSA" : key.getAlgorithm();
  }
}
