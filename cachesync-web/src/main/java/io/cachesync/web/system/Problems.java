package io.cachesync.web.system;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.LocaleResolver;
import tools.jackson.databind.json.JsonMapper;

/** Errors of the REST API, as {@code application/problem+json}. */
@Component
public class Problems {
  /** Attribute of a request: key of the text that says what is wrong, where the status does not. */
  public static final String TEXT = "io.cachesync.error-text";

  private final MessageSource messages;
  private final LocaleResolver locales;
  private final JsonMapper json;

  Problems(MessageSource messages, LocaleResolver locales, JsonMapper json) {
    this.messages = messages;
    this.locales = locales;
    this.json = json;
  }

  ProblemDetail of(Refusal refusal, Locale locale) {
    String text = text(refusal, locale);
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(refusal.status(), text);
    problem.setProperty("code", refusal.key());
    if (refusal.field() != null) {
      problem.setProperty("errors", List.of(Map.of("field", refusal.field(), "message", text)));
    }
    return problem;
  }

  String text(Refusal refusal, Locale locale) {
    return messages.getMessage(refusal.key(), refusal.arguments(), locale);
  }

  /** Writes one from a filter, where no controller is reached. */
  public void write(
      HttpServletRequest request, HttpServletResponse response, HttpStatus status, String key)
      throws IOException {
    String text = messages.getMessage(key, null, locales.resolveLocale(request));
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, text);
    problem.setInstance(URI.create(request.getRequestURI()));
    response.setStatus(status.value());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response
        .getOutputStream()
        .write(json.writeValueAsString(problem).getBytes(StandardCharsets.UTF_8));
  }
}
