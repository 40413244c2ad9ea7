package io.cachesync.web.system;

import io.cachesync.web.security.ForAnybody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.LocaleResolver;

/** Language and appearance, remembered in cookies, so that they hold before the sign-in too. */
@Controller
class PreferencesController {
  static final String THEME_COOKIE = "cachesync-theme";
  static final Set<String> THEMES = Set.of("auto", "light", "dark");

  private final LocaleResolver locales;

  PreferencesController(LocaleResolver locales) {
    this.locales = locales;
  }

  @ForAnybody
  @PostMapping("/preferences/language")
  String language(
      @RequestParam String language,
      @RequestParam(defaultValue = "/") String back,
      HttpServletRequest request,
      HttpServletResponse response) {
    locales.setLocale(
        request, response, language.startsWith("zh") ? Locale.SIMPLIFIED_CHINESE : Locale.ENGLISH);
    return "redirect:" + local(back);
  }

  @ForAnybody
  @PostMapping("/preferences/theme")
  String theme(
      @RequestParam String theme,
      @RequestParam(defaultValue = "/") String back,
      HttpServletRequest request,
      HttpServletResponse response) {
    ResponseCookie cookie =
        ResponseCookie.from(THEME_COOKIE, THEMES.contains(theme) ? theme : "auto")
            .path("/")
            .maxAge(Duration.ofDays(365))
            .httpOnly(true)
            .secure(request.isSecure())
            .sameSite("Lax")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
    return "redirect:" + local(back);
  }

  /** Only a path of this console: a redirect to elsewhere would lend our name to others. */
  private static String local(String back) {
    boolean path = back.startsWith("/") && !back.startsWith("//") && !back.contains("\\");
    return path && back.chars().noneMatch(Character::isISOControl) ? back : "/";
  }
}
