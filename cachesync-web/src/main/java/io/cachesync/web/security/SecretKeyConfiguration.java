package io.cachesync.web.security;

import io.cachesync.web.security.SecretBox.BrokenSecretException;
import io.cachesync.web.system.DataDirectory;
import io.cachesync.web.system.RefusesToStartException;
import io.cachesync.web.system.Settings;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Finds the key for secrets at rest: the variable CACHESYNC_SECRET_KEY, else the file {@value
 * #FILE} in the data directory, which the first start makes. A value in the database tells whether
 * it is the right one.
 */
@Configuration(proxyBeanMethods = false)
class SecretKeyConfiguration {
  static final String VARIABLE = "CACHESYNC_SECRET_KEY";
  static final String FILE = "secret.key";
  static final String CHECK = "security.secret-key-check";
  private static final String CHECK_TEXT = "cachesync";

  @Bean
  SecretBox secretBox(Environment environment, DataDirectory data, Settings settings) {
    Optional<String> check = settings.find(CHECK);
    String key =
        Optional.ofNullable(environment.getProperty(VARIABLE))
            .filter(text -> !text.isBlank())
            .or(() -> data.read(FILE))
            .orElseGet(() -> make(data, check.isPresent()));
    SecretBox box = new SecretBox(decode(key));
    try {
      box.open(check.orElseGet(() -> settings.putIfAbsent(CHECK, box.seal(CHECK_TEXT))));
    } catch (BrokenSecretException e) {
      throw new RefusesToStartException(
          "The secret key does not fit this database: its secrets were encrypted with another one.",
          "Give the key that was used before, in the variable "
              + VARIABLE
              + " or in the file "
              + data.resolve(FILE)
              + ".");
    }
    return box;
  }

  private static String make(DataDirectory data, boolean used) {
    if (used) {
      throw new RefusesToStartException(
          "The secret key is missing: this database holds secrets that were encrypted with one.",
          "Bring the file "
              + data.resolve(FILE)
              + " back from where the console ran before, or give its content in the variable "
              + VARIABLE
              + ".");
    }
    byte[] key = new byte[SecretBox.KEY_BYTES];
    new SecureRandom().nextBytes(key);
    // Where another process was faster, its key is the one.
    data.createSecret(FILE, Base64.getEncoder().encodeToString(key));
    return data.read(FILE).orElseThrow();
  }

  private static byte[] decode(String text) {
    try {
      byte[] key = Base64.getDecoder().decode(text.strip());
      if (key.length == SecretBox.KEY_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Said below, in the same words as a key of another length.
    }
    throw new RefusesToStartException(
        "The secret key is not 32 bytes in Base64.",
        "Make one with: head -c 32 /dev/urandom | base64");
  }
}
