package io.cachesync.proof;

/** A seed that the engine has lost, and how. */
final class Lost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** How a seed can be lost. */
  enum How {
    /** Both sides differ although everything was applied. */
    DIVERGED,
    /** It ended by a fault that nothing which was done to it explains. */
    STOPPED,
    /** It did not get to its end. */
    STUCK
  }

  private final How how;

  Lost(How how, String message) {
    super(message);
    this.how = how;
  }

  How how() {
    return how;
  }
}
