package io.cachesync.web.system;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.MessageSource;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Controller;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** What a page's controller throws becomes a page; what is our bug is logged here, once. */
@ControllerAdvice(annotations = Controller.class)
class PageErrors {
  private static final Logger LOG = LoggerFactory.getLogger(PageErrors.class);

  private final MessageSource messages;
  private final LayoutAdvice layout;

  PageErrors(MessageSource messages, LayoutAdvice layout) {
    this.messages = messages;
    this.layout = layout;
  }

  @ExceptionHandler
  ModelAndView refused(Refusal refusal, HttpServletRequest request, Locale locale) {
    ModelAndView page = page(refusal.status(), request);
    page.addObject("refusal", messages.getMessage(refusal.key(), refusal.arguments(), locale));
    return page;
  }

  /** Left to the security filters, which know whether somebody is signed in at all. */
  @ExceptionHandler({AccessDeniedException.class, AuthenticationException.class})
  void forbidden(RuntimeException e) {
    throw e;
  }

  @ExceptionHandler
  ModelAndView failed(Exception e, HttpServletRequest request) throws IOException {
    if (e instanceof ErrorResponse known) {
      return page(known.getStatusCode(), request);
    }
    if (e instanceof TypeMismatchException || e instanceof HttpMessageNotReadableException) {
      return page(HttpStatus.BAD_REQUEST, request);
    }
    if (e instanceof OptimisticLockingFailureException) {
      return page(HttpStatus.CONFLICT, request);
    }
    if (e instanceof IOException gone) {
      // The reader went away, or a live stream was cut: nobody is left to tell.
      throw gone;
    }
    String reference = UUID.randomUUID().toString();
    LOG.error("page failed, reference {}", reference, e);
    ModelAndView page = page(HttpStatus.INTERNAL_SERVER_ERROR, request);
    page.addObject("reference", reference);
    return page;
  }

  private ModelAndView page(HttpStatusCode status, HttpServletRequest request) {
    ModelAndView page = new ModelAndView("error");
    page.setStatus(status);
    page.addObject("status", ErrorPageController.text(status.value()));
    page.addObject("layout", layout.layout(request));
    return page;
  }
}
