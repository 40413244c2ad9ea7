package io.cachesync.agent.source;

import java.io.IOException;

/** A snapshot whose size was told: {@code $<bytes> CR LF}. */
final class SizedPayload implements Payload {
  private long left;

  SizedPayload(long bytes) {
    this.left = bytes;
  }

  @Override
  public int take(byte[] bytes, int offset, int length, Output out)
      throws IOException, InterruptedException {
    int taken = (int) Math.min(left, length);
    if (taken > 0) {
      out.rdb(bytes, offset, taken);
    }
    left -= taken;
    return taken;
  }

  @Override
  public boolean ended() {
    return left == 0;
  }
}
