package io.cachesync.web.system;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.RecordComponent;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses a parameter that a route of the REST API does not have, so that a misspelt {@code stat}
 * does not look like a list that was narrowed.
 */
final class KnownParameters implements HandlerInterceptor {
  /** Read by the security filters, of who is signed in instead of bringing a token. */
  private static final String CSRF = "_csrf";

  private final ParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod route) {
      Set<String> known = known(route);
      Set<String> all = new TreeSet<>(request.getParameterMap().keySet());
      all.remove(CSRF);
      for (String sent : all) {
        if (known.isEmpty()) {
          throw Refusal.malformed(sent, "error.400.parameter.none", sent);
        }
        if (!known.contains(sent)) {
          throw Refusal.malformed(
              sent, "error.400.parameter.unknown", sent, String.join(", ", known));
        }
      }
    }
    return true;
  }

  private Set<String> known(HandlerMethod route) {
    Set<String> known = new TreeSet<>();
    for (MethodParameter parameter : route.getMethodParameters()) {
      RequestParam declared = parameter.getParameterAnnotation(RequestParam.class);
      if (declared != null) {
        parameter.initParameterNameDiscovery(names);
        known.add(declared.name().isEmpty() ? parameter.getParameterName() : declared.name());
      } else if (parameter.getParameterType() == PageRequest.class) {
        for (RecordComponent each : PageRequest.class.getRecordComponents()) {
          known.add(each.getName());
        }
      }
    }
    return known;
  }
}
