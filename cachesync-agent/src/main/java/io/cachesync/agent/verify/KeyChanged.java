package io.cachesync.agent.verify;

import java.io.IOException;

/** A key became something else while it was read. */
final class KeyChanged extends IOException {
  private static final long serialVersionUID = 1L;

  KeyChanged(String message) {
    super(message);
  }
}
