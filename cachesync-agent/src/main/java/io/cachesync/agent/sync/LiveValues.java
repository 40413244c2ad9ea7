package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.NamedKey;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Values of the source as they are now, in the history that is being received. For one thread, but
 * {@link #close} may be called by any.
 */
final class LiveValues implements Closeable {
  private static final int HIDDEN_TRIES = 50;
  private static final long HIDDEN_MILLIS = 100;

  private final RedisClient client;
  private final LinkState state;
  private final HiddenKeys hidden;
  private volatile ValuesAtOffset source;

  LiveValues(RedisClient client, LinkState state) {
    this.client = client;
    this.state = state;
    this.hidden = new HiddenKeys(client);
  }

  /**
   * Reads values of the first of these keys, at least one. Those that a replica hides as expired
   * are asked of its master, and waited for.
   *
   * @param least where the lane stands: what is read is of there or of later
   * @param replId of the stream as it is being received
   * @throws OtherHistoryException where the source is in another, or has not come so far
   * @throws RedisException MASTER_DOWN where the first is still hidden
   */
  ValuesAtOffset.Values fetch(List<DatabaseKey> keys, long least, Supplier<String> replId)
      throws IOException, InterruptedException {
    ValuesAtOffset.Values fetched = look(keys, least, replId);
    ValuesAtOffset.Values decided = HiddenKeys.decided(fetched, keys);
    if (decided.values().isEmpty()) {
      throw new RedisException(
          Fault.retryable(
              FaultCode.MASTER_DOWN,
              ("%s, a replica, hides keys as expired that its master has not deleted, and may still"
                      + " renew; they are in doubt, as '%s' in database %d. They are waited for: %s")
                  .formatted(
                      client,
                      NamedKey.shown(keys.get(0).text()),
                      keys.get(0).database(),
                      hidden.why())));
    }
    return decided;
  }

  /** The same, but what is still hidden after five seconds is UNDECIDED. */
  ValuesAtOffset.Values look(List<DatabaseKey> keys, long least, Supplier<String> replId)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      ValuesAtOffset.Values fetched = source().read(keys);
      requireLive(fetched.replId(), fetched.offset(), least, replId);
      if (attempt > 1 && HiddenKeys.areIn(fetched)) {
        // Most are deleted in the next moment.
        fetched = hidden.askedFor(fetched);
      }
      for (ValuesAtOffset.Value value : fetched.values()) {
        state.holdsUpTo(Math.max(state.heldUpTo(), value.offset()));
      }
      boolean some = !HiddenKeys.decided(fetched, keys).values().isEmpty();
      if (some || !HiddenKeys.areIn(fetched) || attempt == HIDDEN_TRIES) {
        return fetched;
      }
      state.control().pause(HIDDEN_MILLIS);
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
    hidden.close();
  }
}
