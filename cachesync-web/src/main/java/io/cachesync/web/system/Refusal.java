package io.cachesync.web.system;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.validation.Errors;

/**
 * A request that was understood and cannot be done; nothing was changed. Pages show its message,
 * the REST API answers it as a problem. A service throws it, a controller that can put the message
 * at a field or above a form catches it.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final String field;
  private final String key;
  private final transient List<Object> arguments;

  private Refusal(HttpStatus status, String field, String key, Object... arguments) {
    super(key + " " + List.of(arguments), null, false, false);
    this.status = status;
    this.field = field;
    this.key = key;
    this.arguments = List.of(arguments);
  }

  /** 404: what was named does not exist. An id is a name here, not a figure to be grouped. */
  public static Refusal notFound(String key, Object... arguments) {
    return new Refusal(
        HttpStatus.NOT_FOUND, null, key, Stream.of(arguments).map(String::valueOf).toArray());
  }

  /** 409: its state does not allow it, or somebody else was first. */
  public static Refusal conflict(String key, Object... arguments) {
    return new Refusal(HttpStatus.CONFLICT, null, key, arguments);
  }

  /** 422: one field of what was sent is not usable. */
  public static Refusal invalid(String field, String key, Object... arguments) {
    return new Refusal(HttpStatus.UNPROCESSABLE_CONTENT, field, key, arguments);
  }

  /** 400: one field contradicts the request itself. */
  public static Refusal malformed(String field, String key, Object... arguments) {
    return new Refusal(HttpStatus.BAD_REQUEST, field, key, arguments);
  }

  /** 413: more was sent than is read. */
  public static Refusal tooLarge(String key) {
    return new Refusal(HttpStatus.CONTENT_TOO_LARGE, null, key);
  }

  /** The same of a field that who asked knows by another name. */
  public Refusal at(String otherField) {
    return new Refusal(status, otherField, key, arguments());
  }

  /** Puts its message at its field of a form, or above the form. */
  public void putInto(Errors errors) {
    if (field == null) {
      errors.reject(key, arguments(), key);
    } else {
      errors.rejectValue(field, key, arguments(), key);
    }
  }

  public HttpStatus status() {
    return status;
  }

  /** Name of the field that the message belongs to, or null. */
  public String field() {
    return field;
  }

  /** Message key. */
  public String key() {
    return key;
  }

  public Object[] arguments() {
    return arguments == null ? new Object[0] : arguments.toArray();
  }
}
