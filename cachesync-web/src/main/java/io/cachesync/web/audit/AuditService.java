package io.cachesync.web.audit;

import java.time.Clock;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Writes down who changed what. Call it in the transaction of the change itself. */
@Service
public class AuditService {
  private static final int MAX_ACTOR = 64;
  private static final int MAX_SUBJECT = 255;
  private static final int MAX_DETAIL = 2000;

  private final AuditMapper mapper;
  private final Clock clock;

  AuditService(AuditMapper mapper, Clock clock) {
    this.mapper = mapper;
    this.clock = clock;
  }

  /**
   * Records a change by the one who is signed in, or by {@code system} where nobody is.
   *
   * @param action area and verb, as {@code machine.add}; has a message {@code audit.action.…}
   * @param subject name or id of what was changed
   * @param detail what else a reader wants to know, never a secret; or null
   */
  @Transactional
  public void record(String action, String subject, String detail) {
    recordAs(actor(), action, subject, detail);
  }

  /** Records a change of a subject that needs no more words. */
  @Transactional
  public void record(String action, String subject) {
    record(action, subject, null);
  }

  /** Records what somebody did who is not signed in yet, or no more. */
  @Transactional
  public void recordAs(String actor, String action, String subject, String detail) {
    mapper.insert(
        new AuditEvent(
            null,
            clock.instant(),
            cut(actor, MAX_ACTOR),
            address(),
            action,
            cut(subject, MAX_SUBJECT),
            cut(detail, MAX_DETAIL)));
  }

  private static String actor() {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    return user == null ? "system" : user.getName();
  }

  private static String address() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
        ? request.getRequest().getRemoteAddr()
        : null;
  }

  private static String cut(String text, int length) {
    return text == null || text.length() <= length ? text : text.substring(0, length - 1) + "…";
  }
}
