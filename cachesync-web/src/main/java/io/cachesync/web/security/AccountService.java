package io.cachesync.web.security;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.system.DataDirectory;
import io.cachesync.web.system.Refusal;
import java.nio.charset.StandardCharsets;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What everybody may do to the own account. */
@Service
public class AccountService {
  private final ConsoleUserMapper users;
  private final PasswordEncoder encoder;
  private final Sessions sessions;
  private final AuditService audit;
  private final DataDirectory data;

  AccountService(
      ConsoleUserMapper users,
      PasswordEncoder encoder,
      Sessions sessions,
      AuditService audit,
      DataDirectory data) {
    this.users = users;
    this.encoder = encoder;
    this.sessions = sessions;
    this.audit = audit;
    this.data = data;
  }

  /**
   * Changes the password of a user who knows the present one, and ends the other sessions.
   *
   * @return the user with the authorities that hold from now on
   */
  @Transactional
  UserDetails changePassword(String name, PasswordForm form, String session) {
    ConsoleUser user = users.findByName(name);
    if (user == null || !encoder.matches(form.current(), user.passwordHash())) {
      throw Refusal.invalid("current", "security.password.wrong");
    }
    if (form.password().length() < Passwords.MIN_LENGTH) {
      throw Refusal.invalid("password", "security.password.short", Passwords.MIN_LENGTH);
    }
    if (form.password().getBytes(StandardCharsets.UTF_8).length > Passwords.MAX_BYTES) {
      throw Refusal.invalid("password", "security.password.long", Passwords.MAX_BYTES);
    }
    if (form.password().equals(form.current())) {
      throw Refusal.invalid("password", "security.password.same");
    }
    if (!form.password().equals(form.repeated())) {
      throw Refusal.invalid("repeated", "security.password.different");
    }
    users.setPassword(name, encoder.encode(form.password()), false);
    audit.record("user.changePassword", name);
    sessions.endOthers(name, session);
    if (name.equals(FirstStart.ADMIN)) {
      data.delete(FirstStart.PASSWORD_FILE);
    }
    return ConsoleUsers.details(users.findByName(name));
  }
}
