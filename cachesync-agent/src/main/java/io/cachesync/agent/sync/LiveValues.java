package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.source.ValuesAtOffset;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Values of the source as they are now, in the history that is being received. For one thread, but
 * {@link #close} may be called by any.
 */
final class LiveValues implements Closeable {
  private static final int UNDECIDED_TRIES = 100;
  private static final long UNDECIDED_MILLIS = 100;

  private final RedisClient client;
  private final LinkState state;
  private volatile ValuesAtOffset source;

  LiveValues(RedisClient client, LinkState state) {
    this.client = client;
    this.state = state;
  }

  /**
   * Reads values.
   *
   * @param least where the lane stands: what is read is of there or of later
   * @param replId of the stream as it is being received
   * @throws OtherHistoryException where the source is in another, or has not come so far
   */
  ValuesAtOffset.Values fetch(List<DatabaseKey> keys, long least, Supplier<String> replId)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      ValuesAtOffset.Values fetched = source().read(keys);
      requireLive(fetched.replId(), fetched.offset(), least, replId);
      state.holdsUpTo(Math.max(state.heldUpTo(), fetched.offset()));
      boolean undecided =
          fetched.values().stream().anyMatch(v -> v.state() == ValuesAtOffset.State.UNDECIDED);
      if (!undecided || attempt == UNDECIDED_TRIES) {
        return fetched;
      }
      state.control().pause(UNDECIDED_MILLIS);
    }
  }

  /** Throws where what was read is of another history than the stream, or of before an offset. */
  void requireLive(String found, long offset, long least, Supplier<String> replId)
      throws OtherHistoryException {
    String live = replId.get();
    if (!found.equals(live) || offset < least) {
      close();
      throw new OtherHistoryException(found, offset, live);
    }
  }

  private ValuesAtOffset source() throws IOException {
    ValuesAtOffset current = source;
    if (current == null) {
      current = new ValuesAtOffset(client);
      source = current;
    }
    return current;
  }

  @Override
  public void close() {
    ValuesAtOffset current = source;
    source = null;
    if (current != null) {
      current.close();
    }
  }
}
