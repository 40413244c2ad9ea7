package io.cachesync.web.security;

import io.cachesync.web.system.DataDirectory;
import java.time.Clock;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Makes the first admin and the first API token. The password goes to a file that only the owner of
 * the console can read, and to the terminal when there is one: what a service prints ends up in a
 * log.
 */
@Component
class FirstStart implements InitializingBean {
  static final String ADMIN = "admin";
  static final String PASSWORD_FILE = "initial-admin-password";
  static final String TOKEN_FILE = "first-token";
  private static final int TOKEN_DAYS = 365;

  private final ConsoleUserMapper users;
  private final ApiTokenService tokens;
  private final PasswordEncoder encoder;
  private final DataDirectory data;
  private final Clock clock;

  FirstStart(
      ConsoleUserMapper users,
      ApiTokenService tokens,
      PasswordEncoder encoder,
      DataDirectory data,
      Clock clock) {
    this.users = users;
    this.tokens = tokens;
    this.encoder = encoder;
    this.data = data;
    this.clock = clock;
  }

  @Override
  public void afterPropertiesSet() {
    if (users.count() > 0) {
      return;
    }
    String password = Passwords.generate();
    ConsoleUser admin =
        new ConsoleUser(
            null, ADMIN, encoder.encode(password), Role.ADMIN, true, true, clock.instant(), null);
    if (users.insert(admin) == 1) {
      data.delete(PASSWORD_FILE);
      data.createSecret(PASSWORD_FILE, password);
      data.delete(TOKEN_FILE);
      data.createSecret(
          TOKEN_FILE, SystemActor.call(() -> tokens.create("first-token", Role.ADMIN, TOKEN_DAYS)));
      show(password);
    }
  }

  private void show(String password) {
    boolean terminal = System.console() != null && System.getenv("TERM") != null;
    System.out.printf(
        "%n  First start. Sign in as %s with the password %s%n  You will be asked to change it.%n%n",
        ADMIN, terminal ? password : "in " + data.resolve(PASSWORD_FILE));
  }
}
