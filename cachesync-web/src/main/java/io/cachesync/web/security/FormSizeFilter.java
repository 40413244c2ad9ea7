package io.cachesync.web.security;

import jakarta.servlet.FilterChain;
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
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses forms that are too large before anybody reads them. Left to the servlet container, every
 * look at a parameter would fail, on the error page too. Runs inside the security filters: after
 * the session's, so that the refusal ends nobody's session, and after the one that writes the
 * headers, so that its page has the same policy as every other.
 */
final class FormSizeFilter extends OncePerRequestFilter {
  static final DataSize LIMIT = DataSize.ofMegabytes(2);
  private static final String FORM = "application/x-www-form-urlencoded";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String type = request.getContentType();
    boolean form = type != null && type.startsWith(FORM);
    if (form && request.getContentLengthLong() > LIMIT.toBytes()) {
      int status = HttpStatus.CONTENT_TOO_LARGE.value();
      response.setStatus(status);
      request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, status);
      request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, request.getRequestURI());
      request.getRequestDispatcher("/error").forward(new Unread(request), response);
      return;
    }
    chain.doFilter(request, response);
  }

  /** The request as one that asks for a page and carries nothing. */
  private static final class Unread extends HttpServletRequestWrapper {
    Unread(HttpServletRequest request) {
      super(request);
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
}
