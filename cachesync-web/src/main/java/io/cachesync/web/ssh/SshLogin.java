package io.cachesync.web.ssh;

/** How the console proves who it is. Neither form ever prints its secret. */
public sealed interface SshLogin {

  /** Login by password, also where the server asks for it by keyboard-interactive. */
  record Password(String password) implements SshLogin {
    @Override
    public String toString() {
      return "Password[masked]";
    }
  }

  /**
   * Login by private key.
   *
   * @param privateKey the key file's text: OpenSSH or PEM, ed25519, ECDSA or RSA
   * @param passphrase empty where the key has none
   */
  record PrivateKey(String privateKey, String passphrase) implements SshLogin {
    public PrivateKey {
      passphrase = passphrase == null ? "" : passphrase;
    }

    @Override
    public String toString() {
      return "PrivateKey[masked]";
    }
  }
}
