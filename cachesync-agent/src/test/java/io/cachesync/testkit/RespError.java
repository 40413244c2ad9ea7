package io.cachesync.testkit;

/** An error reply. */
public final class RespError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RespError(String message) {
    super(message);
  }
}
