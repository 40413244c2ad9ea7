package io.cachesync.web.security;

import java.util.function.Supplier;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** Lets background work call services: as {@code system}, with the role of an admin. */
public final class SystemActor {
  public static final String NAME = "system";

  private SystemActor() {}

  public static void run(Runnable work) {
    call(
        () -> {
          work.run();
          return null;
        });
  }

  public static <T> T call(Supplier<T> work) {
    SecurityContext before = SecurityContextHolder.getContext();
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            NAME, null, AuthorityUtils.createAuthorityList(Role.ADMIN.authority())));
    try {
      SecurityContextHolder.setContext(context);
      return work.get();
    } finally {
      SecurityContextHolder.setContext(before);
    }
  }
}
