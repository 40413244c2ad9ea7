package io.cachesync.web.system;

/** The console cannot start, and knows why: one sentence, and what to do. */
public final class RefusesToStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String action;

  public RefusesToStartException(String sentence, String action) {
    super(sentence);
    this.action = action;
  }

  String action() {
    return action;
  }
}
