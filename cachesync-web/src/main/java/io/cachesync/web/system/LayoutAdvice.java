package io.cachesync.web.system;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.util.WebUtils;

/** Gives every page its frame. */
@ControllerAdvice(annotations = Controller.class)
class LayoutAdvice {
  private final List<NavItem> navigation;
  private final String version;

  LayoutAdvice(ObjectProvider<NavItem> navigation, ObjectProvider<BuildProperties> build) {
    this.navigation = navigation.stream().sorted(Comparator.comparingInt(NavItem::order)).toList();
    BuildProperties properties = build.getIfAvailable();
    this.version = properties == null ? "dev" : properties.getVersion();
  }

  @ModelAttribute("layout")
  Layout layout(HttpServletRequest request) {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    String role = role(user);
    return new Layout(
        navigation.stream().filter(item -> Layout.rank(role) >= Layout.rank(item.role())).toList(),
        theme(request),
        signedIn(user) ? user.getName() : null,
        role,
        Here.of(request),
        version);
  }

  private static boolean signedIn(Authentication user) {
    return user != null
        && user.isAuthenticated()
        && !(user instanceof AnonymousAuthenticationToken);
  }

  private static String role(Authentication user) {
    if (!signedIn(user)) {
      return "NONE";
    }
    return user.getAuthorities().stream()
        .map(GrantedAuthority::getAuthority)
        .filter(authority -> authority != null && authority.startsWith("ROLE_"))
        .map(authority -> authority.substring("ROLE_".length()))
        .filter(role -> Layout.rank(role) >= 0)
        .max(Comparator.comparingInt(Layout::rank))
        .orElse("NONE");
  }

  private static String theme(HttpServletRequest request) {
    Cookie cookie = WebUtils.getCookie(request, PreferencesController.THEME_COOKIE);
    return cookie != null && PreferencesController.THEMES.contains(cookie.getValue())
        ? cookie.getValue()
        : "auto";
  }
}
