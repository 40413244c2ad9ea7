package io.cachesync.contract;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;

/**
 * Whether a private key is that of a certificate: the console asks what a person pastes, the agent
 * the files that it finds.
 */
public final class CertifiedKey {
  private static final byte[] TEXT = {1, 2, 3};

  private CertifiedKey() {}

  /**
   * Whether what the one signs is verified by the other; false also where they are not even of one
   * kind.
   *
   * @param certified the public key that a certificate has
   */
  public static boolean belongs(PrivateKey key, PublicKey certified) {
    try {
      Signature signature = Signature.getInstance(scheme(key));
      signature.initSign(key);
      signature.update(TEXT);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(TEXT);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String scheme(PrivateKey key) {
    if (key instanceof ECKey) {
      return "SHA256withECDSA";
    }
    return key instanceof RSAKey ? "SHA256withRSA" : key.getAlgorithm();
  }
}
