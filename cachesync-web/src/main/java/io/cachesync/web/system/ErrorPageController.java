package io.cachesync.web.system;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.RequestMapping;

/** Errors that no controller handled: unknown addresses, refused requests, broken templates. */
@Controller
class ErrorPageController implements ErrorController {
  private static final Set<Integer> WITH_TEXT = Set.of(400, 403, 404, 405, 409, 413);

  private final Problems problems;

  ErrorPageController(Problems problems) {
    this.problems = problems;
  }

  @RequestMapping(path = "/error")
  String error(HttpServletRequest request, HttpServletResponse response, Model model)
      throws IOException {
    if (response.isCommitted()) {
      // A file was cut short: no page is put behind it, and the server breaks the connection.
      return null;
    }
    HttpStatus status = status(request);
    response.setStatus(status.value());
    if (wantsPage(request)) {
      model.addAttribute("status", text(status.value()));
      model.addAttribute("text", key(request, status));
      return "error";
    }
    problems.write(request, response, status, key(request, status));
    return null;
  }

  /** The status whose text tells about this one. */
  static int text(int status) {
    if (WITH_TEXT.contains(status)) {
      return status;
    }
    return status < 500 ? 400 : 500;
  }

  private static String key(HttpServletRequest request, HttpStatus status) {
    Object known = request.getAttribute(Problems.TEXT);
    return known == null ? "error." + text(status.value()) + ".text" : known.toString();
  }

  private static HttpStatus status(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    HttpStatus status = code instanceof Integer number ? HttpStatus.resolve(number) : null;
    return status == null ? HttpStatus.NOT_FOUND : status;
  }

  private static boolean wantsPage(HttpServletRequest request) {
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    if (path != null
        && (path.toString().startsWith("/api/") || path.toString().startsWith("/agent/"))) {
      return false;
    }
    String accept = request.getHeader("Accept");
    return accept == null || accept.contains(MediaType.TEXT_HTML_VALUE) || !accept.contains("json");
  }
}
