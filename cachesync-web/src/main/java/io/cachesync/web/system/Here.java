package io.cachesync.web.system;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.web.util.UriComponentsBuilder;

/** The address of the page that is being shown, to make links that change one parameter of it. */
public record Here(String path, Map<String, String> parameters) {
  public Here {
    parameters = Map.copyOf(new LinkedHashMap<>(parameters));
  }

  static Here of(HttpServletRequest request) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if ("GET".equals(request.getMethod())) {
      request
          .getParameterMap()
          .forEach((name, values) -> parameters.put(name, values.length == 0 ? "" : values[0]));
    }
    String path = request.getRequestURI();
    // An error has no address to come back to.
    return path.equals("/error") ? new Here("/", Map.of()) : new Here(path, parameters);
  }

  public Here with(String name, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.put(name, String.valueOf(value));
    return new Here(path, changed);
  }

  public Here without(String name) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.remove(name);
    return new Here(path, changed);
  }

  /** Whether this page lies at or below the address. */
  public boolean inside(String href) {
    return href.equals("/") ? path.equals("/") : path.equals(href) || path.startsWith(href + "/");
  }

  /** Path and query, encoded. */
  public String full() {
    UriComponentsBuilder builder = UriComponentsBuilder.fromPath(path);
    parameters.keySet().stream()
        .sorted()
        .forEach(name -> builder.queryParam("{" + name + "}", "{" + name + ".value}"));
    Map<String, Object> values = new LinkedHashMap<>();
    parameters.forEach(
        (name, value) -> {
          values.put(name, name);
          values.put(name + ".value", value);
        });
    return builder.encode().buildAndExpand(values).toUriString();
  }
}
