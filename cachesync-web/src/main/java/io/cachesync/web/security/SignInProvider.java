package io.cachesync.web.security;

import io.cachesync.web.audit.AuditService;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** Signs a user in by name and password, throttled. */
@Component
class SignInProvider implements AuthenticationProvider {
  private static final int MAX_NAME = 64;

  private final DaoAuthenticationProvider passwords;
  private final SignInThrottle throttle;
  private final ConsoleUserMapper users;
  private final AuditService audit;
  private final Clock clock;

  SignInProvider(
      PasswordEncoder encoder,
      SignInThrottle throttle,
      ConsoleUserMapper users,
      AuditService audit,
      Clock clock) {
    this.passwords = new DaoAuthenticationProvider(new ConsoleUsers(users));
    this.passwords.setPasswordEncoder(encoder);
    this.throttle = throttle;
    this.users = users;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public Authentication authenticate(Authentication request) {
    String name = request.getName();
    if (name.isBlank() || name.length() > MAX_NAME || tooLong(request.getCredentials())) {
      throw new BadCredentialsException("no such user");
    }
    String address =
        request.getDetails() instanceof WebAuthenticationDetails details
            ? details.getRemoteAddress()
            : "";
    if (throttle.mustWait(name, address)) {
      throw new LockedException("too many failures");
    }
    try {
      Authentication user = passwords.authenticate(request);
      throttle.worked(name, address);
      users.signedIn(user.getName(), clock.instant());
      audit.recordAs(user.getName(), "session.signIn", user.getName(), null);
      return user;
    } catch (BadCredentialsException | DisabledException e) {
      throttle.failed(name, address);
      if (throttle.mustWait(name, address)) {
        audit.recordAs("system", "session.throttle", name, null);
      }
      throw e;
    }
  }

  @Override
  public boolean supports(Class<?> type) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
  }

  private static boolean tooLong(Object password) {
    return password == null
        || password.toString().getBytes(StandardCharsets.UTF_8).length > Passwords.MAX_BYTES;
  }
}
