package io.cachesync.web.security;

import io.cachesync.web.audit.AuditService;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The users of this console, managed by its admins. There is always an admin who can sign in. */
@Service
@RequiresAdmin
public class UserService {
  /** Who stands for the console itself in the audit log and among a task's events. */
  private static final Set<String> RESERVED = Set.of(SystemActor.NAME, "console");

  private final ConsoleUserMapper users;
  private final PasswordEncoder encoder;
  private final Sessions sessions;
  private final AuditService audit;
  private final Clock clock;

  UserService(
      ConsoleUserMapper users,
      PasswordEncoder encoder,
      Sessions sessions,
      AuditService audit,
      Clock clock) {
    this.users = users;
    this.encoder = encoder;
    this.sessions = sessions;
    this.audit = audit;
    this.clock = clock;
  }

  public List<UserView> list() {
    return users.list().stream().map(UserView::of).toList();
  }

  /**
   * Adds a user.
   *
   * @return the generated password, which has to be changed at the first sign-in
   */
  @Transactional
  public String add(String name, Role role) {
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      throw Refusal.invalid("name", "security.name.taken", name);
    }
    String password = Passwords.generate();
    ConsoleUser user =
        new ConsoleUser(
            null, name, encoder.encode(password), role, true, true, clock.instant(), null);
    if (users.insert(user) == 0) {
      throw Refusal.invalid("name", "security.name.taken", name);
    }
    audit.record("user.add", name, role.name());
    return password;
  }

  /** Gives a user another role, or another state; sessions of before end. */
  @Transactional
  public void change(long id, Role role, boolean enabled) {
    List<String> admins = users.lockAdmins();
    ConsoleUser user = known(id);
    boolean staysAdmin = role == Role.ADMIN && enabled;
    if (!staysAdmin && admins.equals(List.of(user.name()))) {
      throw Refusal.conflict("security.user.lastAdmin", user.name());
    }
    if (user.role() == role && user.enabled() == enabled) {
      return;
    }
    users.setRole(id, role, enabled);
    audit.record("user.change", user.name(), role + (enabled ? "" : ", disabled"));
    sessions.end(user.name());
  }

  /**
   * Gives a user a generated password and ends all sessions of that user.
   *
   * @return the password, which has to be changed at the next sign-in
   */
  @Transactional
  public String resetPassword(long id) {
    ConsoleUser user = known(id);
    String password = Passwords.generate();
    users.setPassword(user.name(), encoder.encode(password), true);
    audit.record("user.resetPassword", user.name());
    sessions.end(user.name());
    return password;
  }

  private ConsoleUser known(long id) {
    ConsoleUser user = users.find(id);
    if (user == null) {
      throw Refusal.notFound("security.user.gone");
    }
    return user;
  }
}
