package io.cachesync.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertifiedKeyTest {
  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519", "Ed448"})
  void knowsItsOwnFromAnotherOfItsKind(String kind) throws Exception {
    KeyPair own = pair(kind);
    assertThat(CertifiedKey.belongs(own.getPrivate(), own.getPublic())).isTrue();
    assertThat(CertifiedKey.belongs(own.getPrivate(), pair(kind).getPublic())).isFalse();
  }

  @Test
  void belongsToNoneOfAnotherKind() throws Exception {
    assertThat(CertifiedKey.belongs(pair("RSA").getPrivate(), pair("EC").getPublic())).isFalse();
  }

  private static KeyPair pair(String kind) throws NoSuchAlgorithmException {
    return KeyPairGenerator.getInstance(kind).generateKeyPair();
  }
}
