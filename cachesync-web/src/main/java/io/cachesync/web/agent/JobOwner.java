package io.cachesync.web.agent;

/**
 * Whom a job belongs to. In the database it is a text: the number of a task, or {@code check-} and
 * the number of a check.
 */
public record JobOwner(Kind kind, long id) {
  private static final String CHECK = "check-";

  /** What it is. */
  public enum Kind {
    TASK,
    CHECK
  }

  public static JobOwner task(long id) {
    return new JobOwner(Kind.TASK, id);
  }

  public static JobOwner check(long id) {
    return new JobOwner(Kind.CHECK, id);
  }

  public String text() {
    return kind == Kind.CHECK ? CHECK + id : String.valueOf(id);
  }

  static JobOwner read(String text) {
    return text.startsWith(CHECK)
        ? check(Long.parseLong(text.substring(CHECK.length())))
        : task(Long.parseLong(text));
  }

  /** Of which kind it is, also where the number of a task is none. */
  static Kind kindOf(String text) {
    return text.startsWith(CHECK) ? Kind.CHECK : Kind.TASK;
  }
}
