package io.cachesync.web.audit;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** Which rows of the audit log are asked for; what is empty or makes no sense does not filter. */
public record AuditFilter(String actor, String action, String text, String from, String to) {
  public AuditFilter {
    actor = clean(actor);
    action = clean(action);
    text = clean(text);
    from = clean(from);
    to = clean(to);
  }

  /** Beginning of the first day, in UTC. */
  public Instant fromAt() {
    LocalDate day = day(from);
    return day == null ? null : day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** End of the last day, in UTC. */
  public Instant toAt() {
    LocalDate day = day(to);
    return day == null ? null : day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** For {@code like}, with the characters that mean something there escaped by {@code !}. */
  public String pattern() {
    return text == null
        ? null
        : "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
  }

  private static LocalDate day(String text) {
    try {
      return text == null ? null : LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static String clean(String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }
}
