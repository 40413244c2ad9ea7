package io.cachesync.web.security;

import io.cachesync.web.system.Problems;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what a program sends where it is too large: a few such bodies at once would take all
 * memory. One that tells its length is not read at all, one that does not is read up to the limit.
 * A file is left to the route that takes it: that writes it down as it comes, up to a limit of its
 * own, and no other route reads one.
 */
final class BodySizeFilter extends OncePerRequestFilter {
  private static final String TOO_LARGE = "error.413.body";

  private final ObjectProvider<Problems> problems;

  BodySizeFilter(ObjectProvider<Problems> problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (MediaType.APPLICATION_OCTET_STREAM_VALUE.equals(request.getContentType())) {
      chain.doFilter(request, response);
      return;
    }
    long length = request.getContentLengthLong();
    if (length > FormSizeFilter.LIMIT.toBytes()) {
      problems.getObject().write(request, response, HttpStatus.CONTENT_TOO_LARGE, TOO_LARGE);
    } else {
      chain.doFilter(length < 0 ? new Bounded(request) : request, response);
    }
  }

  private static final class Bounded extends HttpServletRequestWrapper {
    Bounded(HttpServletRequest request) {
      super(request);
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new BoundedStream(super.getInputStream());
    }
  }

  private static final class BoundedStream extends ServletInputStream {
    private final ServletInputStream in;
    private long left = FormSizeFilter.LIMIT.toBytes();

    BoundedStream(ServletInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int octet = in.read();
      if (octet >= 0) {
        take(1);
      }
      return octet;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int count = in.read(into, from, length);
      if (count > 0) {
        take(count);
      }
      return count;
    }

    private void take(int count) {
      left -= count;
      if (left < 0) {
        throw Refusal.tooLarge(TOO_LARGE);
      }
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
