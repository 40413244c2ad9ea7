package io.cachesync.agent.resp;

import java.io.IOException;

/** Bytes that are not RESP2: the other side is no Redis, or the position was lost. */
public final class RespFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public RespFormatException(String message) {
    super(message);
  }
}
