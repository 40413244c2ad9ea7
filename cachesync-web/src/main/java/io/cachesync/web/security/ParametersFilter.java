package io.cachesync.web.security;

import io.cachesync.web.system.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what cannot be read as text, such as {@code ?text=%ff}, before anybody looks at a
 * parameter: that would fail as if it was our mistake. Runs where {@link FormSizeFilter} does, for
 * the same reasons.
 */
final class ParametersFilter extends OncePerRequestFilter {
  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpStatus status = refused(request);
    if (status == null) {
      chain.doFilter(request, response);
      return;
    }
    if (status == HttpStatus.BAD_REQUEST) {
      request.setAttribute(Problems.TEXT, "error.400.encoding");
    }
    UnreadRequest.refuse(request, response, status);
  }

  private static HttpStatus refused(HttpServletRequest request) {
    try {
      request.getParameterMap();
      return null;
    } catch (InvalidParameterException e) {
      boolean tooLarge = e.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value();
      return tooLarge ? HttpStatus.CONTENT_TOO_LARGE : HttpStatus.BAD_REQUEST;
    }
  }
}
