package io.cachesync.web.security;

import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Users as Spring Security sees them at the sign-in. */
final class ConsoleUsers implements UserDetailsService {
  /** Held instead of a role until the password was changed: it opens nothing but that page. */
  static final String MUST_CHANGE = "MUST_CHANGE_PASSWORD";

  private final ConsoleUserMapper mapper;

  ConsoleUsers(ConsoleUserMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public UserDetails loadUserByUsername(String name) {
    ConsoleUser user = mapper.findByName(name);
    if (user == null) {
      throw new UsernameNotFoundException(name);
    }
    return details(user);
  }

  static UserDetails details(ConsoleUser user) {
    return User.withUsername(user.name())
        .password(user.passwordHash())
        .disabled(!user.enabled())
        .authorities(
            AuthorityUtils.createAuthorityList(
                user.mustChangePassword() ? MUST_CHANGE : user.role().authority()))
        .build();
  }
}
