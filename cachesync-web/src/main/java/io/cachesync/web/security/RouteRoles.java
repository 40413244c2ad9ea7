package io.cachesync.web.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses a request whose route needs a higher role than the caller has. A route that changes
 * something and names no role is open to nobody: forgetting one cannot open it.
 */
@Component
class RouteRoles implements HandlerInterceptor, WebMvcConfigurer {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  private final RoleHierarchy roles;

  RouteRoles(RoleHierarchy roles) {
    this.roles = roles;
  }

  /** Agents bring a job's token instead of a role; errors are shown to everybody. */
  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).excludePathPatterns("/agent/**", "/error");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod route && !open(route, request.getMethod())) {
      throw new AccessDeniedException("the route needs another role");
    }
    return true;
  }

  private boolean open(HandlerMethod route, String method) {
    ForRole needed = route.getMethodAnnotation(ForRole.class);
    if (needed == null) {
      return READS.contains(method) || route.hasMethodAnnotation(ForAnybody.class);
    }
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    return caller != null
        && roles.getReachableGrantedAuthorities(caller.getAuthorities()).stream()
            .map(GrantedAuthority::getAuthority)
            .anyMatch(needed.value().authority()::equals);
  }
}
