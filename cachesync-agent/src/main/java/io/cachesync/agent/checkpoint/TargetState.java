package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import java.util.Optional;

/** What is known of a target since it was last taken over or connected to again. */
public interface TargetState {
  OwnKeys keys();

  Claim claim();

  /** The epoch that is held; number -1 before it was taken. */
  Epoch epoch();

  /** How many connections of other writers the last take-over has ended. */
  int endedWriters();

  /** What the server says of itself; of a cluster the master of the lowest version. */
  ServerInfo info();

  NodeState node();

  /**
   * What was read after the last fence, up to which everything is at the target; what lanes write
   * later is not seen here.
   */
  Optional<Checkpoint> checkpoint();

  /** As {@link #checkpoint()}: what was read after the last fence; the caller goes on with it. */
  HealRecord heals();

  /**
   * Whether the target was emptied for several links and a part of it has come back as it was
   * before, as where a replica took over that had not heard of it.
   */
  default boolean lostItsEmptying() {
    return false;
  }

  /**
   * Whether a later full sync was begun than the hash tells of: the target, or of a cluster the
   * part that decides, was set back to before that.
   */
  boolean hasLostItsCopy();

  /** Whether database 0 is all that the target can have, as at a cluster. */
  default boolean hasOneDatabase() {
    return false;
  }

  /**
   * Tells at the target, on a connection of its own, that this is what is moved from here on.
   *
   * @param moved in words
   */
  void conform(String moved) throws RedisException;

  /**
   * Asks, on a connection of its own, whether the task has claimed the target and this link has
   * begun there, and is not being removed.
   */
  boolean isClaimed() throws RedisException;

  /**
   * Asks on a connection of its own whether the epoch is still ours.
   *
   * @throws RedisException FENCED where another writer has taken over
   */
  void verifyOurs() throws RedisException;

  /**
   * Tries whether the target has a database.
   *
   * @throws RedisException TARGET_REFUSED or NO_PERMISSION where it cannot be selected
   */
  void tryDatabase(int database) throws RedisException;
}
