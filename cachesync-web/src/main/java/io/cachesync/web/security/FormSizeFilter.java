package io.cachesync.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
      UnreadRequest.refuse(request, response, HttpStatus.CONTENT_TOO_LARGE);
      return;
    }
    chain.doFilter(request, response);
  }
}
