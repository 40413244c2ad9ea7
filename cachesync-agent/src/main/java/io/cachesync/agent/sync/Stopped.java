package io.cachesync.agent.sync;

import java.io.IOException;

/** The link is to end with its checkpoint kept. */
final class Stopped extends IOException {
  private static final long serialVersionUID = 1L;

  Stopped() {
    super("stopped on request");
  }
}
