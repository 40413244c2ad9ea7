package io.cachesync.web.security;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.springframework.http.HttpStatus;

/**
 * A request as one that asks for a page and carries nothing: where its parameters cannot be read,
 * every look at one would fail, on the error page too.
 */
final class UnreadRequest extends HttpServletRequestWrapper {
  private UnreadRequest(HttpServletRequest request) {
    super(request);
  }

  /** Answers with the error page of a status, or as JSON where that is asked for. */
  static void refuse(HttpServletRequest request, HttpServletResponse response, HttpStatus status)
      throws ServletException, IOException {
    response.setStatus(status.value());
    request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, status.value());
    request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, request.getRequestURI());
    request.getRequestDispatcher("/error").forward(new UnreadRequest(request), response);
  }

  @Override
  public String getMethod() {
    return "GET";
  }

  @Override
  public String getParameter(String name) {
    return null;
  }

  @Override
  public String[] getParameterValues(String name) {
    return null;
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    return Map.of();
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.emptyEnumeration();
  }
}
