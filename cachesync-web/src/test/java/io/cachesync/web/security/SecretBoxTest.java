package io.cachesync.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.web.security.SecretBox.BrokenSecretException;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SecretBoxTest {
  private final SecretBox box = new SecretBox(new byte[SecretBox.KEY_BYTES]);

  @Test
  void opensWhatItSealed() {
    assertThat(box.open(box.seal("pässwörd 密码"))).isEqualTo("pässwörd 密码");
    assertThat(box.open(box.seal(""))).isEmpty();
  }

  @Test
  void sealsTheSameTextDifferentlyEachTime() {
    assertThat(box.seal("same")).isNotEqualTo(box.seal("same")).doesNotContain("same");
  }

  @Test
  void refusesWhatAnotherKeySealed() {
    byte[] other = new byte[SecretBox.KEY_BYTES];
    other[0] = 1;

    assertThatThrownBy(() -> new SecretBox(other).open(box.seal("secret")))
        .isInstanceOf(BrokenSecretException.class);
  }

  @Test
  void refusesWhatWasChanged() {
    String sealed = box.seal("secret");
    byte[] bytes = Base64.getDecoder().decode(sealed.substring("v1:".length()));
    bytes[bytes.length - 1] ^= 1;

    assertThatThrownBy(() -> box.open("v1:" + Base64.getEncoder().encodeToString(bytes)))
        .isInstanceOf(BrokenSecretException.class);
    assertThatThrownBy(() -> box.open("secret")).isInstanceOf(BrokenSecretException.class);
    assertThatThrownBy(() -> box.open("v1:AAAA")).isInstanceOf(BrokenSecretException.class);
  }
}
