package io.cachesync.web.system;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.ConstraintViolationException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSource;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.PropertyBindingException;

/** What a REST controller throws becomes a problem; what is our bug is logged here, once. */
@RestControllerAdvice(annotations = RestController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class ApiErrors extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiErrors.class);
  private static final String NOT_VALID =
      ErrorResponse.getDefaultDetailMessageCode(MethodArgumentNotValidException.class, null);

  private final Problems problems;
  private final MessageSource messages;

  ApiErrors(Problems problems, MessageSource messages) {
    this.problems = problems;
    this.messages = messages;
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(Refusal refusal, Locale locale) {
    return ResponseEntity.status(refusal.status()).body(problems.of(refusal, locale));
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> changedMeanwhile(
      OptimisticLockingFailureException e, Locale locale) {
    return ResponseEntity.status(HttpStatus.CONFLICT)
        .body(
            ProblemDetail.forStatusAndDetail(
                HttpStatus.CONFLICT, messages.getMessage("error.409.text", null, locale)));
  }

  /** What a controller has checked itself, told as what Spring checks before it. */
  @ExceptionHandler
  ResponseEntity<ProblemDetail> violated(ConstraintViolationException e, Locale locale) {
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.BAD_REQUEST, messages.getMessage(NOT_VALID, null, locale));
    problem.setProperty(
        "errors",
        e.getConstraintViolations().stream()
            .map(each -> error(each.getPropertyPath().toString(), each.getMessage()))
            .toList());
    return ResponseEntity.badRequest().body(problem);
  }

  /** Left to the security filters, which know whether somebody is signed in at all. */
  @ExceptionHandler({AccessDeniedException.class, AuthenticationException.class})
  void forbidden(RuntimeException e) {
    throw e;
  }

  /** What breaks behind its beginning is left to the server, which breaks the connection. */
  @ExceptionHandler
  ResponseEntity<ProblemDetail> failed(Exception e, HttpServletResponse response, Locale locale)
      throws Exception {
    if (response.isCommitted()) {
      throw e;
    }
    String reference = UUID.randomUUID().toString();
    LOG.error("request failed, reference {}", reference, e);
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.INTERNAL_SERVER_ERROR, messages.getMessage("error.500.text", null, locale));
    problem.setProperty("reference", reference);
    return ResponseEntity.internalServerError().body(problem);
  }

  @Override
  protected ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    ProblemDetail problem = e.getBody();
    List<Map<String, String>> errors =
        e.getBindingResult().getFieldErrors().stream()
            .map(
                error ->
                    error(
                        error.getField(),
                        messages.getMessage(error, LocaleContextHolder.getLocale())))
            .toList();
    problem.setProperty("errors", errors);
    return handleExceptionInternal(e, problem, headers, status, request);
  }

  /** Names the field that does not exist, or whose value has the wrong form. */
  @Override
  protected ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    if (e.getRootCause() instanceof Refusal refusal) {
      // Thrown while the body was read; the parser has wrapped it.
      Locale locale = LocaleContextHolder.getLocale();
      ProblemDetail problem = problems.of(refusal, locale);
      return handleExceptionInternal(e, problem, headers, refusal.status(), request);
    }
    if (!(e.getCause() instanceof JacksonException cause) || cause.getPath().isEmpty()) {
      return super.handleHttpMessageNotReadable(e, headers, status, request);
    }
    String field = field(cause.getPath());
    Locale locale = LocaleContextHolder.getLocale();
    String text =
        cause instanceof PropertyBindingException unknown
            ? messages.getMessage(
                "error.400.field.unknown", new Object[] {field, known(unknown)}, locale)
            : messages.getMessage("error.400.field.value", new Object[] {field}, locale);
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, text);
    problem.setProperty("errors", List.of(error(field, text)));
    return handleExceptionInternal(e, problem, headers, status, request);
  }

  private static Map<String, String> error(String field, String message) {
    return Map.of("field", field, "message", message);
  }

  /** As {@code source.password} or {@code databases[0]}. */
  private static String field(List<JacksonException.Reference> path) {
    StringBuilder field = new StringBuilder();
    for (JacksonException.Reference step : path) {
      if (step.getPropertyName() == null) {
        field.append('[').append(step.getIndex()).append(']');
      } else {
        field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return field.toString();
  }

  private static String known(PropertyBindingException unknown) {
    return unknown.getKnownPropertyIds().stream()
        .map(String::valueOf)
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
