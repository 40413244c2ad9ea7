package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.redis.RedisException;
import java.io.IOException;
import java.util.List;

/** Where the batches of a link go, one transaction in flight. For one thread. */
interface Lane {
  /** What the target is known to have. */
  Checkpoint acknowledged();

  /** What was sent and not yet acknowledged, or null. */
  Checkpoint unacknowledged();

  /** Sends a batch with its checkpoint; {@link #await} must follow before the next. */
  void send(Batch batch, Checkpoint checkpoint) throws IOException;

  /**
   * Waits for what was sent.
   *
   * @return what it left in doubt
   * @throws DataFault where it was applied but for a command that the target refused for another
   *     reason than its keys
   * @throws RedisException where nothing is known: the connection is of no more use
   */
  List<Doubt> await() throws IOException;

  /**
   * Lets the lane stand in another history of the source, in which nothing behind an offset is what
   * was applied. Nothing is under way.
   *
   * @param next where it stands then, at or before that offset
   * @param lostReplId the history that ends there
   */
  default void follow(Checkpoint next, String lostReplId, long upTo) throws IOException {}

  /** Sends commands without a transaction; {@link #awaitPlain} must follow for each. */
  void sendPlain(Batch batch) throws IOException;

  /**
   * Waits for the oldest of those that were sent plain.
   *
   * @return what it left in doubt
   * @throws RedisException where a command was refused, but for what its key held: nothing may be
   *     sent behind it
   */
  List<Doubt> awaitPlain() throws IOException;

  /**
   * Whether the last transaction brought something of which only another one shows whether the
   * target has kept it.
   */
  default boolean owesTransaction() {
    return false;
  }
}
