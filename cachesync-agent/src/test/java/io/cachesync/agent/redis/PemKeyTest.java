package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys as openssl writes them ({@code src/test/resources/keys}), made for this test. */
class PemKeyTest {
  private static final String PASSWORD = "opensesame";

  @ParameterizedTest
  @CsvSource({
    "ec-pkcs8, EC",
    "ec-sec1, EC",
    "ec-encrypted, EC",
    "rsa-pkcs1, RSA",
    "ed25519, EdDSA"
  })
  void readsEveryForm(String name, String algorithm) throws Exception {
    assertThat(PemKey.parse(pem(name), PASSWORD).getAlgorithm()).isEqualTo(algorithm);
  }

  @Test
  void theSameKeyInThreeForms() throws Exception {
    BigInteger number = number("ec-pkcs8");
    assertThat(number("ec-sec1")).isEqualTo(number);
    assertThat(number("ec-encrypted")).isEqualTo(number);
  }

  private static BigInteger number(String name) throws Exception {
    return ((ECPrivateKey) PemKey.parse(pem(name), PASSWORD)).getS();
  }

  @Test
  void saysWhyItCannot() throws Exception {
    String encrypted = pem("ec-encrypted");
    refused(encrypted, "", "is encrypted, and no password was given for it");
    refused(encrypted, "wrong", "cannot be decrypted with the password given");
    refused(pem("rsa-old-encrypted"), PASSWORD, "is encrypted in the old form of openssl");
    refused("", "", "holds no private key in PEM form");
    String key = pem("ec-sec1");
    refused(key.replace("EC PRIVATE", "DSA PRIVATE"), "", "of a kind that cannot be read");
    String cut = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
    refused(cut, "", "holds no private key in PEM form");
  }

  private static void refused(String pem, String password, String why) {
    assertThatThrownBy(() -> PemKey.parse(pem, password))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining(why);
  }

  private static String pem(String name) throws IOException {
    try (InputStream in = PemKeyTest.class.getResourceAsStream("/keys/" + name + ".pem")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
